/** The address of a credit note in one of its forms. */
export const creditNoteDocument = (number: string, form: 'html' | 'pdf') =>
  `/v1/credit-notes/${encodeURIComponent(number)}/${form}`;

/** The address of an invoice in one of its forms, or of the usage behind it. */
export const invoiceDocument = (
  number: string,
  form: 'html' | 'pdf' | 'xml' | 'pdf?itemised=true' | 'itemisation?format=csv',
) => `/v1/invoices/${encodeURIComponent(number)}/${form}`;
