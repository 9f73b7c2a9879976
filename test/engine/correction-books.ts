/** An account's invoices, credit notes and cycles in memory: one bill after the other, each correcting those before it. */
import { interimShares } from '../../engine/already-invoiced.ts';
import { type CarriedOver, carryOver, openAfter } from '../../engine/carry-over.ts';
import { type CorrectedCycle, correctCycles, openCorrected } from '../../engine/correct-cycles.ts';
import type { Standing } from '../../engine/correction.ts';
import type { CorrectionReason } from '../../engine/correction-charge.ts';
import { withoutCorrections } from '../../engine/correction-lines.ts';
import type { CreditNote } from '../../engine/credit-note.ts';
import { evaluateInterim, priceCycle, rateCycle } from '../../engine/cycle.ts';
import type { InterimInvoice } from '../../engine/interim-invoice.ts';
import { withKnownLives } from '../../engine/known-lives.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { AccountCycle, Bill, Subscription, UsageEvent } from '../../engine/model.ts';
import { type CreditBooks, noCredit, settle, unpaidUses, withRest } from './credit-books.ts';

export interface IssuedBill {
  readonly number: string;
  readonly cycle: AccountCycle;
  readonly bill: Bill;
  readonly standing: Standing;
}

export interface Books {
  readonly issued: readonly IssuedBill[];
  readonly creditNotes: readonly CreditNote[];
  readonly credit: CreditBooks;
}

export const noBooks: Books = { issued: [], creditNotes: [], credit: noCredit };

/** Usage by the first day of its cycle. */
export type KnownUsage = (from: string) => readonly UsageEvent[];

/**
 * Bills the next cycle with what is known now, also of the subscriptions it names, and corrects what was billed before.
 *
 * @param open with all prepaid credit that is valid in it, whole.
 */
export function billNext(
  books: Books,
  open: AccountCycle,
  known: KnownUsage,
  rules: LoadedRuleSet,
  reason: CorrectionReason = 'late usage',
): Books {
  const corrected = correctIssued(books, open.subscriptions, known, rules, reason);
  const right = books.issued.map(({ standing }) => standing.bill);
  const begun = { ...withRest(open, right), usage: known(open.bounds.from) };
  const found = openCorrected(begun, corrected, unpaidUses(right, books.credit));
  const cycle = afterAll(found, corrected.length > 0 ? [] : books.issued, rules);
  const rated = rateCycle(cycle, rules).usage;
  const { bill } = priceCycle(cycle, rated, rules);
  const number = `I-${books.issued.length + 1}`;
  const own = withoutCorrections(bill);
  const standing: Standing = { invoice: number, original: own, creditNotes: [], charges: [], bill: own };
  const { corrections: _, ...kept } = cycle;
  const earlier = books.issued.map((one, index) => (corrected[index] ? followed(one, corrected[index], number) : one));
  return {
    issued: [...earlier, { number, cycle: kept, bill, standing }],
    creditNotes: [...books.creditNotes, ...corrected.flatMap(({ creditNotes }) => creditNotes)],
    credit: settle(
      books.credit,
      earlier.map((one) => one.standing.bill),
      corrected,
      bill,
    ),
  };
}

/** The open cycle with the invoices that were issued before its end: on each of the days, with the usage known of the days before. */
export function withInterims(
  open: AccountCycle,
  usage: readonly UsageEvent[],
  days: readonly string[],
  rules: LoadedRuleSet,
): AccountCycle {
  const interim: InterimInvoice[] = [];
  for (const day of [...days].sort()) {
    const known = usage.filter(({ startAt }) => startAt < Date.parse(`${day}T00:00Z`));
    const found = evaluateInterim({ ...open, usage: known, interim }, day, rules);
    if (!found) continue;
    const number = `M-${open.bounds.from}-${interim.length + 1}`;
    interim.push({ number, issuedOn: day, shares: interimShares(found.bill), passed: found.passed });
  }
  return interim.length > 0 ? { ...open, interim } : open;
}

/** What the books lack by what is known now. */
export function correctIssued(
  { issued }: Books,
  subscriptions: readonly Subscription[],
  known: KnownUsage,
  rules: LoadedRuleSet,
  reason: CorrectionReason = 'late usage',
): readonly CorrectedCycle[] {
  return correctCycles(
    issued.map(({ cycle, standing }) => ({
      cycle: { ...withKnownLives(cycle, subscriptions), usage: known(cycle.bounds.from) },
      standing,
      rules,
      reason,
    })),
  );
}

function followed(one: IssuedBill, corrected: CorrectedCycle, on: string): IssuedBill {
  const { standing } = one;
  return {
    ...one,
    cycle: corrected.cycle,
    standing: {
      ...standing,
      creditNotes: [...standing.creditNotes, ...corrected.creditNotes],
      charges: [...standing.charges, ...corrected.charges.map((charge) => ({ on, charge }))],
      bill: corrected.after,
    },
  };
}

function afterAll(cycle: AccountCycle, issued: readonly IssuedBill[], rules: LoadedRuleSet): AccountCycle {
  return issued.reduce(
    (next, { cycle: before, standing }) => openAfter(next, before, left(before, standing.bill, rules)),
    cycle,
  );
}

function left(cycle: AccountCycle, bill: Bill, rules: LoadedRuleSet): CarriedOver {
  return carryOver(cycle, rateCycle(cycle, rules).usage, bill, rules.document);
}

/** The bills as they would have been, had everything been known from the start. @param cycles each with all prepaid credit that is valid in it, whole. */
export function billsInHindsight(
  cycles: readonly AccountCycle[],
  known: KnownUsage,
  rules: LoadedRuleSet,
): readonly Bill[] {
  const done: { cycle: AccountCycle; carried: CarriedOver; bill: Bill }[] = [];
  return cycles.map((open) => {
    const left = withRest(
      open,
      done.map(({ bill }) => bill),
    );
    const cycle = done.reduce((next, before) => openAfter(next, before.cycle, before.carried), {
      ...left,
      usage: known(open.bounds.from),
    });
    const rated = rateCycle(cycle, rules).usage;
    const { bill } = priceCycle(cycle, rated, rules);
    done.push({ cycle, carried: carryOver(cycle, rated, bill, rules.document), bill });
    return bill;
  });
}
