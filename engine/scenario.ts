/** Runs the tests that analysts write beside their rules, through the same functions that make the bills. */
import { decideBusinessEvent, type EventOutcome } from './business-event.ts';
import { customerSegments } from './customer-segments.ts';
import { evaluateCycle, rateCycle } from './cycle.ts';
import { decideWithLibrary } from './decide/library.ts';
import { defaultValue } from './derive.ts';
import { accountFacts, type FactSheet, state, subscriptionFacts } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Decision } from './model.ts';
import { addDays, localDayNumber, localTime } from './period.ts';
import { planReminders } from './reminder.ts';
import type { SourceLocation } from './rule-set.ts';
import { checkExpectation, type Findings } from './scenario-checks.ts';
import { cycleOf } from './scenario-cycle.ts';
import type { TestCase } from './test-case.ts';
import type { BusinessEventName } from './vocabulary.ts';

export interface TestResult {
  readonly name: string;
  readonly at: SourceLocation;
  readonly passed: boolean;
  readonly failures: readonly TestFailure[];
  /** Every decision that was made while the test ran: what it covers. */
  readonly decisions: readonly Decision[];
}

export interface TestFailure {
  readonly at: SourceLocation;
  /** In the analyst's words. */
  readonly expected: string;
  readonly actual: string;
}

export async function runTestCase(test: TestCase, rules: LoadedRuleSet): Promise<TestResult> {
  const cycle = cycleOf(test.given, rules.document);
  const decisions: Decision[] = [];
  const findings = await findingsOf(test, cycle, rules, decisions);
  const failures = test.expect.flatMap((expectation) => {
    const { met, expected, actual } = checkExpectation(expectation, findings);
    if (met !== (expectation.no === true)) return [];
    return [{ at: expectation.at, expected: expectation.no ? `no ${expected}` : expected, actual }];
  });
  return { name: test.name, at: test.at, passed: failures.length === 0, failures, decisions };
}

async function findingsOf(
  test: TestCase,
  cycle: AccountCycle,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<Findings> {
  const evaluation = once(() => {
    const result = evaluateCycle(cycle, rules);
    decisions.push(...result.decisions);
    return result;
  });
  const facts = allFacts(test, cycle, rules);
  const { event } = test.given;
  const outcome = event === undefined ? undefined : await decideBusinessEvent(event as BusinessEventName, facts, rules);
  if (outcome) decisions.push(...outcome.decisions);
  const asksForMessages = test.expect.some((expectation) => expectation.kind === 'message');
  return {
    currency: cycle.account.currency,
    priced: once(() => {
      const rated = rateCycle(cycle, withoutAllowances(rules));
      decisions.push(...rated.decisions);
      return rated.trace;
    }),
    evaluation,
    segments: once(() => customerSegments(facts, rules, decisions)),
    outcome,
    messages: asksForMessages
      ? [
          ...(outcome ? messagesOf(outcome) : evaluation().intents.map(({ message, to }) => ({ message, to }))),
          ...(await dueReminders(test, facts, cycle, rules, decisions)),
        ]
      : [],
  };
}

/** Every fact of the rule set: said outright, of the cycle, or its type's default. */
function allFacts({ given }: TestCase, cycle: AccountCycle, rules: LoadedRuleSet): FactSheet {
  const sheet: FactSheet = {};
  for (const { name, type, optional } of rules.document.facts) {
    sheet[name] = defaultValue(type);
    if (optional) sheet[`${name}.known`] = false;
  }
  const account = accountFacts(cycle, rules);
  const [subscription] = cycle.subscriptions;
  if (subscription) Object.assign(sheet, subscriptionFacts(cycle, subscription, account, rules.document.services));
  if (given.now !== undefined) {
    sheet.at = given.now;
    sheet.date = localDayNumber(given.now, cycle.account.zone);
  }
  state(sheet, cycle);
  sheet['customer.segments'] = customerSegments(sheet, rules);
  return state(sheet, cycle);
}

function messagesOf({ offers, sends }: EventOutcome): Findings['messages'] {
  const all = [...offers.flatMap(({ offer }) => offer.sends), ...sends.map(({ send }) => send)];
  return all.flatMap((send) => send.to.map((to) => ({ message: send.message, to })));
}

/** Messages of reminders: all that are planned, or, where the test moves the clock, those due and not yet useless then. */
async function dueReminders(
  { given }: TestCase,
  facts: FactSheet,
  { customer }: AccountCycle,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<Findings['messages']> {
  const found: Findings['messages'][number][] = [];
  const holidays = rules.document.calendars.flatMap((calendar) => calendar.holidays);
  for (const set of rules.document.decisions.filter((one) => one.family === 'remind')) {
    const { matches } = await decideAndRecord(set.id, facts, rules, decisions);
    for (const rule of set.rules.filter((one) => matches.includes(one.name))) {
      const { outcome } = rule.event.params;
      if (outcome.kind !== 'remind' || facts[`${outcome.date}.known`] === false) continue;
      if (await isStopped(rule.name, facts, rules, decisions)) continue;
      const date = addDays('1970-01-01', facts[outcome.date] as number);
      for (const { dueAt, uselessAfter } of planReminders(outcome, date, customer.zone, holidays)) {
        if (given.now !== undefined && (given.now < dueAt || given.now >= uselessAfter)) continue;
        const local = localTime(dueAt, customer.zone).replace(' ', 'T');
        found.push(
          ...outcome.sends.flatMap(({ message, to }) => to.map((one) => ({ message, to: one, dueAt: local }))),
        );
      }
    }
  }
  return found;
}

async function isStopped(
  remind: string,
  facts: FactSheet,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<boolean> {
  const id = `stop:${remind}`;
  return rules.sets.has(id) && (await decideAndRecord(id, facts, rules, decisions)).matches.length > 0;
}

async function decideAndRecord(
  id: string,
  facts: FactSheet,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<Decision> {
  const loaded = rules.sets.get(id);
  if (!loaded) throw new Error(`The rule set has no decision set "${id}".`);
  const { matches } = await decideWithLibrary(rules.document, loaded.set, facts, rules.derive);
  const decision = { set: id, facts: loaded.project({ always: true, ...facts }), matches };
  decisions.push(decision);
  return decision;
}

function withoutAllowances(rules: LoadedRuleSet): LoadedRuleSet {
  const plans = rules.document.plans.map((plan) => ({ ...plan, allowances: [] }));
  return { ...rules, document: { ...rules.document, plans } };
}

function once<T>(work: () => T): () => T {
  let done: { readonly result: T } | undefined;
  return () => {
    done ??= { result: work() };
    return done.result;
  };
}
