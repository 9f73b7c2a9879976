/** What the compiler proves of discounts together: those that can meet on one base are related, and not in a circle. */
import type { DiscountBase, DiscountOutcome } from '../../engine/outcomes.ts';
import type { RuleDraft } from '../families/rule.ts';
import { areDisjoint, type Case } from './cases.ts';
import { neighbours } from './neighbours.ts';

/** Two discounts that can meet on one base say how they relate. */
export function proveRelated(rules: readonly RuleDraft[], casesOf: (rule: RuleDraft) => readonly Case[]): void {
  const discounts = rules as readonly DiscountDraft[];
  const before = predecessors(discounts);
  if (reportCircles(discounts, before)) return;
  const near = neighbours(discounts.map(casesOf));
  for (const [index, rule] of discounts.entries()) {
    const { report, node } = rule.origin;
    const both = rule.outcome.beside.find((name) => before.get(rule.name)?.has(name));
    if (both !== undefined) {
      report(
        'discounts-unordered',
        node.span,
        `this discount is both after and beside \`${plainName(both)}\``,
        'keep `after` (off what is left) or `beside` (off the original amount)',
      );
      continue;
    }
    for (const earlier of near(index).flatMap((position) => discounts[position] ?? [])) {
      const related =
        before.get(rule.name)?.has(earlier.name) ||
        before.get(earlier.name)?.has(rule.name) ||
        rule.outcome.beside.includes(earlier.name) ||
        earlier.outcome.beside.includes(rule.name);
      if (related || !meetOnBase(rule.outcome.off, earlier.outcome.off) || areDisjoint(casesOf(rule), casesOf(earlier)))
        continue;
      const other = plainName(earlier.name);
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

type DiscountDraft = RuleDraft & { readonly outcome: DiscountOutcome };

/** For every discount those it comes after, directly or through others; a circle makes it come after itself. */
function predecessors(discounts: readonly DiscountDraft[]): ReadonlyMap<string, ReadonlySet<string>> {
  const after = new Map(discounts.map((rule) => [rule.name, rule.outcome.after]));
  return new Map(
    discounts.map(({ name }) => {
      const found = new Set<string>();
      const open = [...(after.get(name) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (found.has(next)) continue;
        found.add(next);
        open.push(...(after.get(next) ?? []));
      }
      return [name, found];
    }),
  );
}

/** Each circle once, in the first of its discounts. */
function reportCircles(discounts: readonly DiscountDraft[], before: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const reported = new Set<string>();
  for (const { name, origin } of discounts) {
    const own = before.get(name);
    if (!own?.has(name) || reported.has(name)) continue;
    const circle = [...own].filter((other) => before.get(other)?.has(name));
    for (const other of circle) reported.add(other);
    origin.report(
      'discount-circle',
      origin.node.span,
      circle.length > 1
        ? `these discounts come after each other, in a circle: ${circle.map(plainName).sort().join(', ')}`
        : `\`${plainName(name)}\` comes after itself`,
      'take one `after` of the circle out',
    );
  }
  return reported.size > 0;
}

function plainName(id: string): string {
  return id.replace('discount.', '');
}

function meetOnBase(a: DiscountBase, b: DiscountBase): boolean {
  if (a.kind === 'all charges' || b.kind === 'all charges') return true;
  if (a.kind === 'fee') return b.kind === 'fee' && a.name === b.name;
  return b.kind === 'service' && a.service === b.service;
}
