/** Fees outside any plan. Amounts and dates are texts, as in `model.ts`. */
import type { SourceLocation } from './rule-set.ts';

/** A fee that a rule has charged once, outside any plan: a reminder's. It becomes a line of the account's next bill. */
export interface OneOffFee {
  /** Charged once for ever under this key. */
  readonly key: string;
  readonly title: string;
  readonly amount: string;
  /** Day it was charged, in the account's zone. */
  readonly chargedOn: string;
  readonly fiscalCategory?: string;
  readonly rule: string;
  readonly at: SourceLocation;
  /** What it was charged for, in words. */
  readonly how: string;
}
