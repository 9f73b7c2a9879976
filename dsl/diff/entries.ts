/**
 * A rule set as a list of the things it says, each with its properties in words. What has no meaning has no place in it:
 * where a thing stands, how it is written, in which order independent things come.
 */
import type { Outcome } from '../../engine/outcomes.ts';
import type {
  Condition,
  DecisionSet,
  Plan,
  RuleSet,
  ServiceDefinition,
  SourceLocation,
  StockRule,
} from '../../engine/rule-set.ts';
import { kindOfMeasure } from '../../engine/vocabulary.ts';
import { partsOf } from './conditions.ts';
import { propertiesOf, type Units } from './properties.ts';

export interface Entry {
  /** `flex.voice.otherwise`, `plan flex`, `table destination`. */
  readonly id: string;
  readonly at?: SourceLocation;
  readonly properties: ReadonlyMap<string, string>;
  /** What a rule asks for, all of it together. */
  readonly conditions?: readonly Condition[];
  /** The id it had before it was renamed. */
  readonly formerly?: string;
  /** Parts that come and go with the whole: not told one by one when the whole is new or gone. */
  readonly partOf?: string;
}

export function entriesOf(document: RuleSet): ReadonlyMap<string, Entry> {
  const found: Entry[] = [
    ...document.plans.flatMap((plan) => planEntries(plan, document)),
    ...document.decisions.flatMap((set) => setEntries(set, document)),
    ...document.calendars.map(({ name, at, ...calendar }) => ({ ...named('calendar', name, calendar), at })),
    ...document.tables.map(({ name, rows, hash: _, ...table }) => ({
      ...named('table', name, table),
      properties: new Map([
        ...propertiesOf(table, {}),
        ...rows.map((row, index) => [`row ${row[0]}${dated(row, rows[index - 1])}`, row.slice(1).join(', ')] as const),
      ]),
    })),
    ...(document.catalogues ?? []).flatMap(({ name, file, links }) => [
      named('links of content', name, { file }),
      ...links.map(({ id, ...link }) => named(`link of ${name}`, id, link)),
    ]),
    ...document.services.map(({ name, measure }) => named('service', name, { measure })),
    ...document.facts.map(({ name, doc: _, ...fact }) => named('fact', name, fact)),
    ...document.roles.map((name) => named('role', name, {})),
    ...document.messages.map(({ name, hash, ...message }) =>
      named('message', name, { ...message, 'texts (by their hash)': hash.slice(0, 12) }),
    ),
  ];
  return new Map(found.map((entry) => [entry.id, entry]));
}

function named(kind: string, name: string, value: object): Entry {
  return { id: `${kind} ${name}`, properties: new Map(propertiesOf(value, {})) };
}

/** A key that stands in several rows, one after the other in time. */
function dated(row: readonly string[], above: readonly string[] | undefined): string {
  return above && above[0] === row[0] ? ` (after ${above.slice(1).join(', ')})` : '';
}

function planEntries(plan: Plan, document: RuleSet): readonly Entry[] {
  const first = document.plans.find(({ id }) => id === plan.id) === plan;
  const id = `plan ${plan.id}${first ? '' : `@${plan.from}`}`;
  const { id: _, at, fees, allowances, rates: _rates, allowanceDecisions: _sets, calendars: _bands, ...rest } = plan;
  const units: Units = { currency: plan.currency };
  const measureOf = (service: string) => document.services.find(({ name }) => name === service)?.measure;
  return [
    { id, at, properties: new Map(propertiesOf(rest, units)) },
    ...fees.map(({ id: fee, at: place, ...terms }) => ({
      id: `${fee}${first ? '' : ` from ${plan.from}`}`,
      at: place,
      properties: new Map(propertiesOf(terms, units)),
      partOf: id,
    })),
    ...allowances.map(({ id: allowance, at: place, title: _title, ...terms }) => ({
      id: `${allowance}${first ? '' : ` from ${plan.from}`} (included usage)`,
      at: place,
      properties: new Map(propertiesOf(terms, { ...units, ...measured(measureOf(terms.service)) })),
      partOf: id,
    })),
  ];
}

function setEntries(set: DecisionSet, document: RuleSet): readonly Entry[] {
  const service = /^rate:.*\.(\w+)$/.exec(set.id)?.[1];
  const units = measured(document.services.find(({ name }) => name === service)?.measure);
  const rules = set.rules.map((rule) => ruleEntry(rule, set, units));
  return set.family === 'rate'
    ? [{ id: set.id.replace('rate:', 'rate '), properties: new Map([['choice', set.policy]]) }, ...rules]
    : rules;
}

function ruleEntry({ name, conditions, event }: StockRule, set: DecisionSet, units: Units): Entry {
  const { rank: _, at, outcome, otherwise, title, ...rest } = event.params;
  const { kind: _kind, ...terms } = outcome as Outcome & { readonly currency?: string };
  const currency = 'currency' in terms && typeof terms.currency === 'string' ? { currency: terms.currency } : {};
  const { renamedFrom, ...more } = rest as { readonly renamedFrom?: string };
  return {
    id: name,
    at,
    properties: new Map([
      // What is included is titled by its terms, which the plan tells.
      ...(title === undefined || set.family === 'allowance' ? [] : [['title', `"${title}"`] as const]),
      ...(otherwise ? [['applies', 'when nothing else fits'] as const] : []),
      ...(set.id.includes(':') && set.family !== 'rate' ? [['decided with', set.id] as const] : []),
      ...propertiesOf({ ...terms, ...more }, { ...units, ...currency }),
    ]),
    conditions: partsOf(conditions),
    ...(renamedFrom !== undefined && { formerly: renamedFrom }),
    ...(set.family === 'rate' && { partOf: `plan ${set.id.replace(/^rate:|\.\w+$/g, '')}` }),
  };
}

function measured(measure: ServiceDefinition['measure'] | undefined): Units {
  return measure ? { measure: kindOfMeasure(measure) } : {};
}
