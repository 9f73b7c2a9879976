/** Contracts: the terms of one customer on one plan, for a time. */
import type { Commitment, Contract } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { dateToBase, expectPositive } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { ContractSentence } from '../syntax/sentences.ts';
import { type Days, firstDayOf, lockOf, monthsLater, periodOf } from './periods.ts';
import { type CommitmentBlock, gatherBlocks } from './plan-blocks.ts';
import { policiesOf, withPolicies } from './policies.ts';
import { knownPlan, type RuleDraft } from './rule.ts';
import { clauseOf } from './shapes.ts';
import { baseName, isAmount, lowerBase, lowerTerms } from './terms.ts';

export interface CompiledContract {
  readonly contract: Contract;
  readonly rules: readonly RuleDraft[];
  readonly placed: Placed<ContractSentence>;
}

/** A lock without a day in a contract without an end. */
const never = '9999-12-31';

/** `id` is the contract's name, followed by `@` and its first day for all but the first of the name. */
export function compileContract(
  placed: Placed<ContractSentence>,
  id: string,
  book: Book,
): CompiledContract | undefined {
  const { sentence, report, locate } = placed;
  const { name, title, customer, clauses } = sentence;
  const plan = knownPlan(sentence.plan, book, report);
  const days = periodOf(clauseOf(clauses, 'dates'), report);
  if (days && !days.from) {
    report(
      'missing-clause',
      name.span,
      'nothing says when this contract begins',
      'add its first day: `from 2026-03-01`',
    );
    return undefined;
  }
  const from = firstDayOf(sentence);
  // A plan without a currency has been reported.
  const [currency] = book.currencies.get(plan ?? '') ?? [];
  if (plan === undefined || !days || from === undefined || currency === undefined) return undefined;
  const lock = lockOf(sentence);
  if (lock?.until && dateToBase(lock.until, report) === undefined) return undefined;
  const lockedUntil = lock && (lock.until?.text ?? days.until?.text ?? never);
  const scene: Scene = { book, report, scope: 'portion', billed: true, stage: 'rating', currency };
  const blocks = gatherBlocks(placed);
  const { terms, rules } = lowerTerms(blocks, { id, mayFallThrough: true }, currency, scene);
  const commitments = blocks
    .filter((block): block is CommitmentBlock => block.kind === 'commitment')
    .flatMap((block) => lowerCommitment(block, id, days, scene) ?? []);
  const contract: Contract = {
    id,
    title: title?.text ?? name.text,
    customer: customer.text,
    plan,
    from,
    ...(days.until && { until: days.until.text }),
    ...(lockedUntil !== undefined && { lockedUntil }),
    ...terms,
    commitments,
    at: locate(sentence.span),
  };
  const basis = book.plans.get(plan)?.at(-1);
  const policies = basis ? policiesOf(basis, book) : {};
  return { contract, rules: policies === 'refused' ? rules : withPolicies(rules, policies, book), placed };
}

/** A customer has at most one contract on a plan at a time. */
export function reportOverlaps(contracts: readonly CompiledContract[]): void {
  const byHolder = new Map<string, CompiledContract[]>();
  for (const one of contracts) {
    const key = JSON.stringify([one.contract.customer, one.contract.plan]);
    byHolder.set(key, [...(byHolder.get(key) ?? []), one]);
  }
  for (const own of byHolder.values()) {
    own.sort((a, b) => (a.contract.from < b.contract.from ? -1 : 1));
    for (const [index, later] of own.entries()) {
      const earlier = own[index - 1];
      if (earlier && later.contract.from < (earlier.contract.until ?? never)) reportOverlap(earlier, later);
    }
  }
}

function reportOverlap({ contract: earlier }: CompiledContract, { contract, placed }: CompiledContract): void {
  const { name } = placed.sentence;
  const isVersion = earlier.id.replace(/@.*/, '') === contract.id.replace(/@.*/, '');
  const end = earlier.until === undefined ? 'has no end' : `lasts until ${earlier.until}`;
  placed.report(
    isVersion ? 'versions-overlap' : 'contracts-overlap',
    name.span,
    isVersion
      ? `contract \`${name.text}\` begins again on ${contract.from}, but the one before ${end}`
      : `on ${contract.from} customer ${contract.customer} has contract \`${earlier.id}\` on plan ${contract.plan} already, which ${end}`,
    `let the earlier one end (\`until ${contract.from}\`), or this one begin later`,
  );
}

function lowerCommitment(
  { clause, as, placed }: CommitmentBlock,
  id: string,
  days: Days,
  scene: Scene,
): Commitment | undefined {
  const { report } = placed;
  const of = clause.of ? lowerBase(clause.of, placed, scene.book) : ({ kind: 'all charges' } as const);
  const everyMonths = expectPositive(clause.every, 'months', 'the period of a commitment', report);
  if (!isAmount(clause.amount, { ...scene, report }) || !of || everyMonths === undefined) return undefined;
  if (!fillsTerm(clause.every.span, everyMonths, days, placed)) return undefined;
  return {
    id: `${id}.commitment.${as?.name?.text ?? baseName(of)}`,
    amount: clause.amount.amount,
    of,
    everyMonths,
    title:
      as?.title?.text ??
      (of.kind === 'service' ? `Shortfall against commitment on ${of.service}` : 'Shortfall against commitment'),
    at: placed.locate(clause.span),
  };
}

/** Whether each period of a commitment ends on a day that exists, and the last one with the contract. */
function fillsTerm(
  at: CommitmentBlock['clause']['span'],
  everyMonths: number,
  { from, until }: Days,
  { report }: Placed,
): boolean {
  if (!from) return false;
  const last = until?.text ?? monthsLater(`${from.text.slice(0, 8)}01`, yearsAhead * 12) ?? never;
  for (let months = everyMonths; ; months += everyMonths) {
    const end = monthsLater(from.text, months);
    if (end === undefined) {
      report(
        'impossible-date',
        at,
        `${months} months after ${from.text} there is no such day`,
        'let the contract begin on a day that each month has',
      );
      return false;
    }
    if (end < last) continue;
    if (until === undefined || end === last) return true;
    report(
      'uneven-term',
      at,
      `the contract ends on ${until.text}, in the middle of a period of this commitment`,
      `write a period that fills the term, or let the contract end on ${end}`,
    );
    return false;
  }
}

/** Days repeat every four years. */
const yearsAhead = 4;
