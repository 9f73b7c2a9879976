/** What is owed more than was invoiced: charged by a later bill. Types only; amounts and dates are texts, as in `model.ts`. */
import type { CorrectionCredit } from './prepaid-credit.ts';
import type { SourceLocation } from './rule-set.ts';

/** Why an invoice was no longer right. */
export type CorrectionReason = 'late usage' | 'corrected usage' | 'changed records' | 'repaired rules';

/** What one cycle owes more than was invoiced, of one subscription and tax: a line of the account's next bill. */
export interface CorrectionCharge {
  /** Number of the invoice of that cycle. */
  readonly corrects: string;
  readonly from: string;
  readonly until: string;
  readonly subscriptionId: string;
  readonly title: string;
  readonly service?: string;
  readonly taxCategory: string;
  readonly taxPercent: string;
  readonly amount: string;
  /** Its part of the difference of the taxes. */
  readonly tax: string;
  readonly reason: CorrectionReason;
  readonly because: { readonly rule: string; readonly at: SourceLocation; readonly how: string };
}

/** What is corrected of earlier invoices together with a bill. */
export interface Corrections {
  /** They become lines of the bill. */
  readonly charges: readonly CorrectionCharge[];
  /** What credit notes give back at the same time, with tax. */
  readonly credited: string;
  readonly prepaid?: CorrectionCredit;
}
