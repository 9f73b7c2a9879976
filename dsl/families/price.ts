/** Prices of usage: flat, per started block, graduated; increments and set-up fees. */
import type { RateOutcome, UnitPrice, UsagePrice } from '../../engine/outcomes.ts';
import type { ServiceDefinition } from '../../engine/rule-set.ts';
import { checkCurrency } from '../check/amounts.ts';
import { expectPositive, type Measure, measureOf, moneyToBase, unitsOf } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { ChargeClause, TierClause } from '../syntax/clauses.ts';
import { isUnit, units } from '../syntax/keywords.ts';
import { unitRemedy } from '../syntax/remedies.ts';
import type { Price, Quantity } from '../syntax/tree.ts';

/** What a service is measured in. */
export function measureOfService(service: ServiceDefinition): Measure {
  return service.measure === 'messages' ? 'count' : service.measure;
}

export function lowerCharge(
  charge: ChargeClause,
  service: ServiceDefinition,
  currency: string,
  scene: Scene,
): RateOutcome | undefined {
  const price = lowerPrice(charge.price, service, scene);
  const steps = charge.increments;
  const first =
    steps && expectPositive(steps.first, measureOfService(service), `an increment of ${service.name}`, scene.report);
  const next =
    steps &&
    (steps.next === steps.first
      ? first
      : expectPositive(steps.next, measureOfService(service), `an increment of ${service.name}`, scene.report));
  const setUp = charge.plus && lowerSetUp(charge.plus, scene);
  if (!price || (steps && (first === undefined || next === undefined)) || (charge.plus && !setUp)) return undefined;
  return {
    kind: 'rate',
    currency,
    price: { kind: charge.price.started ? 'package' : 'flat', price },
    ...(first !== undefined && next !== undefined && { increments: { first, next } }),
    ...(setUp && { setUpFee: setUp }),
  };
}

/** Tiers in the order written; the bounds of the compiled price count from the start of the cycle. */
export function lowerTiers(
  tiers: readonly TierClause[],
  service: ServiceDefinition,
  scene: Scene,
): UsagePrice | undefined {
  let bound = 0;
  const lowered: { upTo?: number; price: UnitPrice }[] = [];
  for (const [index, tier] of tiers.entries()) {
    if ((tier.position === 'first') !== (index === 0)) {
      scene.report(
        'open-tiers',
        tier.span,
        `\`${tier.position}\` cannot stand here among the tiers`,
        'write `first`, then any number of `next`, then `beyond`',
      );
      return undefined;
    }
    const price = lowerPrice(tier.price, service, scene);
    const size =
      tier.quantity && expectPositive(tier.quantity, measureOfService(service), `use of ${service.name}`, scene.report);
    if (!price || (tier.quantity && size === undefined)) return undefined;
    bound += size ?? 0;
    lowered.push(tier.position === 'beyond' ? { price } : { upTo: bound, price });
  }
  const last = tiers.at(-1);
  if (last?.position === 'beyond') return { kind: 'graduated', tiers: lowered };
  if (last)
    scene.report(
      'open-tiers',
      last.span,
      'nothing says what usage beyond this tier costs',
      'add a line `beyond` with the last price',
    );
  return undefined;
}

function lowerPrice(price: Price, service: ServiceDefinition, scene: Scene): UnitPrice | undefined {
  const per = price.per.text;
  const measure = measureOfService(service);
  if (!isUnit(per) || units[per].measures !== measure) {
    scene.report(
      'wrong-unit',
      price.per.span,
      `${service.name} is not priced per ${per}`,
      isUnit(per) ? `${service.name} is measured in ${unitsOf(measure)}` : unitRemedy(per),
    );
    return undefined;
  }
  const block: Quantity = { kind: 'quantity', number: price.count ?? '1', unit: price.per, span: price.span };
  const size = expectPositive(block, measure, `a block of ${service.name}`, scene.report);
  if (
    size === undefined ||
    !checkCurrency(price.amount, scene) ||
    moneyToBase(price.amount, scene.report) === undefined
  )
    return undefined;
  return { amount: price.amount.amount, per: size };
}

function lowerSetUp(price: Price, scene: Scene): string | undefined {
  const unit: Quantity = { kind: 'quantity', number: '1', unit: price.per, span: price.span };
  if (price.started || measureOf(unit) !== 'count') {
    scene.report(
      'wrong-unit',
      price.per.span,
      `a set-up fee is not charged per ${price.per.text}`,
      'write it `per call`',
    );
    return undefined;
  }
  if (!checkCurrency(price.amount, scene) || moneyToBase(price.amount, scene.report) === undefined) return undefined;
  return price.amount.amount;
}
