/** What the compiler proves of discounts together: those that can meet on one base are related, and not in a circle. */
import type { DiscountBase, DiscountOutcome } from '../../engine/outcomes.ts';
import type { RuleDraft } from '../families/rule.ts';
import { areDisjoint, type Case } from './cases.ts';
import { neighbours } from './neighbours.ts';

/** `rules` are all discounts, those of the account among them. Two that can meet on one base say how they relate. */
export function proveRelated(rules: readonly RuleDraft[], casesOf: (rule: RuleDraft) => readonly Case[]): void {
  const discounts = rules as readonly DiscountDraft[];
  const before = reach(new Map(discounts.map(({ name, outcome }) => [name, outcome.after])));
  const excluded = reach(new Map(discounts.map(({ name, outcome }) => [name, outcome.excludes ?? []])));
  const circles = [
    reportCircles(
      discounts,
      before,
      'come after each other',
      'comes after itself',
      'take one `after` of the circle out',
    ),
    reportCircles(
      discounts,
      excluded,
      'exclude each other',
      'excludes itself',
      'let one of them win: take the other `excludes` out',
    ),
    reportGroupCircles(discounts, before),
  ];
  if (circles.includes(true)) return;
  const near = neighbours(discounts.map(casesOf));
  for (const [index, rule] of discounts.entries()) {
    if (reportContradiction(rule, discounts, before)) continue;
    for (const earlier of near(index).flatMap((position) => discounts[position] ?? [])) {
      if (
        isRelated(rule, earlier, before) ||
        !meetOnBase(rule.outcome.off, earlier.outcome.off) ||
        areDisjoint(casesOf(rule), casesOf(earlier))
      )
        continue;
      const other = plainName(earlier.name);
      rule.origin.report(
        'discounts-unordered',
        rule.origin.node.span,
        `this discount and \`${other}\` can hit the same charges, and nothing says which comes first`,
        `add \`after ${other}\` (off what is left), \`beside ${other}\` (off the original amount) or \`excludes ${other}\` (instead of it), or \`best of …\` in both`,
      );
      break;
    }
  }
}

type DiscountDraft = RuleDraft & { readonly outcome: DiscountOutcome };
type Reach = ReadonlyMap<string, ReadonlySet<string>>;

function isRelated(a: DiscountDraft, b: DiscountDraft, before: Reach): boolean {
  const says = (one: DiscountDraft, other: DiscountDraft) =>
    before.get(one.name)?.has(other.name) ||
    one.outcome.beside.includes(other.name) ||
    one.outcome.excludes?.includes(other.name);
  const rivals = a.outcome.bestOf !== undefined && a.outcome.bestOf === b.outcome.bestOf;
  return rivals || says(a, b) === true || says(b, a) === true;
}

/** For every name those it leads to, directly or through others; a circle makes it lead to itself. */
function reach(next: ReadonlyMap<string, Iterable<string>>): Reach {
  return new Map(
    [...next.keys()].map((name) => {
      const found = new Set<string>();
      const open = [...(next.get(name) ?? [])];
      for (let one = open.pop(); one !== undefined; one = open.pop()) {
        if (found.has(one)) continue;
        found.add(one);
        open.push(...(next.get(one) ?? []));
      }
      return [name, found];
    }),
  );
}

/** Each circle once, in the first of its discounts. */
function reportCircles(
  discounts: readonly DiscountDraft[],
  leadsTo: Reach,
  together: string,
  alone: string,
  help: string,
): boolean {
  const reported = new Set<string>();
  for (const { name, origin } of discounts) {
    const own = leadsTo.get(name);
    if (!own?.has(name) || reported.has(name)) continue;
    const circle = [...own].filter((other) => leadsTo.get(other)?.has(name));
    for (const other of circle) reported.add(other);
    origin.report(
      'discount-circle',
      origin.node.span,
      circle.length > 1
        ? `these discounts ${together}, in a circle: ${circle.map(plainName).sort().join(', ')}`
        : `\`${plainName(name)}\` ${alone}`,
      help,
    );
  }
  return reported.size > 0;
}

/** A group is taken at one point: nothing can come after one of it and before another. */
function reportGroupCircles(discounts: readonly DiscountDraft[], before: Reach): boolean {
  const groups = groupsOf(discounts);
  if (groups.size === 0) return false;
  const groupOf = new Map([...groups].flatMap(([group, own]) => own.map(({ name }) => [name, group] as const)));
  const next = new Map<string, Set<string>>();
  for (const { name } of discounts) {
    const turn = groupOf.get(name) ?? name;
    const known = next.get(turn) ?? new Set();
    for (const other of before.get(name) ?? []) known.add(groupOf.get(other) ?? other);
    next.set(turn, known);
  }
  const leadsTo = reach(next);
  const circular = [...groups].filter(([group]) => leadsTo.get(group)?.has(group));
  for (const [group, [first]] of circular) {
    first?.origin.report(
      'discount-circle',
      first.origin.node.span,
      `one of the group \`${group}\` comes after another of it, directly or through others`,
      'a group is taken at one point: take the `after` between them out',
    );
  }
  return circular.length > 0;
}

function groupsOf(discounts: readonly DiscountDraft[]): ReadonlyMap<string, readonly DiscountDraft[]> {
  const groups = new Map<string, DiscountDraft[]>();
  for (const rule of discounts) {
    const { bestOf } = rule.outcome;
    if (bestOf !== undefined) groups.set(bestOf, [...(groups.get(bestOf) ?? []), rule]);
  }
  return groups;
}

/** Relations of one discount that cannot both be meant. */
function reportContradiction(rule: DiscountDraft, discounts: readonly DiscountDraft[], before: Reach): boolean {
  const { report, node } = rule.origin;
  const { after, beside, excludes = [], bestOf, ofAccount } = rule.outcome;
  const say = (message: string, help: string) => {
    report('discounts-unordered', node.span, message, help);
    return true;
  };
  const both = beside.find((name) => before.get(rule.name)?.has(name));
  if (both !== undefined)
    return say(
      `this discount is both after and beside \`${plainName(both)}\``,
      'keep `after` (off what is left) or `beside` (off the original amount)',
    );
  const never = excludes.find((name) => after.includes(name) || beside.includes(name));
  if (never !== undefined)
    return say(
      `this discount excludes \`${plainName(never)}\`, so it is never taken after or beside it`,
      'keep `excludes`, or the other relation',
    );
  const other =
    excludes.length > 0 && !ofAccount
      ? discounts.find(({ name, outcome }) => excludes.includes(name) && outcome.ofAccount)
      : undefined;
  if (other)
    return say(
      `\`${plainName(other.name)}\` is taken once off the whole account, and one subscription cannot exclude it`,
      `let \`${plainName(other.name)}\` exclude this one, or relate them with \`after\` or \`beside\``,
    );
  const first = bestOf === undefined ? undefined : discounts.find(({ outcome }) => outcome.bestOf === bestOf);
  if (first && first.outcome.ofAccount !== ofAccount)
    return say(
      `in the group \`${bestOf}\` some are of the account and some of each subscription, so nothing says which takes more`,
      'take all of a group off the account, or none',
    );
  return false;
}

function plainName(id: string): string {
  return id.replace('discount.', '');
}

function meetOnBase(a: DiscountBase, b: DiscountBase): boolean {
  if (a.kind === 'all charges' || b.kind === 'all charges') return true;
  if (a.kind === 'fee') return b.kind === 'fee' && a.name === b.name;
  return b.kind === 'service' && a.service === b.service;
}
