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
import type { ContractSentence, PlanSentence } from '../syntax/sentences.ts';
import type { CommitmentClause, MinimumClause, RenamedClause } from '../syntax/term-clauses.ts';
import type { Node } from '../syntax/tree.ts';
import { feeSlug } from './row-name.ts';
import { knownPlan } from './rule.ts';

export interface Row {
  readonly node: Node;
  readonly conditions: ConditionClause[];
  readonly otherwise: boolean;
  as?: AsClause;
  renamed?: RenamedClause;
  charge?: ChargeClause;
  tiering?: TiersClause;
  readonly tiers: TierClause[];
}

interface BlockOf<K, C extends Clause> {
  readonly kind: K;
  /** Blocks of one key replace each other in `like`. */
  readonly key: string;
  readonly clause: C;
  /** The plan or contract in whose text the block stands. */
  readonly placed: Placed<TermsSentence>;
}

export type TermsSentence = PlanSentence | ContractSentence;

export type FeeBlock = BlockOf<'fee', FeeClause> & { renamed?: RenamedClause };
export type AllowanceBlock = BlockOf<'allowance', AllowanceClause> & {
  readonly conditions: ConditionClause[];
  as?: AsClause;
  renamed?: RenamedClause;
};
export type RateBlock = BlockOf<'rate', RateClause> & { readonly rows: Row[] };
export type MinimumBlock = BlockOf<'minimum', MinimumClause> & { as?: AsClause };
export type CommitmentBlock = BlockOf<'commitment', CommitmentClause> & { as?: AsClause };
export type Block = FeeBlock | AllowanceBlock | RateBlock | MinimumBlock | CommitmentBlock;

/** How the ids of the parts begin. */
export interface Naming {
  readonly id: string;
  /** The same before the plan was renamed. */
  readonly former?: string;
  /** A contract need not price everything: the plan prices the rest. */
  readonly mayFallThrough: boolean;
}

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
  const own = gatherBlocks(placed);
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

/** The blocks that stand in the text of a plan or contract itself. */
export function gatherBlocks(placed: Placed<TermsSentence>): Block[] {
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
      case 'minimum':
      case 'commitment': {
        const key = `${clause.kind} ${clause.of && 'name' in clause.of ? clause.of.name.text : 'charges'}`;
        if (blocks.some((other) => other.key === key))
          placed.report(
            'duplicate-name',
            clause.span,
            `there is a ${clause.kind === 'minimum' ? 'minimum spend' : 'commitment'} of the same charges already`,
            'keep one of the two',
          );
        else
          blocks.push(
            clause.kind === 'minimum'
              ? { kind: 'minimum', key, clause, placed }
              : { kind: 'commitment', key, clause, placed },
          );
        break;
      }
      case 'dates':
      case 'lock':
      case 'prepaid':
      case 'invoice at':
      case 'policy':
      case 'sessions':
      case 'subscriptions from':
        break;
      case 'renamed':
        // Above all its parts it is the plan that was renamed.
        if (block ? !joins(clause, block) : placed.sentence.kind === 'contract') stray(clause, placed);
        break;
      default:
        if (!joins(clause, block)) stray(clause, placed);
    }
  }
  return blocks;
}

/** Adds a clause to the block it follows, if it can belong to it. */
function joins(clause: Clause, block: Block | undefined): boolean {
  switch (block?.kind) {
    case 'rate':
      return joinsRate(clause, block.rows);
    case 'allowance':
      return joinsAllowance(clause, block);
    case 'fee':
      if (clause.kind === 'renamed') block.renamed = clause;
      return clause.kind === 'renamed';
    case 'minimum':
    case 'commitment':
      if (clause.kind === 'as') block.as = clause;
      return clause.kind === 'as';
    case undefined:
      return false;
  }
}

function joinsAllowance(clause: Clause, block: AllowanceBlock): boolean {
  if (clause.kind === 'when' || clause.kind === 'unless') block.conditions.push(clause);
  else if (clause.kind === 'as') block.as = clause;
  else if (clause.kind === 'renamed') block.renamed = clause;
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
    case 'renamed':
      if (row) row.renamed = clause;
      return row !== undefined;
    case 'tier':
      if (row?.tiering) row.tiers.push(clause);
      return row?.tiering !== undefined;
    default:
      return false;
  }
}

/** A fee is known by its name, and by the id made of it. */
function reportFee({ name, subscriptionsFrom }: FeeClause, blocks: readonly Block[], { report }: Placed): boolean {
  const id = feeSlug(name.text);
  if (id === '') {
    report('unfinished', name.span, 'this fee has no name', 'write what stands on the invoice');
    return true;
  }
  const isFor = (other: FeeClause) => other.subscriptionsFrom?.text === subscriptionsFrom?.text;
  const twin = blocks.find(
    (block) => block.kind === 'fee' && feeSlug(block.clause.name.text) === id && isFor(block.clause),
  );
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

function stray(clause: Clause, placed: Placed<TermsSentence>): void {
  if (placed.sentence.broken) return;
  placed.report(
    'misplaced-clause',
    clause.span,
    'this line does not continue what stands above it',
    'conditions and prices follow `rate` or `allowance`; tiers follow `graduated per cycle`',
  );
}
