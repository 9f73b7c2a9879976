/**
 * Corrects the issued cycles of an account by everything that is known now.
 *
 * What changes in one cycle (allowances left over, credit, commitments, history) is what the next one begins with, so
 * every issued cycle from the first affected one on is evaluated once more, in order, by the same stages as when it was billed; the open
 * cycle begins with what the last one leaves, and is charged what the others owe more.
 */
import { type CarriedOver, carryOver, openAfter } from './carry-over.ts';
import { type CorrectedCredit, correctCredit, creditToPay, openCredit } from './corrected-credit.ts';
import { type Correction, correct, type Standing } from './correction.ts';
import type { CorrectionReason } from './correction-charge.ts';
import { priceCycle, rateCycle, validateCycle } from './cycle.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, Exception, RatedUsage } from './model.ts';
import { formatAmount, parseDecimal, sum } from './money.ts';
import type { CreditUse } from './prepaid-credit.ts';

export interface IssuedCycle {
  /** As it was last found right, with the usage that is known now; without the corrections that its invoice carries. */
  readonly cycle: AccountCycle;
  readonly standing: Standing;
  /** By which it is evaluated: those of its invoice, or repaired ones. */
  readonly rules: LoadedRuleSet;
  readonly reason: CorrectionReason;
}

export interface CorrectedCycle extends Correction {
  readonly cycle: AccountCycle;
  readonly rated: RatedUsage;
  readonly before: Bill;
  readonly after: Bill;
  /** What is the matter with the cycle now. */
  readonly exceptions: readonly Exception[];
  readonly carried: CarriedOver;
  readonly credit: CorrectedCredit;
}

/** The cycles in their order, each as it should be; those that are right already come with neither credit notes nor charges. */
export function correctCycles(issued: readonly IssuedCycle[]): readonly CorrectedCycle[] {
  const corrected: CorrectedCycle[] = [];
  for (const { cycle: found, standing, rules, reason } of issued) {
    const cycle = opened(found, corrected);
    const rated = rateCycle(cycle, rules, 'results').usage;
    const after = priceCycle(cycle, rated, rules, 'results').bill;
    corrected.push({
      cycle,
      rated,
      before: standing.bill,
      after,
      exceptions: validateCycle(cycle, rated, after, rules, 'results').exceptions,
      carried: carryOver(cycle, rated, after, rules.document),
      credit: correctCredit(standing, after, found, corrected.at(-1)?.credit),
      ...correct(standing, after, reason),
    });
  }
  return corrected;
}

/**
 * The cycle that is open when earlier ones are corrected: it begins with what they leave, and charges what they lack.
 *
 * @param unpaid what earlier corrections use of paid credit that has paid nothing yet.
 */
export function openCorrected(
  open: AccountCycle,
  corrected: readonly CorrectedCycle[],
  unpaid: readonly CreditUse[] = [],
): AccountCycle {
  const { currency } = open.account;
  const cycle = opened(open, corrected);
  const charges = corrected.flatMap((one) => one.charges);
  const credited = sum(corrected.flatMap((one) => one.creditNotes).map(({ total }) => parseDecimal(total)));
  const credits = corrected.map(({ credit }) => credit);
  const prepaid = creditToPay(unpaid, credits, currency);
  if (charges.length === 0 && credited.n === 0n && !prepaid) return cycle;
  const corrections = { charges, credited: formatAmount(credited, currency), ...(prepaid && { prepaid }) };
  return { ...cycle, corrections };
}

/** With what the corrected cycles leave. */
function opened(cycle: AccountCycle, corrected: readonly CorrectedCycle[]): AccountCycle {
  const next = corrected.reduce((open, { cycle: before, carried }) => openAfter(open, before, carried), cycle);
  const last = corrected.at(-1);
  return last?.cycle.bounds.until === cycle.bounds.from ? openCredit(next, last.credit) : next;
}
