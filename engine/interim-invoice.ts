/** Invoices issued before the end of a cycle, because usage came to an amount that the plan says. Types only; amounts and dates are texts, as in `model.ts`. */

/** What one of them says of the cycle that it is of. */
export interface InterimInvoice {
  readonly number: string;
  readonly issuedOn: string;
  /** Together all that it charges. */
  readonly shares: readonly InterimShare[];
  readonly passed: readonly PassedThreshold[];
}

/** What it charges of one subscription under one tax; below zero where usage that was invoiced before was less after all. */
export interface InterimShare {
  readonly subscriptionId: string;
  readonly taxCategory: string;
  readonly taxPercent: string;
  readonly amount: string;
  readonly tax: string;
}

/** An amount that the usage of a subscription had come to: it is invoiced for once. */
export interface PassedThreshold {
  readonly subscriptionId: string;
  readonly threshold: string;
}

/** The tax of a line that another invoice has decided, whatever the percentage of the line would give. */
export interface StatedTax {
  readonly invoice: string;
  readonly tax: string;
}
