/**
 * A rule set as a list of the things it says, each with its properties in words. What has no meaning has no place in it:
 * where a thing stands, how it is written, in which order independent things come.
 */
import type { Fee } from '../../engine/fee.ts';
import type { Outcome } from '../../engine/outcomes.ts';
import type {
  Condition,
  Contract,
  DecisionSet,
  Plan,
  RuleSet,
  ServiceDefinition,
  SourceLocation,
  StockRule,
  Terms,
} from '../../engine/rule-set.ts';
import { kindOfMeasure } from '../../engine/service-facts.ts';
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
    ...document.contracts.flatMap((contract) => contractEntries(contract, document)),
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
    ...(document.translations ?? []).map(({ language, titles }) => ({
      id: `titles in ${language}`,
      properties: new Map(titles.map(([title, translation]) => [`"${title}"`, `"${translation}"`] as const)),
    })),
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
  const version = first ? '' : `@${plan.from}`;
  const { id, renamedFrom, at, ...terms } = plan;
  return [
    {
      id: `plan ${id}${version}`,
      at,
      properties: new Map(propertiesOf(withoutParts(terms), { currency: plan.currency })),
      ...(renamedFrom !== undefined && { formerly: `plan ${renamedFrom}${version}` }),
    },
    ...termsEntries(plan, `plan ${id}${version}`, first ? '' : ` from ${plan.from}`, plan.currency, document),
  ];
}

function contractEntries(contract: Contract, document: RuleSet): readonly Entry[] {
  const { id, at, commitments, ...terms } = contract;
  const { currency = '' } = document.plans.find((plan) => plan.id === contract.plan) ?? {};
  const whole = `contract ${id}`;
  return [
    { id: whole, at, properties: new Map(propertiesOf(withoutParts(terms), { currency })) },
    ...termsEntries(contract, whole, '', currency, document),
    ...commitments.map((commitment) => partEntry(commitment, whole, '', { currency })),
  ];
}

function withoutParts<T extends Terms>(terms: T) {
  const { fees: _fees, allowances: _allowances, minimums: _minimums, ...rest } = terms;
  const { rates: _rates, allowanceDecisions: _sets, calendars: _bands, ...own } = rest;
  return own;
}

/** Fees, allowances and minimum spend of a plan or contract. */
function termsEntries(
  { fees, allowances, minimums = [] }: Terms,
  whole: string,
  version: string,
  currency: string,
  document: RuleSet,
): readonly Entry[] {
  const measureOf = (service: string) => document.services.find(({ name }) => name === service)?.measure;
  return [
    ...fees.map((fee) => partEntry(feeInWords(fee, currency), whole, version, { currency })),
    ...allowances.map(({ title: _, sharedByGroup, ...allowance }) => {
      const units = { currency, ...measured(measureOf(allowance.service)) };
      const shared = sharedByGroup && { 'shared by': 'the group', ...sharedByGroup };
      return partEntry({ ...allowance, ...shared }, whole, `${version} (included usage)`, units);
    }),
    ...minimums.map((minimum) => partEntry(minimum, whole, version, { currency })),
  ];
}

/** How often, and what it costs at first, as one thing each. */
function feeInWords({ interval, every, promotion, ...fee }: Fee, currency: string) {
  return {
    ...fee,
    interval: every === undefined ? interval : `every ${every} ${lengths[interval]}`,
    ...(promotion && { 'at first': `${promotion.amount} ${currency} for ${promotion.cycles} cycles` }),
  };
}

const lengths = { once: '', daily: 'days', weekly: 'weeks', monthly: 'months', quarterly: 'quarters', yearly: 'years' };

interface Part {
  readonly id: string;
  readonly renamedFrom?: string;
  readonly at: SourceLocation;
}

function partEntry({ id, at, renamedFrom, ...terms }: Part, whole: string, suffix: string, units: Units): Entry {
  return {
    id: `${id}${suffix}`,
    at,
    properties: new Map(propertiesOf(terms, units)),
    ...(renamedFrom !== undefined && { formerly: `${renamedFrom}${suffix}` }),
    partOf: whole,
  };
}

function setEntries(set: DecisionSet, document: RuleSet): readonly Entry[] {
  const service = /^rate:.*\.(\w+)$/.exec(set.id)?.[1];
  const units = measured(document.services.find(({ name }) => name === service)?.measure);
  const owner = ownerOf(set, document);
  const rules = set.rules.map((rule) => ruleEntry(rule, set, owner, units));
  if (set.family !== 'rate') return rules;
  const [former] = rules.flatMap(({ formerly }) => formerly ?? []);
  const choice = {
    id: set.id.replace('rate:', 'rate '),
    properties: new Map([['choice', set.policy]]),
    ...(former !== undefined && { formerly: `rate ${former.replace(/\.[^.]+$/, '')}` }),
  };
  return [choice, ...rules];
}

/** The plan or contract whose usage a set of rates or allowances decides. */
function ownerOf({ id, family }: DecisionSet, { contracts }: RuleSet): string | undefined {
  if (family !== 'rate' && family !== 'allowance') return undefined;
  const owner = id.replace(/^\w+:|\.\w+$/g, '');
  return contracts.some((contract) => contract.id === owner) ? `contract ${owner}` : `plan ${owner}`;
}

function ruleEntry(
  { name, conditions, event }: StockRule,
  set: DecisionSet,
  owner: string | undefined,
  units: Units,
): Entry {
  const { rank: _, at, outcome, otherwise, title, ...rest } = event.params;
  const {
    kind: _kind,
    allowance: _allowance,
    ...terms
  } = outcome as Outcome & Record<'currency' | 'allowance', unknown>;
  const currency = 'currency' in terms && typeof terms.currency === 'string' ? { currency: terms.currency } : {};
  const { renamedFrom, ...more } = rest;
  return {
    id: name,
    at,
    properties: new Map([
      // What is included is titled by its terms, which the plan tells.
      ...(title === undefined || set.family === 'allowance' ? [] : [['title', `"${title}"`] as const]),
      ...(otherwise ? [['applies', 'when nothing else fits'] as const] : []),
      ...(set.id.includes(':') && owner === undefined ? [['decided with', set.id] as const] : []),
      ...propertiesOf({ ...terms, ...more }, { ...units, ...currency }),
    ]),
    conditions: partsOf(conditions),
    ...(renamedFrom !== undefined && { formerly: renamedFrom }),
    ...(owner !== undefined && { partOf: owner }),
  };
}

function measured(measure: ServiceDefinition['measure'] | undefined): Units {
  return measure ? { measure: kindOfMeasure(measure) } : {};
}
