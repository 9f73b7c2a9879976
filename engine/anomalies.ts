/** Anomalies: the limits that analysts wrote, on events, lines, subscriptions, the account or the invoice. */
import { decide } from './decide/decide.ts';
import { fillCounts } from './event-counts.ts';
import { figuresOf } from './evidence.ts';
import { type ClosedCycle, type FactSheet, fillEvent, invoiceFacts, lineFacts, sheetOver, state } from './facts.ts';
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
  const sets = rules.document.decisions.filter((set) => set.family === 'anomaly');
  return sets.flatMap((set) =>
    subjectsOf(set, cycle, bill, sheets, events, rules).flatMap(({ subject, facts }) => {
      const verdict = decide<AnomalyOutcome>(rules, set.id, facts, decisions, subject);
      return (verdict?.rules ?? []).map((rule) => exceptionBy(rule, subject, facts, cycle, rules));
    }),
  );
}

interface AnomalySubject {
  readonly subject: string;
  readonly facts: FactSheet;
}

function subjectsOf(
  set: DecisionSet,
  cycle: AccountCycle,
  bill: Bill,
  sheets: ClosedCycle,
  events: () => readonly GuidedEvent[],
  rules: LoadedRuleSet,
): readonly AnomalySubject[] {
  switch (set.scope) {
    case 'portion':
    case 'event':
      return eventSubjects(events(), (id) => sheetOver(sheets.subscriptions.get(id)), cycle, rules);
    case 'line':
      return bill.lines.map((line) => {
        const facts = sheetOver(sheets.subscriptions.get(line.subscriptionId), lineFacts(line));
        return { subject: line.id, facts: state(facts, cycle) };
      });
    case 'subscription':
    case 'group':
      return cycle.subscriptions.map(({ id }) => ({
        subject: id,
        facts: invoiceFacts(sheets.subscriptions.get(id), bill, cycle),
      }));
    default:
      return [{ subject: cycle.account.id, facts: invoiceFacts(sheets.account, bill, cycle) }];
  }
}

function eventSubjects(
  events: readonly GuidedEvent[],
  factsOf: (subscription: string) => FactSheet,
  cycle: AccountCycle,
  rules: LoadedRuleSet,
): readonly AnomalySubject[] {
  const subjects = events.map((guided) => {
    const facts = factsOf(guided.subscription.id);
    fillEvent(facts, guided, guided.event.startAt, cycle.account, rules);
    return { guided, subject: eventKey(guided.event), facts: state(facts, cycle) };
  });
  fillCounts(subjects, rules);
  return subjects;
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
