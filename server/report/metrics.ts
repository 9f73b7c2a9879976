/** The closed catalogue of what is measured: what each figure is, its unit, and the formula that is printed beside it. */
export interface Metric {
  readonly title: string;
  readonly unit: 'percent' | 'days' | 'money' | 'count';
  readonly formula: string;
}

export const metrics = {
  'billing-accuracy': {
    title: 'Billing accuracy',
    unit: 'percent',
    formula:
      'invoices of the run not later corrected ÷ issued; corrected: a credit note or a later invoice corrects it',
  },
  'delivery-success': {
    title: 'Delivery success',
    unit: 'percent',
    formula: 'messages delivered (not merely accepted) ÷ due; suppressed ones are not due',
  },
  dso: {
    title: 'Days sales outstanding',
    unit: 'days',
    formula:
      'closing receivables ÷ revenue of the 91 days that end with the day of issue × 91, both with tax, from the postings',
  },
  'invoices-issued': { title: 'Invoices issued', unit: 'count', formula: 'invoices that the run issued' },
  'revenue-by-plan': {
    title: 'Revenue by plan',
    unit: 'money',
    formula:
      'lines of the run’s invoices less those of its credit notes, before tax, by the plan that their subscription had as it was billed',
  },
  'revenue-by-service': {
    title: 'Revenue by service',
    unit: 'money',
    formula:
      'lines of the run’s invoices less those of its credit notes, before tax, by service, others by kind of line',
  },
  'revenue-by-tax': {
    title: 'Revenue by tax',
    unit: 'money',
    formula: 'base of each tax on the run’s invoices less its credit notes, by category and percent',
  },
  tax: {
    title: 'Tax',
    unit: 'money',
    formula: 'tax on the run’s invoices less its credit notes, by category and percent',
  },
  'payments-received': {
    title: 'Payments received',
    unit: 'money',
    formula: 'payments of the 91 days that end with the day of issue, whatever they are for',
  },
  'payments-returned': {
    title: 'Payments returned',
    unit: 'money',
    formula: 'returns, chargebacks and refunds of the 91 days that end with the day of issue',
  },
  exceptions: {
    title: 'Exceptions',
    unit: 'count',
    formula: 'exceptions that the run raised, decided or not, by code',
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** One figure of one run, or of what no run issued. */
export interface MetricRow {
  /** Empty of documents that no run issued: revenue and tax only, by their day of issue. */
  readonly run: string;
  readonly issuedOn: string;
  readonly metric: MetricName;
  /** Of a breakdown the plan, service, tax or code; else empty. */
  readonly key: string;
  /** Decimal text: 99.41 is 99.41 %. */
  readonly value: string;
  readonly unit: Metric['unit'];
  /** Of money; else empty. */
  readonly currency: string;
  /** The figures that it is made of: `1180 ÷ 1187`. Empty where it is a plain sum. */
  readonly working: string;
}
