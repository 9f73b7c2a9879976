/** Runs the tests that analysts write beside their rules, through the same functions that make the bills. */
import { decideBusinessEvent } from './business-event.ts';
import { customerSegments } from './customer-segments.ts';
import { evaluateCycle, rateCycle } from './cycle.ts';
import { defaultValue } from './derive.ts';
import { type FactSheet, knownOf } from './fact-sheet.ts';
import { state, subscriptionFacts } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, CycleEvaluation, Decision } from './model.ts';
import { localDayNumber } from './period.ts';
import type { SourceLocation } from './rule-set.ts';
import { checkExpectation, type Findings } from './scenario-checks.ts';
import { cycleOf } from './scenario-cycle.ts';
import { linksGiven, offersGiven } from './scenario-offers.ts';
import { dueSteps, type Happening, happeningsOn } from './scenario-steps.ts';
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
  const { zone } = cycle.customer;
  const asks = (...kinds: readonly string[]) => test.expect.some(({ kind }) => kinds.includes(kind));
  return {
    currency: cycle.account.currency,
    services: rules.document.services,
    priced: once(() => {
      const rated = rateCycle(cycle, withoutAllowances(rules));
      decisions.push(...rated.decisions);
      return rated.trace;
    }),
    evaluation,
    segments: once(() => customerSegments(facts, rules, decisions)),
    links: once(() => linksGiven(outcome, facts, rules, decisions)),
    offers: await offersGiven(outcome, facts, rules, decisions),
    happenings: [
      ...(asks('message') ? (outcome ? happeningsOn(test.given, outcome, facts, zone) : intended(evaluation())) : []),
      ...(asks('message', 'one-off fee', 'suspension')
        ? await dueSteps(test.given, facts, zone, rules, decisions)
        : []),
    ],
  };
}

function intended({ intents }: CycleEvaluation): readonly Happening[] {
  return intents.map(({ message, to }) => ({ kind: 'message', message, to }));
}

/** Every fact of the rule set: said outright, of the cycle, or its type's default. */
function allFacts({ given }: TestCase, cycle: AccountCycle, rules: LoadedRuleSet): FactSheet {
  const sheet: FactSheet = {};
  for (const { name, type, optional } of rules.document.facts) {
    sheet[name] = defaultValue(type);
    if (optional) sheet[knownOf(name)] = false;
  }
  sheet['invoice.currency'] = cycle.account.currency;
  const [subscription] = cycle.subscriptions;
  const known = subscription ? subscriptionFacts(cycle, subscription, rules) : {};
  for (const [name, value] of Object.entries(known)) if (value !== undefined) sheet[name] = value;
  if (given.now !== undefined) {
    sheet.at = given.now;
    sheet.date = localDayNumber(given.now, cycle.account.zone);
  }
  state(sheet, cycle);
  sheet['customer.segments'] = customerSegments(sheet, rules);
  return state(sheet, cycle);
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
