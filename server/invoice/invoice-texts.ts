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
  pay: 'Wenn Sie per Überweisung zahlen, überweisen Sie bitte den Gesamtbetrag bis zum Fälligkeitstag auf das unten genannte Konto und nennen Sie die Rechnungsnummer. Lastschriften und Karten belasten wir selbst.',
};

/** German for German readers, English for everyone else. */
export function invoiceTexts(language: string): InvoiceTexts {
  return language === 'de' ? de : en;
}
