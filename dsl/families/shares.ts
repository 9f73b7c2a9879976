/** What a discount takes: an amount, a percentage, or a percentage of each part of the charges. */
import type { DiscountOutcome, GraduatedReduction, Reduction } from '../../engine/outcomes.ts';
import { expectPositiveMoney, moneyToBase, percentToBase } from '../check/quantities.ts';
import type { Report } from '../diagnostic.ts';
import type { TakeClause, TierClause } from '../syntax/clauses.ts';
import type { Money, Percentage } from '../syntax/tree.ts';

/** A percentage or an amount of money, as discounts and vouchers take it off. */
export function lowerReduction(
  what: Percentage | Money,
  { report }: { readonly report: Report },
): Reduction | undefined {
  if (what.kind === 'percentage')
    return checkPercentage(what, report) ? { kind: 'percent', percent: what.number } : undefined;
  if (moneyToBase(what, report) === undefined) return undefined;
  return { kind: 'amount', amount: what.amount, currency: what.currency.text };
}

export function lowerTake(
  what: TakeClause['what'],
  tiers: readonly TierClause[],
  report: Report,
): DiscountOutcome['take'] | undefined {
  if (what.kind === 'graduated') return lowerShares(tiers, what, report);
  const [stray] = tiers;
  if (!stray) return lowerReduction(what, { report });
  report(
    'misplaced-clause',
    stray.span,
    'this discount has no tiers',
    'write `take graduated off …` above them, or leave them out',
  );
  return undefined;
}

/** Tiers as in a rate: `first`, then any number of `next`, then `beyond`. */
function lowerShares(
  tiers: readonly TierClause[],
  what: Extract<TakeClause['what'], { kind: 'graduated' }>,
  report: Report,
): GraduatedReduction | undefined {
  const lowered: { size?: string; percent: string }[] = [];
  let currency: string | undefined;
  for (const [index, tier] of tiers.entries()) {
    const isFirst = index === 0;
    const isOver = !isFirst && lowered.at(-1)?.size === undefined;
    if ((tier.position === 'first') !== isFirst || isOver) {
      report(
        'open-tiers',
        tier.span,
        `\`${tier.position}\` cannot stand here among the tiers`,
        'write `first`, then any number of `next`, then `beyond`',
      );
      return undefined;
    }
    const share = lowerShare(tier, report);
    if (!share) return undefined;
    currency ??= share.currency;
    lowered.push(share.tier);
  }
  if (lowered.length > 1 && lowered.at(-1)?.size === undefined && currency !== undefined)
    return { kind: 'graduated', currency, tiers: lowered };
  report(
    'open-tiers',
    (tiers.at(-1) ?? what).span,
    tiers.length === 0
      ? 'nothing says what is taken off which part'
      : 'nothing says what is taken off beyond this tier',
    tiers.length === 0
      ? 'add lines below: `first 50.00 EUR 5%`, then `beyond 10%`'
      : 'add a line `beyond` with the last percentage',
  );
  return undefined;
}

interface Share {
  readonly tier: { size?: string; percent: string };
  readonly currency?: string;
}

function lowerShare({ taken, bound, span }: TierClause, report: Report): Share | undefined {
  if (!taken) {
    report('wrong-unit', span, 'a discount takes a part of the charges, not a price', 'write a percentage: 5%');
    return undefined;
  }
  if (!checkPercentage(taken, report)) return undefined;
  const percent = taken.number;
  if (!bound) return { tier: { percent } };
  if (bound.kind !== 'money') {
    report(
      'wrong-unit',
      bound.span,
      'a discount is graduated by what the charges come to, not by use',
      'write an amount of money: `first 50.00 EUR 5%`',
    );
    return undefined;
  }
  if (expectPositiveMoney(bound, 'a tier', report) === undefined) return undefined;
  return { tier: { size: bound.amount, percent }, currency: bound.currency.text };
}

function checkPercentage(what: Percentage, report: Report): boolean {
  if (percentToBase(what, report) === undefined) return false;
  if (Number(what.number) <= 100) return true;
  report('too-large', what.span, 'more than 100% cannot be taken off', 'write a percentage up to 100%');
  return false;
}
