/**
 * What changes in meaning between two rule sets. Another file, another order of independent rules, another form or
 * wording of the same (a table for sentences, `50000 MB` for `50 GB`) is no difference.
 */
import type { Condition, FactType, RuleSet } from '../../engine/rule-set.ts';
import { conditionInWords, partsOnlyIn, type TypeOf } from './conditions.ts';
import type { Difference } from './difference.ts';
import { type Entry, entriesOf } from './entries.ts';
import { movedRules } from './order.ts';
import { shortName } from './short-name.ts';

/** In the order of the new rules, what is gone at the end. Empty if the two mean the same. */
export function diffRuleSets(before: RuleSet, after: RuleSet): readonly Difference[] {
  const [old, young] = [entriesOf(before), entriesOf(after)];
  const typeOf = typesOf(before, after);
  const pairs = pairUp(old, young, typeOf);
  const paired = new Set([...pairs.values()].map(({ id }) => id));
  const found: Difference[] = [];
  for (const entry of young.values()) {
    const former = pairs.get(entry.id);
    if (former) found.push(...changeOf(former, entry, typeOf));
    else if (!isPartOf(entry, young, old)) found.push(whole('added', entry, typeOf));
  }
  found.push(...movedRules(before, after));
  for (const entry of old.values()) {
    if (!paired.has(entry.id) && !isPartOf(entry, old, young)) found.push(whole('removed', entry, typeOf));
  }
  return grouped(found);
}

/** A part of a whole that only one side has: the whole says it. */
function isPartOf(entry: Entry, own: ReadonlyMap<string, Entry>, other: ReadonlyMap<string, Entry>): boolean {
  return entry.partOf !== undefined && own.has(entry.partOf) && !other.has(entry.partOf);
}

function typesOf(...documents: readonly RuleSet[]): TypeOf {
  const types = new Map<string, FactType>();
  for (const { facts, derived } of documents)
    for (const { name, type } of [...facts, ...derived]) types.set(name, type);
  return (fact) => types.get(fact);
}

/** New id → what it was: by its id, by `renamed from`, or because the same conditions bring about the same. */
function pairUp(
  old: ReadonlyMap<string, Entry>,
  young: ReadonlyMap<string, Entry>,
  typeOf: TypeOf,
): ReadonlyMap<string, Entry> {
  const pairs = new Map<string, Entry>();
  for (const { id, formerly } of young.values()) {
    const former = old.get(id) ?? (formerly === undefined ? undefined : old.get(formerly));
    if (former) pairs.set(id, former);
  }
  const taken = new Set([...pairs.values()].map(({ id }) => id));
  const left = [...old.values()].filter(({ id, conditions }) => conditions && !taken.has(id));
  for (const entry of young.values()) {
    if (pairs.has(entry.id) || !entry.conditions) continue;
    const twin =
      left.find((other) => !taken.has(other.id) && changeOf(other, entry, typeOf)[0]?.kind === 'renamed') ??
      left.find((other) => !taken.has(other.id) && isReworded(other, entry));
    if (!twin) continue;
    taken.add(twin.id);
    pairs.set(entry.id, twin);
  }
  return pairs;
}

/** A row whose name comes from its condition has another name when the condition changes. */
function isReworded(old: Entry, young: Entry): boolean {
  const place = (id: string) => id.slice(0, id.lastIndexOf('.'));
  return (
    old.partOf !== undefined &&
    place(old.id) === place(young.id) &&
    old.properties.size === young.properties.size &&
    [...young.properties].every(([label, words]) => old.properties.get(label) === words)
  );
}

function changeOf(old: Entry, young: Entry, typeOf: TypeOf): readonly Difference[] {
  const details = [
    ...conditionChanges(old.conditions ?? [], young.conditions ?? [], typeOf),
    ...propertyChanges(old.properties, young.properties),
  ];
  const place = young.at && { at: young.at };
  const renamed = old.id === young.id ? [] : [`was called \`${shortName(old.id, young.id)}\` before`];
  if (details.length > 0) return [{ kind: 'changed', ids: [young.id], ...place, details: [...renamed, ...details] }];
  return renamed.length > 0 ? [{ kind: 'renamed', ids: [young.id], ...place, details: renamed }] : [];
}

function propertyChanges(old: ReadonlyMap<string, string>, young: ReadonlyMap<string, string>): readonly string[] {
  const labels = new Set([...old.keys(), ...young.keys()]);
  return [...labels].flatMap((label) => {
    const [was, is] = [old.get(label), young.get(label)];
    if (was === is) return [];
    if (was === undefined) return [`${label} is new: ${is}`];
    return [is === undefined ? `${label} is gone; it was ${was}` : `${label} was ${was}, is now ${is}`];
  });
}

function conditionChanges(old: readonly Condition[], young: readonly Condition[], typeOf: TypeOf): readonly string[] {
  const gone = [...partsOnlyIn(old, young)];
  const words = (part: Condition) => `\`${conditionInWords(part, typeOf)}\``;
  const details = partsOnlyIn(young, old).map((part) => {
    const position = gone.findIndex((other) => subjectOf(other) === subjectOf(part));
    if (position < 0) return `now also asks for ${words(part)}`;
    const [former] = gone.splice(position, 1);
    return former ? `asked for ${words(former)}, now asks for ${words(part)}` : '';
  });
  return [...details, ...gone.map((part) => `no longer asks for ${words(part)}`)];
}

/** What a condition is about: with the same subject, it is the value that changed. */
function subjectOf(condition: Condition): string {
  if ('fact' in condition)
    return `${condition.fact.replace(/\d+(\.\d+)?/g, '#')} ${direction[condition.operator] ?? ''}`;
  if ('not' in condition) return `not ${subjectOf(condition.not)}`;
  return ('all' in condition ? condition.all : condition.any).map(subjectOf).join(', ');
}

const direction: Readonly<Record<string, string>> = {
  lessThan: 'below',
  lessThanInclusive: 'below',
  greaterThan: 'above',
  greaterThanInclusive: 'above',
};

function whole(kind: 'added' | 'removed', entry: Entry, typeOf: TypeOf): Difference {
  const { conditions = [], properties } = entry;
  return {
    kind,
    ids: [entry.id],
    ...(entry.at && { at: entry.at }),
    details: [
      ...(conditions.length > 0
        ? [`when ${conditions.map((part) => `\`${conditionInWords(part, typeOf)}\``).join(' and ')}`]
        : []),
      ...[...properties].slice(0, mostProperties).map(([label, words]) => `${label}: ${words}`),
      ...(properties.size > mostProperties ? [`and ${properties.size - mostProperties} more`] : []),
    ],
  };
}

const mostProperties = 12;

/** What `like` has copied differs in the same way, and is told once. */
function grouped(differences: readonly Difference[]): readonly Difference[] {
  const byText = new Map<string, Difference>();
  for (const difference of differences) {
    const { kind, at, details } = difference;
    const key = JSON.stringify([kind, at ?? difference.ids, details]);
    const same = byText.get(key);
    byText.set(key, same ? { ...same, ids: [...same.ids, ...difference.ids] } : difference);
  }
  return [...byText.values()];
}
