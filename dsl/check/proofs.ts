/** What the compiler proves of rules together. */
import type { DiscountBase, DiscountOutcome } from '../../engine/rule-set.ts';
import { bySet, type RuleDraft } from '../families/rule.ts';
import type { Book, Placed } from './book.ts';
import { areDisjoint, commonCase, describeCase } from './cases.ts';

/** `sound` says whether all sentences are free of faults so far: what a faulty one would have said is not missing. */
export function prove(rules: readonly RuleDraft[], placed: readonly Placed[], book: Book, sound: boolean): void {
  const sets = bySet(rules);
  for (const set of sets.values()) if (set[0]?.policy === 'exactly one') proveApart(set, book);
  proveRelated((sets.get('discount') ?? []) as readonly DiscountDraft[]);
  proveUnique(rules);
  if (!sound) return;
  proveCovered(sets.get('tax') ?? []);
  reportUnused(placed, book);
}

type DiscountDraft = RuleDraft & { readonly outcome: DiscountOutcome };

/** Alternatives of which exactly one must fit. */
function proveApart(rules: readonly RuleDraft[], book: Book): void {
  const alternatives = rules.filter((rule) => !rule.otherwise);
  for (const [index, rule] of alternatives.entries()) {
    for (const earlier of alternatives.slice(0, index)) {
      const both = commonCase(earlier.conditions, rule.conditions, book.derived);
      if (!both) continue;
      const example = describeCase(both, (fact) => book.facts.get(fact)?.type);
      const help =
        rule.family === 'rate'
          ? 'narrow one of them with `unless`, or write `, first that fits` after the service if the order should decide'
          : 'narrow one of them with `unless`';
      rule.origin.report(
        'rules-overlap',
        rule.origin.node.span,
        `this fits where \`${earlier.name}\` fits too, for example where ${example}`,
        help,
      );
      break;
    }
  }
}

/** Two discounts that can meet on one base say how they relate. */
function proveRelated(discounts: readonly DiscountDraft[]): void {
  const byName = new Map(discounts.map((rule) => [rule.name, rule]));
  const follows = (rule: DiscountDraft, other: string, seen: readonly string[] = []): boolean =>
    rule.outcome.after.some((name) => {
      const before = byName.get(name);
      return (
        name === other || (before !== undefined && !seen.includes(name) && follows(before, other, [...seen, name]))
      );
    });
  for (const [index, rule] of discounts.entries()) {
    const { report, node } = rule.origin;
    if (follows(rule, rule.name)) {
      report(
        'discount-circle',
        node.span,
        `\`${rule.name}\` comes after itself, in a circle`,
        'take one `after` of the circle out',
      );
      return;
    }
    for (const earlier of discounts.slice(0, index)) {
      const related =
        follows(rule, earlier.name) ||
        follows(earlier, rule.name) ||
        rule.outcome.beside.includes(earlier.name) ||
        earlier.outcome.beside.includes(rule.name);
      if (
        related ||
        !meetOnBase(rule.outcome.off, earlier.outcome.off) ||
        areDisjoint(rule.conditions, earlier.conditions)
      )
        continue;
      const other = earlier.name.replace('discount.', '');
      report(
        'discounts-unordered',
        node.span,
        `this discount and \`${other}\` can hit the same charges, and nothing says which comes first`,
        `add \`after ${other}\` (off what is left) or \`beside ${other}\` (off the original amount)`,
      );
      break;
    }
  }
}

function meetOnBase(a: DiscountBase, b: DiscountBase): boolean {
  if (a.kind === 'all charges' || b.kind === 'all charges') return true;
  if (a.kind === 'fee') return b.kind === 'fee' && a.name === b.name;
  return b.kind === 'service' && a.service === b.service;
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

function reportUnused(placed: readonly Placed[], book: Book): void {
  for (const { sentence, report } of placed) {
    const { name, kind } = sentence;
    if ((kind !== 'table' && kind !== 'calendar') || book.used.has(name.text)) continue;
    if (kind === 'table' && !book.tables.has(name.text)) continue;
    const code = kind === 'table' ? 'unused-table' : 'unused-calendar';
    report(
      code,
      name.span,
      `no rule reads the ${kind} \`${name.text}\``,
      kind === 'table'
        ? `use it (\`${name.text} is …\`), or remove it`
        : `use it (\`time is ${name.text}\`), or remove it`,
    );
  }
}
