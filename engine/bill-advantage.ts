/** What a bill tells beside what it charges. Types only; amounts are texts, as in `model.ts`. */
import type { SourceLocation } from './rule-set.ts';

/** What the customer may claim elsewhere for lines of this bill; no part of any sum on it. */
export interface BillAdvantage {
  readonly title: string;
  /** The lines that it is for, together, before tax. */
  readonly base: string;
  readonly percent: string;
  /** What is told: the percentage of the base, as far as the year leaves room for it. */
  readonly amount: string;
  /** At most this much in a calendar year, over all invoices of the customer. */
  readonly yearlyCap?: string;
  /** Where to read more. */
  readonly see?: string;
  readonly because: { readonly rule: string; readonly at: SourceLocation; readonly how: string };
}
