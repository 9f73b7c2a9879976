/** What the compiler proves of rules together: of each decision set by itself, then of the whole rulebook. */
import { bySet, type RuleDraft } from '../families/rule.ts';
import { type Bench, proveAnswered, proveApart, proveMatching, proveReached } from './alternatives.ts';
import type { Book, Placed } from './book.ts';
import { type Case, casesOf as casesIn, type View } from './cases.ts';
import { proveRelated } from './discount-proofs.ts';
import type { Memory } from './memory.ts';
import { provePromise, purposesOf } from './promise-proofs.ts';
import { isSchedule, proveSchedule } from './schedule-proofs.ts';
import { reportUnused } from './unused.ts';
import { type WorldsOf, worldsOf } from './worlds.ts';

/** `sound` says whether all sentences are free of faults so far: what a faulty one would have said is not missing. */
export function prove(
  rules: readonly RuleDraft[],
  placed: readonly Placed[],
  book: Book,
  sound: boolean,
  memory: Memory,
): void {
  const sets = bySet(rules);
  for (const set of sets.values()) {
    const [first] = set;
    if (first) memory.recall(first, 'prove set', [sound, ...set], book, (known) => proveSet(set, known, sound, memory));
  }
  for (const rule of rules.filter(isSchedule)) {
    const [stop] = sets.get(`stop:${rule.name}`) ?? [];
    memory.recall(rule, 'prove schedule', [stop], book, (known) => proveSchedule(rule, stop, viewOf(known, new Map())));
  }
  // Those of the account and those of each subscription are decided apart and taken together.
  const discounts = rules.filter(({ family }) => family === 'discount');
  const [one] = discounts;
  if (one)
    memory.recall(one, 'prove discounts', discounts, book, (known) =>
      proveRelated(discounts, openBench(discounts, known, memory).casesOf),
    );
  for (const rule of rules) {
    for (const purpose of purposesOf(rule)) {
      const offers = sets.get(`offer:for ${purpose}`) ?? [];
      // Without any, the purpose itself is unknown, which has been said.
      if (offers.length === 0) continue;
      memory.recall(rule, `prove promise ${purpose}`, offers, book, (known) =>
        provePromise(rule, purpose, offers, viewOf(known, new Map())),
      );
    }
  }
  proveUnique(rules);
  if (sound) reportUnused(rules, placed, book, memory.reportIn);
}

/** What rules that are decided together say together, and each by itself. */
function proveSet(rules: readonly RuleDraft[], book: Book, sound: boolean, memory: Memory): void {
  const bench = openBench(rules, book, memory);
  proveMatching(bench);
  const [first] = rules;
  if (first?.policy === 'exactly one') proveApart(bench);
  if (first?.policy === 'first') proveReached(bench);
  const isWhole = first?.family === 'rate' ? rules.every(({ origin }) => origin.isWhole) : sound;
  if (first && isWhole && (first.family === 'rate' || first.family === 'tax')) proveAnswered(bench);
}

/** Cases are worked out when they are first asked for and, where no worlds are needed, remembered from one edit to the next. */
function openBench(rules: readonly RuleDraft[], book: Book, memory: Memory): Bench {
  const conditions = rules.map((rule) => rule.conditions);
  const view = viewOf(book, worldsOf(conditions, book));
  const found = new Map<RuleDraft, readonly Case[]>();
  const work = (rule: RuleDraft) =>
    view.worlds.size > 0
      ? casesIn(rule.conditions, view)
      : memory.recall(rule, 'cases', [], book, (known) => casesIn(rule.conditions, viewOf(known, view.worlds)));
  const casesOf = (rule: RuleDraft) => {
    const cases = found.get(rule) ?? work(rule);
    found.set(rule, cases);
    return cases;
  };
  return { rules, view, casesOf };
}

function viewOf({ facts, derived }: Book, worlds: WorldsOf): View {
  return { typeOf: (fact) => (facts.get(fact) ?? derived.get(fact))?.type, derived, worlds };
}

function proveUnique(rules: readonly RuleDraft[]): void {
  const seen = new Map<string, RuleDraft>();
  for (const rule of rules) {
    const other = seen.get(rule.name);
    if (!other) seen.set(rule.name, rule);
    else
      rule.origin.report(
        'duplicate-rule',
        rule.origin.node.span,
        `the rule of line ${other.at.line} in ${other.at.file} has the same id, \`${rule.name}\``,
        rule.family === 'rate' || rule.family === 'allowance'
          ? 'give this line a name of its own: `as …`'
          : 'rename one of the two',
      );
  }
}
