/** Puts the document together: rules ranked in their sets, everything sorted, hashed. */
import type { Contract, DecisionSet, Plan, RuleSet, StockRule } from '../engine/rule-set.ts';
import type { Book } from './check/book.ts';
import { canonicalJson, hashText } from './check/canonical.ts';
import { factsNeeded } from './check/facts-read.ts';
import { bySet, type RuleDraft } from './families/rule.ts';
import type { RuleSource } from './source.ts';

export function assemble(
  plans: readonly Plan[],
  contracts: readonly Contract[],
  rules: readonly RuleDraft[],
  book: Book,
  source: RuleSource,
): RuleSet {
  const content: Omit<RuleSet, 'hash'> = {
    format: 'ratebook/rule-set/1',
    sources: source.files
      .filter(({ path }) => /\.rules$|\.csv$|^messages\//.test(path))
      .map(({ path, text }) => ({ file: path, hash: hashText(text) }))
      .sort(by(({ file }) => file)),
    services: sorted(book.services),
    facts: [...book.facts.values()].filter(({ name }) => !book.derivations.has(name)).sort(by(({ name }) => name)),
    derived: sorted(book.derived),
    tables: sorted(book.tables),
    calendars: sorted(book.calendars),
    roles: [...book.roles].sort(),
    messages: sorted(book.messages),
    ...(book.catalogues.size > 0 && { catalogues: sorted(book.catalogues) }),
    ...(book.titles.size > 0 && {
      translations: [...book.titles.values()].sort(by(({ language }) => language)),
    }),
    plans: [...plans].sort(by((plan) => `${plan.id} ${plan.from}`)),
    contracts: [...contracts].sort(by((contract) => `${contract.id} ${contract.from}`)),
    decisions: [...bySet(rules)].map(([id, drafts]) => decisionSet(id, drafts, book)).sort(by(({ id }) => id)),
  };
  return { ...content, hash: hashText(canonicalJson(content)) };
}

function decisionSet(id: string, drafts: readonly RuleDraft[], book: Book): DecisionSet {
  const [first] = drafts;
  if (!first) throw new Error(`The decision set ${id} has no rules.`);
  return {
    id,
    family: first.family,
    policy: first.policy,
    scope: first.scope,
    facts: factsNeeded(
      drafts.map(({ conditions }) => conditions),
      book.derived,
    ),
    rules: drafts.map(stockRule),
  };
}

function stockRule(draft: RuleDraft, rank: number): StockRule {
  const { name, conditions, family, otherwise, title, renamedFrom, at, outcome } = draft;
  const params = {
    rank,
    ...(otherwise && { otherwise: true as const }),
    ...(title !== undefined && { title }),
    ...(renamedFrom !== undefined && { renamedFrom }),
    at,
    outcome,
  };
  return { name, priority: 1, conditions, event: { type: family, params } };
}

function sorted<T extends { readonly name: string }>(entries: ReadonlyMap<string, T>): readonly T[] {
  return [...entries.values()].sort(by(({ name }) => name));
}

/** By code unit, so that every machine sorts alike. */
function by<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
