/** Discounts: money off a named base, each related to the others on the same base. */
import type { DiscountBase, DiscountOutcome } from '../../engine/outcomes.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { nearest } from '../check/nearest.ts';
import { expectPositive, measureOf, moneyToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import { knownService } from '../check/services.ts';
import type { Report } from '../diagnostic.ts';
import type { Clause, RelationClause, TakeClause } from '../syntax/clauses.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import type { BaseNode } from '../syntax/term-clauses.ts';
import type { Quantity, Word } from '../syntax/tree.ts';
import { circumstances, draftOf, knownFee, type RuleDraft } from './rule.ts';
import { clauseOf, clausesOf } from './shapes.ts';
import { lowerTake } from './shares.ts';

export function compileDiscount(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { report, sentence } = placed;
  const { clauses } = sentence;
  const take = clauseOf(clauses, 'take');
  const also = circumstances(clauses, placed, book);
  if (!take || !also) return undefined;
  const ofAccount = take.off.ofAccount !== undefined;
  const scope = ofAccount ? ('account' as const) : ('subscription' as const);
  const scene: Scene = { book, report, scope, billed: true, stage: 'discounts' };
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, also);
  const reduction = lowerTake(take.what, clausesOf(clauses, 'tier'), report);
  const off = lowerBase(take, scene);
  const cap = take.cap && (moneyToBase(take.cap, report) !== undefined ? take.cap : undefined);
  const lasting = take.lasts && lowerLasting(take.lasts, report);
  const relations = lowerRelations(clauses, placed, book);
  const sound = !ofAccount || checkOfAccount(take, clauses, report);
  if (!conditions || !reduction || !off || !relations || !sound) return undefined;
  if ((take.cap && !cap) || (take.lasts && !lasting)) return undefined;
  const outcome: DiscountOutcome = {
    kind: 'discount',
    take: reduction,
    off,
    ...(ofAccount && { ofAccount: true as const }),
    ...(cap && { cap: { amount: cap.amount, currency: cap.currency.text } }),
    ...relations,
    ...lasting,
  };
  return {
    ...draftOf(placed),
    set: ofAccount ? 'discount:account' : 'discount',
    family: 'discount',
    policy: 'all',
    scope,
    conditions,
    outcome,
  };
}

/** `for 3 cycles` or `for 3 months`, from acceptance. */
function lowerLasting(
  lasts: Quantity,
  report: Report,
): Pick<DiscountOutcome, 'cyclesFromAcceptance' | 'monthsFromAcceptance'> | undefined {
  const what = 'a promotion from acceptance';
  const measure = measureOf(lasts);
  if (measure !== 'months' && measure !== 'cycles') {
    report(
      'wrong-unit',
      lasts.span,
      `${what} cannot be measured in ${lasts.unit?.text ?? 'plain numbers'}`,
      'write it in cycles (a part of one counts) or in months (it ends by date)',
    );
    return undefined;
  }
  const count = expectPositive(lasts, measure, what, report);
  if (count === undefined) return undefined;
  return measure === 'months' ? { monthsFromAcceptance: count } : { cyclesFromAcceptance: count };
}

/** The account as a whole has no plan and no day of acceptance: its subscriptions have them. */
function checkOfAccount({ lasts, off }: TakeClause, clauses: readonly Clause[], report: Report): boolean {
  const plans = clauseOf(clauses, 'for plans');
  const stray = plans ?? lasts;
  if (!stray) return true;
  report(
    'out-of-scope',
    stray.span,
    plans
      ? 'a discount of the account is taken off all its lines, whatever plans they have'
      : 'the account was not accepted on a day: its subscriptions were',
    `leave it out, or leave \`of account\` out of \`off ${placedName(off)}\` so that each line is looked at by itself`,
  );
  return false;
}

function placedName(off: BaseNode): string {
  return off.base === 'all charges'
    ? off.base
    : off.base === 'fee'
      ? `fee "${off.name.text}"`
      : `${off.name.text} charges`;
}

function lowerBase({ off }: TakeClause, scene: Scene): DiscountBase | undefined {
  if (off.afterDiscounts) {
    scene.report(
      'not-known-yet',
      off.afterDiscounts.span,
      'what the discounts leave is known only when all of them are taken',
      'leave `after discounts` out; `after X` on a line of its own takes this one off what X leaves',
    );
    return undefined;
  }
  if (off.base === 'all charges') return { kind: 'all charges' };
  if (off.base === 'service') {
    const service = knownService(off.name, scene.book, scene.report);
    return service === undefined ? undefined : { kind: 'service', service };
  }
  const name = knownFee(off.name, scene.book, scene.report);
  return name === undefined ? undefined : { kind: 'fee', name };
}

/** A discount by its name is each of its versions: only one is in force. */
function versionsOf(name: string, { discounts }: Book): readonly string[] {
  const ids = [...discounts.keys()].filter((id) => id === name || id.startsWith(`${name}@`));
  return ids.map((id) => `discount.${id}`);
}

type Relations = Pick<DiscountOutcome, 'after' | 'beside' | 'excludes' | 'bestOf'>;

function lowerRelations(clauses: readonly Clause[], placed: Placed, book: Book): Relations | undefined {
  const after = related(clausesOf(clauses, 'after'), placed, book);
  const beside = related(clausesOf(clauses, 'beside'), placed, book);
  const excludes = related(clausesOf(clauses, 'excludes'), placed, book);
  const group = clauseOf(clauses, 'best of')?.names[0];
  if (!after || !beside || !excludes || (group && !isShared(group, placed, book))) return undefined;
  return {
    after,
    beside,
    ...(excludes.length > 0 && { excludes }),
    ...(group && { bestOf: group.text }),
  };
}

/** A group of one is a group whose name is misspelt, in one of two places: it is said in the first. */
function isShared(group: Word, placed: Placed, book: Book): boolean {
  const members = [...book.discounts.values()].flatMap(({ sentence }) =>
    clausesOf(sentence.clauses, 'best of').flatMap(({ names }) => names[0] ?? []),
  );
  const names = members.map(({ text }) => text);
  const isAlone = (name: string) => names.indexOf(name) === names.lastIndexOf(name);
  if (!isAlone(group.text)) return true;
  const guess = nearest(
    group.text,
    names.filter((name) => name !== group.text),
  );
  if (guess !== undefined && isAlone(guess) && names.indexOf(guess) < names.indexOf(group.text)) return true;
  placed.report(
    'unknown-discount',
    group.span,
    `no other discount is in the group \`${group.text}\``,
    guess
      ? `did you mean \`${guess}\`?`
      : `write \`best of ${group.text}\` in those that it is compared with, or leave it out`,
  );
  return false;
}

function related(relations: readonly RelationClause[], placed: Placed, book: Book): readonly string[] | undefined {
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
