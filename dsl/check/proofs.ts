/** What the compiler proves of rules together. */
import { bySet, type RuleDraft } from '../families/rule.ts';
import type { Book, Placed } from './book.ts';
import {
  areDisjoint,
  type Case,
  casesOf as casesIn,
  commonCase,
  describeCase,
  describeConflict,
  meetAll,
} from './cases.ts';
import { proveRelated } from './discount-proofs.ts';
import type { TypeOf } from './limits.ts';
import type { Memory } from './memory.ts';
import { neighbours } from './neighbours.ts';
import { reportUnused } from './unused.ts';

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
    if (first) memory.recall(first, 'prove set', set, book, (known) => proveSet(set, openBench(known, memory)));
  }
  proveRelated(sets.get('discount') ?? [], openBench(book, memory).casesOf);
  proveUnique(rules);
  if (!sound) return;
  proveCovered(sets.get('tax') ?? []);
  reportUnused(rules, placed, book, memory.reportIn);
}

interface Bench {
  readonly book: Book;
  readonly typeOf: TypeOf;
  readonly casesOf: (rule: RuleDraft) => readonly Case[];
  /** The cases in which it does not hold. */
  readonly casesAgainst: (rule: RuleDraft) => readonly Case[];
}

/** Cases are worked out when they are first asked for, and remembered from one edit to the next. */
function openBench(book: Book, memory: Memory): Bench {
  const recalled = new Map<RuleDraft, readonly Case[]>();
  const recall = (rule: RuleDraft, negated: boolean) =>
    memory.recall(rule, negated ? 'cases against' : 'cases', [], book, (known) =>
      casesIn(rule.conditions, (fact) => known.facts.get(fact)?.type, negated),
    );
  return {
    book,
    typeOf: (fact) => book.facts.get(fact)?.type,
    casesOf: (rule) => {
      const cases = recalled.get(rule) ?? recall(rule, false);
      recalled.set(rule, cases);
      return cases;
    },
    casesAgainst: (rule) => recall(rule, true),
  };
}

/** What rules that are decided together say together, and each by itself. */
function proveSet(rules: readonly RuleDraft[], bench: Bench): void {
  for (const rule of rules) proveMatching(rule, bench);
  if (rules[0]?.policy === 'exactly one') proveApart(rules, bench);
  if (rules[0]?.policy === 'first') proveReached(rules, bench);
}

/** Every rule can match. */
function proveMatching(rule: RuleDraft, bench: Bench): void {
  const { conditions, origin } = rule;
  if (bench.casesOf(rule).length > 0) return;
  origin.report(
    'never-matches',
    origin.node.span,
    `no case fits this${because(describeConflict(conditions, bench.typeOf))}`,
    'correct one of its conditions, or remove the rule',
  );
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}

/** Alternatives of which exactly one must fit. */
function proveApart(rules: readonly RuleDraft[], { book, casesOf, typeOf }: Bench): void {
  const before = neighbours(rules.map(casesOf));
  for (const [index, rule] of rules.entries()) {
    for (const earlier of before(index).flatMap((position) => rules[position] ?? [])) {
      // What is for everything else gives way to the others, not to its like.
      if (rule.otherwise !== earlier.otherwise) continue;
      const both = commonCase(casesOf(earlier), casesOf(rule), book.derived);
      if (!both) continue;
      const help =
        rule.family === 'rate'
          ? 'narrow one of them with `unless`, or write `, first that fits` after the service if the order should decide'
          : rule.otherwise
            ? 'keep one `otherwise`, and give the other its own conditions'
            : 'narrow one of them with `unless`';
      rule.origin.report(
        'rules-overlap',
        rule.origin.node.span,
        rule.otherwise
          ? `\`${earlier.name}\` is for everything else already`
          : `this fits where \`${earlier.name}\` fits too, for example where ${describeCase(both, typeOf)}`,
        help,
      );
      break;
    }
  }
}

/** Alternatives of which the first that fits is taken: each is the first somewhere. */
function proveReached(rules: readonly RuleDraft[], { casesOf, casesAgainst, typeOf }: Bench): void {
  const before = neighbours(rules.map(casesOf));
  for (const [index, rule] of rules.entries()) {
    const own = casesOf(rule);
    const [example] = own;
    if (rule.otherwise || !example) continue;
    let left = own;
    const takers: string[] = [];
    for (const earlier of before(index).flatMap((position) => rules[position] ?? [])) {
      if (left.length === 0) break;
      if (areDisjoint(left, casesOf(earlier))) continue;
      left = meetAll(left, casesAgainst(earlier));
      takers.push(`\`${earlier.name}\``);
    }
    if (left.length > 0) continue;
    rule.origin.report(
      'never-reached',
      rule.origin.node.span,
      `${takers.join(' and ')} above always ${takers.length > 1 ? 'take' : 'takes'} what fits this, for example where ${describeCase(example, typeOf)}`,
      'move this line above, narrow the other, or remove it',
    );
  }
}

/** Every line needs a tax. */
function proveCovered(taxes: readonly RuleDraft[]): void {
  const last = taxes.at(-1);
  if (!last || taxes.some((rule) => rule.otherwise)) return;
  last.origin.report(
    'missing-otherwise',
    last.origin.node.span,
    'some lines would have no tax',
    'add a tax for everything else: `tax standard otherwise 19% category S`',
  );
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
