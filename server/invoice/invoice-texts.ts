import type { CorrectionReason } from '../../engine/correction-charge.ts';

/** The fixed words of invoices and credit notes in one language; `{…}` stands for what is filled in. */
export interface InvoiceTexts {
  readonly invoice: string;
  readonly interimInvoice: string;
  readonly creditNote: string;
  readonly number: string;
  readonly customer: string;
  readonly account: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly period: string;
  readonly corrects: string;
  readonly reason: string;
  readonly cameTo: string;
  readonly reasons: Readonly<Record<CorrectionReason, string>>;
  readonly description: string;
  readonly quantity: string;
  readonly amount: string;
  readonly subtotal: string;
  readonly summary: string;
  readonly net: string;
  readonly tax: string;
  readonly taxIn: string;
  readonly total: string;
  readonly totalCredited: string;
  readonly paidBefore: string;
  readonly rounding: string;
  readonly due: string;
  readonly taxTable: string;
  readonly taxRate: string;
  readonly taxBase: string;
  /** By category of UNCL 5305. */
  readonly taxCategories: Readonly<Record<string, string>>;
  readonly usage: string;
  readonly service: string;
  readonly events: string;
  readonly used: string;
  readonly ofThatIncluded: string;
  /** By name of a built-in service. */
  readonly services: Readonly<Record<string, string>>;
  readonly included: string;
  readonly tier: string;
  readonly alreadyInvoiced: string;
  readonly correctionOf: string;
  readonly creditBroughtForward: string;
  readonly creditCarriedForward: string;
  readonly nothingCharged: string;
  readonly vatId: string;
  readonly register: string;
  readonly payment: string;
  readonly payTransfer: string;
  readonly payDirectDebit: string;
  readonly payCard: string;
  readonly payNothing: string;
  readonly payCredit: string;
  readonly payee: string;
  readonly remittance: string;
  readonly creditorId: string;
  readonly mandate: string;
  readonly debitedAccount: string;
  readonly card: string;
  readonly scanToPay: string;
  readonly questions: string;
  readonly why: string;
  readonly page: string;
  readonly itemised: string;
  readonly itemisedNote: string;
  readonly time: string;
  readonly called: string;
  readonly from: string;
  readonly beforeRounding: string;
  /** By part of what an event costs. */
  readonly parts: Readonly<Record<string, string>>;
  readonly advantages: string;
  readonly advantagesNote: string;
  readonly of: string;
  readonly atMost: string;
  readonly perYear: string;
  readonly readMore: string;
}

const en: InvoiceTexts = {
  invoice: 'Invoice',
  interimInvoice: 'Interim invoice',
  creditNote: 'Credit note',
  number: 'Number',
  customer: 'Customer',
  account: 'Account',
  issuedOn: 'Issued on',
  dueOn: 'Due on',
  period: 'Period',
  corrects: 'Corrects',
  reason: 'Reason',
  cameTo: 'Usage of {number} came to {amount} before VAT',
  reasons: {
    'late usage': 'Usage became known later',
    'corrected usage': 'Usage was corrected',
    'changed records': 'Contract data was corrected',
    'repaired rules': 'Prices were corrected',
  },
  description: 'Description',
  quantity: 'Quantity',
  amount: 'Amount',
  subtotal: 'Subtotal',
  summary: 'Summary',
  net: 'Total before VAT',
  tax: 'VAT',
  taxIn: 'VAT in {currency} (1 {of} = {rate} {currency})',
  total: 'Total',
  totalCredited: 'Total credited',
  paidBefore: 'Paid from your credit',
  rounding: 'Rounding',
  due: 'To pay',
  taxTable: 'VAT by rate',
  taxRate: 'Rate',
  taxBase: 'Net amount',
  taxCategories: {
    S: 'Taxable',
    Z: 'Zero-rated',
    E: 'Exempt',
    AE: 'Reverse charge',
    K: 'Supply within the EU',
    G: 'Export',
    O: 'Not subject to VAT',
    L: 'Canary Islands tax',
    M: 'Tax of Ceuta and Melilla',
    B: 'Split payment',
  },
  usage: 'Your usage',
  service: 'Service',
  events: 'Number',
  used: 'Used',
  ofThatIncluded: 'Of that included',
  services: { voice: 'Calls', data: 'Mobile data', sms: 'Text messages' },
  included: 'Included',
  tier: 'tier',
  alreadyInvoiced: 'Already invoiced by {invoice}',
  correctionOf: 'Correction of {invoice}: {title}',
  creditBroughtForward: 'Credit from the previous invoice',
  creditCarriedForward: 'Credit for the next invoice',
  nothingCharged: 'Nothing is charged for this period',
  vatId: 'VAT number',
  register: 'Registered at',
  payment: 'Payment',
  payTransfer: 'Please transfer {total} by {due} to the account below and quote the remittance information.',
  payDirectDebit: 'We will collect {total} from your account on {due} by SEPA direct debit. You need to do nothing.',
  payCard: 'We will charge {total} to your card by {due}. You need to do nothing.',
  payNothing: 'There is nothing to pay.',
  payCredit:
    'We credit {total} to your customer account. It is set off against what is open there, and paid out on request.',
  payee: 'Payee',
  remittance: 'Remittance information',
  creditorId: 'Creditor identifier',
  mandate: 'Mandate reference',
  debitedAccount: 'Your account',
  card: 'Your card',
  scanToPay: 'Payment code: scan it with your banking app',
  questions: 'Questions about this document',
  why: 'Why this line is here',
  page: 'Page {page} of {pages}',
  itemised: 'Itemised usage',
  itemisedNote:
    'The last {digits} digits of numbers are hidden. Each line of the invoice is the sum of these amounts, rounded once.',
  time: 'Time',
  called: 'Number',
  from: 'from',
  beforeRounding: 'Sum, on the invoice {billed}',
  parts: {
    'tier fee': 'Fee of the tier',
    minimum: 'Raised to the least price',
    maximum: 'Lowered to the highest price',
    rounding: 'Rounding of the price',
    'credit limit': 'Beyond your credit',
  },
  advantages: 'For your tax return',
  advantagesNote: 'You may be able to claim these amounts. They are not part of this invoice and change nothing on it.',
  of: 'of',
  atMost: 'at most',
  perYear: 'per calendar year',
  readMore: 'Read more',
};

const de: InvoiceTexts = {
  invoice: 'Rechnung',
  interimInvoice: 'Zwischenrechnung',
  creditNote: 'Rechnungskorrektur',
  number: 'Nummer',
  customer: 'Kunde',
  account: 'Kundenkonto',
  issuedOn: 'Datum',
  dueOn: 'Fällig am',
  period: 'Zeitraum',
  corrects: 'Berichtigt',
  reason: 'Grund',
  cameTo: 'Nutzung von {number} hat {amount} ohne USt. erreicht',
  reasons: {
    'late usage': 'Nutzung wurde später bekannt',
    'corrected usage': 'Nutzung wurde berichtigt',
    'changed records': 'Vertragsdaten wurden berichtigt',
    'repaired rules': 'Preise wurden berichtigt',
  },
  description: 'Beschreibung',
  quantity: 'Menge',
  amount: 'Betrag',
  subtotal: 'Zwischensumme',
  summary: 'Zusammenfassung',
  net: 'Summe ohne USt.',
  tax: 'USt.',
  taxIn: 'USt. in {currency} (1 {of} = {rate} {currency})',
  total: 'Gesamtbetrag',
  totalCredited: 'Gutschrift gesamt',
  paidBefore: 'Aus Ihrem Guthaben bezahlt',
  rounding: 'Rundung',
  due: 'Zu zahlen',
  taxTable: 'Umsatzsteuer nach Sätzen',
  taxRate: 'Satz',
  taxBase: 'Nettobetrag',
  taxCategories: {
    S: 'Steuerpflichtig',
    Z: 'Nullsatz',
    E: 'Steuerfrei',
    AE: 'Steuerschuldnerschaft des Leistungsempfängers',
    K: 'Innergemeinschaftliche Lieferung',
    G: 'Ausfuhr',
    O: 'Nicht steuerbar',
    L: 'Steuer der Kanarischen Inseln',
    M: 'Steuer von Ceuta und Melilla',
    B: 'Geteilte Zahlung',
  },
  usage: 'Ihre Nutzung',
  service: 'Dienst',
  events: 'Anzahl',
  used: 'Genutzt',
  ofThatIncluded: 'Davon inklusive',
  services: { voice: 'Telefonie', data: 'Mobile Daten', sms: 'SMS' },
  included: 'Inklusive',
  tier: 'Stufe',
  alreadyInvoiced: 'Bereits berechnet mit {invoice}',
  correctionOf: 'Berichtigung von {invoice}: {title}',
  creditBroughtForward: 'Guthaben aus der vorigen Rechnung',
  creditCarriedForward: 'Guthaben für die nächste Rechnung',
  nothingCharged: 'Für diesen Zeitraum wird nichts berechnet',
  vatId: 'USt-IdNr.',
  register: 'Eingetragen beim',
  payment: 'Zahlung',
  payTransfer:
    'Bitte überweisen Sie {total} bis zum {due} auf das unten genannte Konto und geben Sie den Verwendungszweck an.',
  payDirectDebit: 'Wir ziehen {total} am {due} per SEPA-Lastschrift von Ihrem Konto ein. Sie müssen nichts tun.',
  payCard: 'Wir belasten Ihre Karte bis zum {due} mit {total}. Sie müssen nichts tun.',
  payNothing: 'Es ist nichts zu zahlen.',
  payCredit:
    'Wir schreiben {total} Ihrem Kundenkonto gut. Der Betrag wird mit offenen Rechnungen verrechnet und auf Wunsch ausgezahlt.',
  payee: 'Empfänger',
  remittance: 'Verwendungszweck',
  creditorId: 'Gläubiger-ID',
  mandate: 'Mandatsreferenz',
  debitedAccount: 'Ihr Konto',
  card: 'Ihre Karte',
  scanToPay: 'Zahlcode: mit Ihrer Banking-App scannen',
  questions: 'Fragen zu diesem Dokument',
  why: 'Warum dieser Posten hier steht',
  page: 'Seite {page} von {pages}',
  itemised: 'Einzelverbindungsnachweis',
  itemisedNote:
    'Die letzten {digits} Ziffern der Nummern sind verdeckt. Jeder Posten der Rechnung ist die Summe dieser Beträge, einmal gerundet.',
  time: 'Zeit',
  called: 'Nummer',
  from: 'von',
  beforeRounding: 'Summe, auf der Rechnung {billed}',
  parts: {
    'tier fee': 'Gebühr der Stufe',
    minimum: 'Erhöht auf den Mindestpreis',
    maximum: 'Gesenkt auf den Höchstpreis',
    rounding: 'Rundung des Preises',
    'credit limit': 'Über Ihr Guthaben hinaus',
  },
  advantages: 'Für Ihre Steuererklärung',
  advantagesNote:
    'Diese Beträge können Sie möglicherweise geltend machen. Sie sind nicht Teil dieser Rechnung und ändern nichts an ihr.',
  of: 'von',
  atMost: 'höchstens',
  perYear: 'im Kalenderjahr',
  readMore: 'Mehr dazu',
};

/** German for German readers, English for everyone else. */
export function invoiceTexts(language: string): InvoiceTexts {
  return language === 'de' ? de : en;
}

/** A text with its gaps filled. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap));
}
