/** Anomalies: the limits that analysts wrote, on events, lines, subscriptions, the account or the invoice. */
import { decide } from './decide/decide.ts';
import { countEvents } from './event-counts.ts';
import { figuresOf } from './evidence.ts';
import type { FactSheet } from './fact-sheet.ts';
import { type ClosedCycle, fillEvent, fillLine, invoiceFacts, state, workingSheets } from './facts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, Decision, Exception, GuidedEvent } from './model.ts';
import type { AnomalyOutcome } from './outcomes.ts';
import type { DecisionSet, StockRule } from './rule-set.ts';
import { eventKey } from './usage.ts';
import { sentenceInWords, valueInWords } from './words.ts';

/** Every anomaly rule that matches, with the evidence its `because` gives. Each set is decided once per subject of its scope. */
export function anomalies(
  cycle: AccountCycle,
  bill: Bill,
  sheets: ClosedCycle,
  events: () => readonly GuidedEvent[],
  rules: LoadedRuleSet,
  decisions: Decision[],
): readonly Exception[] {
  const found: Exception[] = [];
  for (const set of rules.document.decisions.filter(({ family }) => family === 'anomaly')) {
    for (const { subject, facts } of subjectsOf(set, cycle, bill, sheets, events, rules)) {
      const verdict = decide<AnomalyOutcome>(rules, set.id, facts, decisions, subject);
      for (const rule of verdict?.rules ?? []) found.push(exceptionBy(rule, subject, facts, cycle, rules));
    }
  }
  return found;
}

/** The facts of a subject are read before the next one is asked for: those of events and lines stand on one sheet, one after the other. */
interface AnomalySubject {
  readonly subject: string;
  readonly facts: FactSheet;
}

function* subjectsOf(
  set: DecisionSet,
  cycle: AccountCycle,
  bill: Bill,
  sheets: ClosedCycle,
  events: () => readonly GuidedEvent[],
  rules: LoadedRuleSet,
): Iterable<AnomalySubject> {
  switch (set.scope) {
    case 'portion':
    case 'event':
      yield* eventSubjects(events(), cycle, sheets, rules);
      break;
    case 'line': {
      const sheetOf = workingSheets(sheets, rules);
      for (const line of bill.lines)
        yield { subject: line.id, facts: state(fillLine(sheetOf(line.subscriptionId), line), cycle) };
      break;
    }
    case 'subscription':
    case 'group':
      for (const { id } of cycle.subscriptions)
        yield { subject: id, facts: invoiceFacts(sheets.subscriptions.get(id), bill, cycle, rules) };
      break;
    default:
      yield { subject: cycle.account.id, facts: invoiceFacts(sheets.account, bill, cycle, rules) };
  }
}

function* eventSubjects(
  events: readonly GuidedEvent[],
  cycle: AccountCycle,
  sheets: ClosedCycle,
  rules: LoadedRuleSet,
): Iterable<AnomalySubject> {
  const sheetOf = workingSheets(sheets, rules);
  const factsOf = (guided: GuidedEvent) => {
    const facts = sheetOf(guided.subscription.id);
    fillEvent(facts, guided, guided.event.startAt, cycle.account, rules);
    return state(facts, cycle);
  };
  const fillCounts = countEvents(events, factsOf, rules);
  for (const [place, guided] of events.entries()) {
    const facts = factsOf(guided);
    fillCounts(facts, place);
    yield { subject: eventKey(guided.event), facts };
  }
}

function exceptionBy(
  { name, event }: StockRule<AnomalyOutcome>,
  subject: string,
  facts: FactSheet,
  cycle: AccountCycle,
  rules: LoadedRuleSet,
): Exception {
  const { action, severity, object, because } = event.params.outcome;
  const types = new Map([...rules.document.facts, ...rules.document.derived].map((fact) => [fact.name, fact.type]));
  const evidence = sentenceInWords(because, (fact) => {
    const type = types.get(fact);
    const value = facts[fact] ?? rules.derive(fact, facts);
    return type === undefined || value === undefined ? fact : valueInWords(value, type, cycle.account.currency);
  });
  const figures = figuresOf(because, facts, cycle, rules.document.services);
  return {
    ...{ code: 'anomaly', action, severity, object, subject, evidence, rule: name, at: event.params.at },
    ...(figures.length > 0 && { figures }),
  };
}
