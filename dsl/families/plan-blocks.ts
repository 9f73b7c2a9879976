/** A plan's clauses, gathered: what belongs to which fee, allowance and rate; and what `like` takes from another plan. */
import type { Book, Placed } from '../check/book.ts';
import type {
  AllowanceClause,
  AsClause,
  ChargeClause,
  Clause,
  ConditionClause,
  FeeClause,
  RateClause,
  TierClause,
  TiersClause,
} from '../syntax/clauses.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import type { Node } from '../syntax/tree.ts';
import { feeSlug } from './row-name.ts';
import { knownPlan } from './rule.ts';

export interface Row {
  readonly node: Node;
  readonly conditions: ConditionClause[];
  readonly otherwise: boolean;
  as?: AsClause;
  charge?: ChargeClause;
  tiering?: TiersClause;
  readonly tiers: TierClause[];
}

interface BlockOf<K, C extends Clause> {
  readonly kind: K;
  /** Blocks of one key replace each other in `like`. */
  readonly key: string;
  readonly clause: C;
  /** The plan in whose text the block stands. */
  readonly placed: Placed<PlanSentence>;
}

export type FeeBlock = BlockOf<'fee', FeeClause>;
export type AllowanceBlock = BlockOf<'allowance', AllowanceClause> & {
  readonly conditions: ConditionClause[];
  as?: AsClause;
};
export type RateBlock = BlockOf<'rate', RateClause> & { readonly rows: Row[] };
export type Block = FeeBlock | AllowanceBlock | RateBlock;

/**
 * Whether the plans that this one is like, one after the other, all exist and end. A circle is reported once, in the
 * first of its plans.
 */
export function hasBase(placed: Placed<PlanSentence>, book: Book): boolean {
  const seen: string[] = [];
  let plan: Placed<PlanSentence> | undefined = placed;
  for (let like = plan.sentence.like; like; like = plan?.sentence.like) {
    const name: string = plan.sentence.name.text;
    if (seen.includes(name)) {
      const circle = seen.slice(seen.indexOf(name));
      const first = [...book.plans.keys()].find((candidate) => circle.includes(candidate));
      if (placed.sentence.name.text === first)
        placed.report(
          'plan-circle',
          placed.sentence.like?.span ?? placed.sentence.span,
          `\`${first}\` is like itself, in a circle${circle.length > 1 ? `: ${[...circle, name].join(', ')}` : ''}`,
          'let one of these plans stand by itself',
        );
      return false;
    }
    seen.push(name);
    if (!knownPlan(like, book, plan.report)) return false;
    plan = book.plans.get(like.text)?.at(-1);
    if (!plan) return false;
  }
  return true;
}

/** The blocks of a plan, those of the plan it is like included unless they are said again. It `hasBase`. */
export function blocksOf(placed: Placed<PlanSentence>, book: Book): readonly Block[] {
  const own = gather(placed);
  const { like } = placed.sentence;
  const base = like && book.plans.get(like.text)?.at(-1);
  if (!base) return own;
  const inherited = blocksOf(base, book);
  const said = new Map<string, Block[]>();
  for (const block of own) said.set(block.key, [...(said.get(block.key) ?? []), block]);
  const replaced = new Set<string>();
  const merged = inherited.flatMap((block) => {
    const again = said.get(block.key);
    if (!again) return [block];
    if (replaced.has(block.key)) return [];
    replaced.add(block.key);
    return again;
  });
  return [...merged, ...own.filter((block) => !replaced.has(block.key))];
}

function gather(placed: Placed<PlanSentence>): Block[] {
  const blocks: Block[] = [];
  for (const clause of placed.sentence.clauses) {
    const block = blocks.at(-1);
    switch (clause.kind) {
      case 'fee':
        if (!reportFee(clause, blocks, placed))
          blocks.push({ kind: 'fee', key: `fee ${clause.name.text}`, clause, placed });
        break;
      case 'allowance':
        blocks.push({ kind: 'allowance', key: `allowance ${clause.service.text}`, clause, placed, conditions: [] });
        break;
      case 'rate':
        if (blocks.some(({ key }) => key === `rate ${clause.service.text}`))
          placed.report(
            'duplicate-name',
            clause.service.span,
            `this plan has a rate for ${clause.service.text} already`,
            'write all its prices under one `rate`',
          );
        blocks.push({ kind: 'rate', key: `rate ${clause.service.text}`, clause, placed, rows: [] });
        break;
      case 'dates':
        break;
      default:
        if (!joins(clause, block)) stray(clause, placed);
    }
  }
  return blocks;
}

/** Adds a clause to the block it follows, if it can belong to it. */
function joins(clause: Clause, block: Block | undefined): boolean {
  if (block?.kind === 'rate') return joinsRate(clause, block.rows);
  if (block?.kind !== 'allowance') return false;
  if (clause.kind === 'when' || clause.kind === 'unless') block.conditions.push(clause);
  else if (clause.kind === 'as') block.as = clause;
  else return false;
  return true;
}

function joinsRate(clause: Clause, rows: Row[]): boolean {
  const row = rows.at(-1);
  switch (clause.kind) {
    case 'when':
      rows.push({ node: clause, conditions: [clause], otherwise: false, tiers: [] });
      return true;
    case 'otherwise':
      rows.push({ node: clause, conditions: [], otherwise: true, tiers: [] });
      return true;
    case 'unless':
      row?.conditions.push(clause);
      return row !== undefined;
    case 'charge':
    case 'tiers': {
      // A rate of one price needs no `otherwise`.
      const open = row ?? { node: clause, conditions: [], otherwise: true, tiers: [] };
      if (!row) rows.push(open);
      if (open.charge || open.tiering) return false;
      if (clause.kind === 'charge') open.charge = clause;
      else open.tiering = clause;
      return true;
    }
    case 'as':
      if (row) row.as = clause;
      return row !== undefined;
    case 'tier':
      if (row?.tiering) row.tiers.push(clause);
      return row?.tiering !== undefined;
    default:
      return false;
  }
}

/** A fee is known by its name, and by the id made of it. */
function reportFee({ name }: FeeClause, blocks: readonly Block[], { report }: Placed): boolean {
  const id = feeSlug(name.text);
  if (id === '') {
    report('unfinished', name.span, 'this fee has no name', 'write what stands on the invoice');
    return true;
  }
  const twin = blocks.find((block) => block.kind === 'fee' && feeSlug(block.clause.name.text) === id);
  if (twin)
    report(
      'duplicate-name',
      name.span,
      twin.kind === 'fee' && twin.clause.name.text !== name.text
        ? `this plan has a fee "${twin.clause.name.text}" already, which would have the same id`
        : `this plan has a fee "${name.text}" already`,
      'give one of the two another name',
    );
  return twin !== undefined;
}

function stray(clause: Clause, placed: Placed<PlanSentence>): void {
  if (placed.sentence.broken) return;
  placed.report(
    'misplaced-clause',
    clause.span,
    'this line does not continue what stands above it',
    'conditions and prices follow `rate` or `allowance`; tiers follow `graduated per cycle`',
  );
}
