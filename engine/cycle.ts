/**
 * The bill of one account for one cycle: where a newcomer starts.
 *
 * Usage comes in, in any order, with the account, its subscriptions, what is left of their allowances and their history. It
 * is guided to the subscription that had the number, and rated: cut at every boundary of time, allowance and tier, each
 * portion priced by the one rule that fits. Fees and usage become lines, each rounded once; what they lack of what was agreed
 * is a line too; each line gets its tax; discounts
 * are taken; what was invoiced of the cycle before its end is taken off; credit is used or carried on; what earlier invoices lacked is added; taxes are summed; lines and taxes add up to the bill; what was
 * paid before pays of it. Then the bill is doubted: invariants first, then the
 * limits that analysts wrote. Last, the rules say what shall be told to the customer.
 *
 * Pure: no clock, no chance, no I/O. Equal input gives equal output, byte for byte. A business failure is an `Exception` in
 * the result; what is thrown is a bug. Only this file knows the order of the stages.
 */
import { adjust, bySubscription } from './adjust.ts';
import { advantageIntents, advantages } from './advantage.ts';
import { alreadyInvoiced } from './already-invoiced.ts';
import { anomalies } from './anomalies.ts';
import { charge } from './charge.ts';
import { shortfalls } from './commitments.ts';
import { correctionLines, withoutCorrections } from './correction-lines.ts';
import { settleCredit } from './credit.ts';
import { engage } from './engage.ts';
import { closedCycle, customerDecisions } from './facts.ts';
import { guide } from './guide.ts';
import { interimBill, isInterim, passedThresholds } from './interim.ts';
import type { PassedThreshold } from './interim-invoice.ts';
import type { LoadedRuleSet } from './load.ts';
import { minimumSpend } from './minimum-spend.ts';
import type {
  AccountCycle,
  Bill,
  BillTax,
  CycleEvaluation,
  Decision,
  Exception,
  LocalDate,
  MessageIntent,
  RatedCycle,
  RatedUsage,
  TaxedLine,
} from './model.ts';
import { onceOf } from './once-of.ts';
import { rate } from './rate.ts';
import { openRecord, type Recording } from './recording.ts';
import { bonusLines, settlePrepaid } from './settle-prepaid.ts';
import { sumTaxes, taxLines } from './tax.ts';
import { total } from './total.ts';
import { validate } from './validate.ts';

export interface PricedCycle {
  readonly bill: Bill;
  readonly decisions: readonly Decision[];
}

export interface ValidatedCycle {
  /** Of rating, pricing and validation. */
  readonly exceptions: readonly Exception[];
  readonly intents: readonly MessageIntent[];
  readonly decisions: readonly Decision[];
}

/** An invoice before the end of the cycle, as it would be. */
export interface InterimEvaluation {
  readonly bill: Bill;
  readonly passed: readonly PassedThreshold[];
  /** What is the matter with the usage so far. */
  readonly exceptions: readonly Exception[];
  readonly intents: readonly MessageIntent[];
}

/** With what lies between the steps: a bill run keeps it. */
export interface EvaluatedCycle extends CycleEvaluation {
  readonly rated: RatedUsage;
}

/** The three steps in one: what bill runs, previews, simulations and comparisons all call. Its decisions and trace are empty if only results are wanted. */
export function evaluateCycle(
  cycle: AccountCycle,
  rules: LoadedRuleSet,
  recording: Recording = 'everything',
): EvaluatedCycle {
  const rated = rateCycle(cycle, rules, recording);
  const priced = priceCycle(cycle, rated.usage, rules, recording);
  const validated = validateCycle(cycle, rated.usage, priced.bill, rules, recording);
  return {
    rated: rated.usage,
    bill: priced.bill,
    balances: rated.usage.balances,
    exceptions: validated.exceptions,
    intents: validated.intents,
    decisions: [...rated.decisions, ...priced.decisions, ...validated.decisions],
    trace: rated.trace,
  };
}

/** Usage → rated lines and new allowance balances. */
export function rateCycle(cycle: AccountCycle, rules: LoadedRuleSet, recording: Recording = 'everything'): RatedCycle {
  const rated = rate(cycle, guide(cycle), rules, recording);
  if (recording === 'results') return rated;
  return { ...rated, decisions: [...customerDecisions(cycle, rules), ...rated.decisions] };
}

/** Fees and rated usage → taxed and discounted lines that add up. */
export function priceCycle(
  cycle: AccountCycle,
  usage: RatedUsage,
  rules: LoadedRuleSet,
  recording: Recording = 'everything',
): PricedCycle {
  const decisions = openRecord(recording);
  const { charges, sheets } = chargeCycle(cycle, usage, rules);
  const taxed = taxLines(charges, cycle, sheets, rules, decisions).lines;
  const reduced = [...taxed, ...adjust(taxed, cycle, sheets, rules, decisions)];
  const owned = bySubscription([...reduced, ...bonusLines(reduced, cycle, usage, rules)]);
  const lines = cycle.subscriptions.flatMap(({ id }) => owned.get(id) ?? []);
  const taxesOf = taxesOnce(cycle.account.currency);
  const settled = settleCredit([...lines, ...alreadyInvoiced(cycle, rules)], cycle, rules, taxesOf);
  const corrections = correctionLines(cycle, rules);
  const all = corrections.length === 0 ? settled : [...settled, ...corrections];
  const bill = settlePrepaid(total(cycle, all, taxesOf(all), rules), cycle, usage, rules);
  if (!rules.sets.has('advantage')) return { bill, decisions };
  const told = advantages(
    withoutCorrections(bill).lines,
    cycle,
    closedCycle(cycle, rules, usage, settled),
    rules,
    decisions,
  );
  return { bill: told.length > 0 ? { ...bill, advantages: told } : bill, decisions };
}

/** Whether credit is to be carried forward is asked of the very lines that mostly stay the bill's. */
function taxesOnce(currency: string): (lines: readonly TaxedLine[]) => readonly BillTax[] {
  return onceOf((lines: readonly TaxedLine[]) => sumTaxes(lines, currency));
}

function chargeCycle(cycle: AccountCycle, usage: RatedUsage, rules: LoadedRuleSet) {
  const charged = charge(cycle, usage, rules);
  const spent = [...charged, ...minimumSpend(charged, cycle, rules)];
  const charges = [...spent, ...shortfalls(spent, cycle, rules)];
  return { charges, sheets: closedCycle(cycle, rules, usage, charges) };
}

/**
 * What is invoiced of a cycle that is still open, because usage has come to an amount that a plan says: the usage of those
 * lines so far, discounted and taxed as the bill would do it, less what was invoiced of it before. Fees, credit and corrections
 * wait for the bill. Undefined where no such amount is reached that was not before, or nothing is left to charge.
 *
 * @param today the account's day on which it is asked; usage is all that is known by then.
 */
export function evaluateInterim(
  cycle: AccountCycle,
  today: LocalDate,
  rules: LoadedRuleSet,
): InterimEvaluation | undefined {
  const decisions = openRecord('results');
  const { usage } = rateCycle(cycle, rules, 'results');
  const { charges, sheets } = chargeCycle(cycle, usage, rules);
  const used = charges.filter((line) => isInterim(line, rules));
  const { lines: taxed, exceptions: untaxed } = taxLines(used, cycle, sheets, rules, decisions);
  const reduced = [...taxed, ...adjust(taxed, cycle, sheets, rules, decisions)];
  const passed = passedThresholds(reduced, cycle, today, rules);
  const bill = interimBill([...reduced, ...alreadyInvoiced(cycle, rules)], passed, cycle, today, rules);
  if (!bill) return undefined;
  const events = () => guide(cycle).events;
  return {
    bill,
    passed,
    exceptions: [...usage.exceptions, ...untaxed, ...anomalies(cycle, bill, sheets, events, rules, decisions)],
    intents: engage(cycle, bill, sheets, rules, decisions),
  };
}

/** A bill → what is the matter with it, and what to tell once it is issued. */
export function validateCycle(
  cycle: AccountCycle,
  usage: RatedUsage,
  bill: Bill,
  rules: LoadedRuleSet,
  recording: Recording = 'everything',
): ValidatedCycle {
  const decisions = openRecord(recording);
  const sheets = closedCycle(cycle, rules, usage, bill.lines, bill.prepaid);
  // Pricing has left lines without a tax where no single rule gives one; here it is said why.
  const untaxed = taxLines(
    bill.lines.filter((line) => line.taxCategory === ''),
    cycle,
    sheets,
    rules,
    decisions,
  );
  const exceptions = [
    ...usage.exceptions,
    ...untaxed.exceptions,
    ...validate(cycle, usage, bill, rules),
    ...anomalies(cycle, bill, sheets, () => guide(cycle).events, rules, decisions),
  ];
  const intents = [
    ...engage(cycle, bill, sheets, rules, decisions),
    ...advantageIntents(bill.advantages ?? [], cycle, rules),
  ];
  return { exceptions, intents, decisions };
}
