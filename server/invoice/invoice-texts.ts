/** The words of an invoice in one language. */
export interface InvoiceTexts {
  readonly invoice: string;
  readonly number: string;
  readonly customer: string;
  readonly account: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly period: string;
  readonly description: string;
  readonly quantity: string;
  readonly amount: string;
  readonly subtotal: string;
  readonly net: string;
  readonly tax: string;
  readonly on: string;
  readonly total: string;
  readonly vatId: string;
  readonly pay: string;
  readonly why: string;
  readonly page: string;
  readonly advantages: string;
  readonly advantagesNote: string;
  readonly of: string;
  readonly atMost: string;
  readonly perYear: string;
  readonly readMore: string;
}

const en: InvoiceTexts = {
  invoice: 'Invoice',
  number: 'Invoice number',
  customer: 'Customer',
  account: 'Account',
  issuedOn: 'Issued on',
  dueOn: 'Due on',
  period: 'Period',
  description: 'Description',
  quantity: 'Quantity',
  amount: 'Amount',
  subtotal: 'Subtotal',
  net: 'Total before VAT',
  tax: 'VAT',
  on: 'on',
  total: 'Total',
  vatId: 'VAT number',
  why: 'Why this line is here',
  page: 'Page',
  advantages: 'For your tax return',
  advantagesNote: 'You may be able to claim these amounts. They are not part of this invoice and change nothing on it.',
  of: 'of',
  atMost: 'at most',
  perYear: 'per calendar year',
  readMore: 'Read more',
  pay: 'If you pay by transfer, please send the total by the due date to the account below and quote the invoice number. Direct debits and cards are charged by us.',
};

const de: InvoiceTexts = {
  invoice: 'Rechnung',
  number: 'Rechnungsnummer',
  customer: 'Kunde',
  account: 'Kundenkonto',
  issuedOn: 'Rechnungsdatum',
  dueOn: 'Fällig am',
  period: 'Zeitraum',
  description: 'Beschreibung',
  quantity: 'Menge',
  amount: 'Betrag',
  subtotal: 'Zwischensumme',
  net: 'Summe ohne USt.',
  tax: 'USt.',
  on: 'auf',
  total: 'Gesamtbetrag',
  vatId: 'USt-IdNr.',
  why: 'Warum dieser Posten hier steht',
  page: 'Seite',
  advantages: 'Für Ihre Steuererklärung',
  advantagesNote:
    'Diese Beträge können Sie möglicherweise geltend machen. Sie sind nicht Teil dieser Rechnung und ändern nichts an ihr.',
  of: 'von',
  atMost: 'höchstens',
  perYear: 'im Kalenderjahr',
  readMore: 'Mehr dazu',
  pay: 'Wenn Sie per Überweisung zahlen, überweisen Sie bitte den Gesamtbetrag bis zum Fälligkeitstag auf das unten genannte Konto und nennen Sie die Rechnungsnummer. Lastschriften und Karten belasten wir selbst.',
};

/** German for German readers, English for everyone else. */
export function invoiceTexts(language: string): InvoiceTexts {
  return language === 'de' ? de : en;
}
