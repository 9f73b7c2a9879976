/** Discounts: money off a named base, each related to the others on the same base. */
import type { DiscountBase, DiscountOutcome } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { nearest } from '../check/nearest.ts';
import { expectPositive, moneyToBase, percentToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { RelationClause, TakeClause } from '../syntax/clauses.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import type { Money, Percentage } from '../syntax/tree.ts';
import { circumstances, draftOf, knownService, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';

export function compileDiscount(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses } = placed.sentence;
  const take = clauseOf(clauses, 'take');
  const also = circumstances(clauses, placed, book);
  if (!take || !also) return undefined;
  const scene: Scene = {
    book,
    report: placed.report,
    scope: 'subscription',
    billed: true,
    stage: 'discounts',
  };
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, also);
  const reduction = lowerReduction(take.what, scene);
  const off = lowerBase(take, scene);
  const cap = take.cap && (moneyToBase(take.cap, scene.report) !== undefined ? take.cap : undefined);
  const cycles = take.cycles && expectPositive(take.cycles, 'cycles', 'a promotion from acceptance', scene.report);
  const after = related(clausesOf(clauses, 'after'), placed, book);
  const beside = related(clausesOf(clauses, 'beside'), placed, book);
  if (
    !conditions ||
    !reduction ||
    !off ||
    !after ||
    !beside ||
    (take.cap && !cap) ||
    (take.cycles && cycles === undefined)
  )
    return undefined;
  const outcome: DiscountOutcome = {
    kind: 'discount',
    take: reduction,
    off,
    ...(cap && { cap: { amount: cap.amount, currency: cap.currency.text } }),
    after,
    beside,
    ...(cycles !== undefined && { cyclesFromAcceptance: cycles }),
  };
  return {
    ...draftOf(placed),
    set: 'discount',
    family: 'discount',
    policy: 'all',
    scope: 'subscription',
    conditions,
    outcome,
  };
}

/** A percentage or an amount of money, as discounts and vouchers take it off. */
export function lowerReduction(what: Percentage | Money, scene: Scene): DiscountOutcome['take'] | undefined {
  if (what.kind === 'percentage') {
    if (percentToBase(what, scene.report) === undefined) return undefined;
    if (Number(what.number) <= 100) return { kind: 'percent', percent: what.number };
    scene.report('too-large', what.span, 'more than 100% cannot be taken off', 'write a percentage up to 100%');
    return undefined;
  }
  if (moneyToBase(what, scene.report) === undefined) return undefined;
  return { kind: 'amount', amount: what.amount, currency: what.currency.text };
}

function lowerBase({ off }: TakeClause, scene: Scene): DiscountBase | undefined {
  if (off.base === 'all charges') return { kind: 'all charges' };
  if (off.base === 'service') {
    const service = knownService(off.name, scene.book, scene.report);
    return service === undefined ? undefined : { kind: 'service', service };
  }
  const { fees } = scene.book;
  if (fees.has(off.name.text)) return { kind: 'fee', name: off.name.text };
  const guess = nearest(off.name.text, fees.keys());
  scene.report(
    'unknown-fee',
    off.name.span,
    `no plan has a fee "${off.name.text}"`,
    guess ? `did you mean "${guess}"?` : 'write the fee as its plan names it',
  );
  return undefined;
}

/** A discount by its name is each of its versions: only one is in force. */
function versionsOf(name: string, { discounts }: Book): readonly string[] {
  const ids = [...discounts.keys()].filter((id) => id === name || id.startsWith(`${name}@`));
  return ids.map((id) => `discount.${id}`);
}

function related(
  relations: readonly RelationClause[],
  placed: Placed<RuleSentence>,
  book: Book,
): readonly string[] | undefined {
  const names = relations.flatMap((relation) => relation.names);
  for (const name of names) {
    if (book.discounts.has(name.text)) continue;
    const guess = nearest(name.text, book.discounts.keys());
    placed.report(
      'unknown-discount',
      name.span,
      `there is no discount \`${name.text}\``,
      guess ? `did you mean \`${guess}\`?` : 'name a discount of this rulebook, or leave the clause out',
    );
    return undefined;
  }
  return names.flatMap(({ text }) => versionsOf(text, book));
}
