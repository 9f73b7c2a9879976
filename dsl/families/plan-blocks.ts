/** A plan's clauses, gathered: what belongs to which fee, allowance and rate; and what `like` takes from another plan. */
import type { Book, Placed } from '../check/book.ts';
import type {
  AllowanceClause,
  AsClause,
  ChargeClause,
  Clause,
  ConditionClause,
  FeeClause,
  GraduatedClause,
  RateClause,
  TierClause,
} from '../syntax/clauses.ts';
import type { PlanSentence } from '../syntax/sentences.ts';
import type { Node } from '../syntax/tree.ts';
import { knownPlan } from './rule.ts';

export interface Row {
  readonly node: Node;
  readonly conditions: ConditionClause[];
  readonly otherwise: boolean;
  as?: AsClause;
  charge?: ChargeClause;
  graduated?: GraduatedClause;
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

/** The blocks of a plan, those of the plan it is like included unless they are said again. */
export function blocksOf(placed: Placed<PlanSentence>, book: Book, waiting: readonly string[] = []): readonly Block[] {
  const own = gather(placed);
  const { like, name } = placed.sentence;
  if (!like) return own;
  if (like.text === name.text || waiting.includes(like.text)) {
    placed.report(
      'unknown-plan',
      like.span,
      `\`${name.text}\` is like itself, in a circle`,
      'let one of these plans stand by itself',
    );
    return own;
  }
  const base = knownPlan(like, book, placed.report) && book.plans.get(like.text)?.at(-1);
  if (!base) return own;
  const inherited = blocksOf(base, book, [...waiting, name.text]);
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
        if (blocks.some(({ key }) => key === `fee ${clause.name.text}`)) reportTwin(clause, placed);
        blocks.push({ kind: 'fee', key: `fee ${clause.name.text}`, clause, placed });
        break;
      case 'allowance':
        blocks.push({ kind: 'allowance', key: `allowance ${clause.service.text}`, clause, placed, conditions: [] });
        break;
      case 'rate':
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
    case 'graduated': {
      // A rate of one price needs no `otherwise`.
      const open = row ?? { node: clause, conditions: [], otherwise: true, tiers: [] };
      if (!row) rows.push(open);
      if (open.charge || open.graduated) return false;
      if (clause.kind === 'charge') open.charge = clause;
      else open.graduated = clause;
      return true;
    }
    case 'as':
      if (row) row.as = clause;
      return row !== undefined;
    case 'tier':
      if (row?.graduated) row.tiers.push(clause);
      return row?.graduated !== undefined;
    default:
      return false;
  }
}

function reportTwin({ name }: FeeClause, { report }: Placed): void {
  report('duplicate-name', name.span, `this plan has a fee "${name.text}" already`, 'give one of the two another name');
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
