/** What is owed less than was invoiced: given back by a document of its own. Types only. */
import type { CorrectionReason } from './correction-charge.ts';
import type { Amount, BillLine, BillTax, LocalDate } from './model.ts';

/**
 * What one invoice charged too much for one cycle; computed, not yet a document with a number. All amounts are positive and
 * given back: Σ lines = net, net + Σ taxes = total. Its tax is the difference of the two taxes, so that it may be a cent beside
 * what its own lines would give (EN 16931 allows that). Only where a whole invoice is taken back that had an allowance does a
 * line take away from it, as the allowance did.
 */
export interface CreditNote {
  readonly accountId: string;
  readonly customerId: string;
  readonly currency: string;
  /** Number of the invoice that it gives back from. */
  readonly corrects: string;
  /** The cycle that was charged too much. */
  readonly from: LocalDate;
  readonly until: LocalDate;
  readonly lines: readonly BillLine[];
  readonly net: Amount;
  readonly taxes: readonly BillTax[];
  readonly tax: Amount;
  readonly total: Amount;
  readonly reason: CorrectionReason;
  /** Hash of the rule set that says what is right. */
  readonly ruleSet: string;
}
