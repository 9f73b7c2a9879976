/** Tiers: bounds that count from the start of the cycle, each with a price, a flat fee or both. */
import type { Tier, TieredPrice } from '../../engine/outcomes.ts';
import type { ServiceDefinition } from '../../engine/rule-set.ts';
import { quantityToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { TierClause } from '../syntax/clauses.ts';
import type { Money, Quantity } from '../syntax/tree.ts';
import { isEventWord, lowerAmountOf, lowerMoney, lowerPrice } from './price.ts';

export function lowerTiers(
  model: TieredPrice['kind'],
  tiers: readonly TierClause[],
  service: ServiceDefinition,
  scene: Scene,
): TieredPrice | undefined {
  const misplaced = tiers.find(({ position }, index) => (position === 'first') !== (index === 0));
  if (misplaced) {
    scene.report(
      'open-tiers',
      misplaced.span,
      `\`${misplaced.position}\` cannot stand here among the tiers`,
      'write `first`, then any number of `next`, then `beyond`',
    );
    return undefined;
  }
  const counts = countsOf(tiers, service);
  let reached = 0;
  const lowered: Tier[] = [];
  for (const tier of tiers) {
    const size = tier.bound && lowerBound(tier.bound, counts, service, scene);
    const terms = lowerTier(tier, service, scene);
    if (!terms || (tier.bound && size === undefined)) return undefined;
    reached += size ?? 0;
    lowered.push(tier.bound ? { upTo: reached, ...terms } : terms);
  }
  const last = tiers.at(-1);
  if (last?.position === 'beyond') return { kind: model, counts, tiers: lowered };
  if (last)
    scene.report(
      'open-tiers',
      last.span,
      'nothing says what usage beyond this tier costs',
      'add a line `beyond` with the last price',
    );
  return undefined;
}

function lowerTier({ price, flatFee, taken }: TierClause, service: ServiceDefinition, scene: Scene): Tier | undefined {
  if (taken) {
    scene.report(
      'wrong-unit',
      taken.span,
      `${service.name} is not priced in percent`,
      'write a price per unit, or a share of what an event is worth: `5% of event.value`',
    );
    return undefined;
  }
  const unit = price && lowerPrice(price, service, scene);
  const fee = flatFee && lowerMoney(flatFee, scene);
  if ((price && !unit) || (flatFee && fee === undefined)) return undefined;
  return { ...(unit && { price: unit }), ...(fee !== undefined && { flatFee: fee }) };
}

/** What the first bound counts, all of them count: `first 40 GB`, `first 10 calls`. */
function countsOf([first]: readonly TierClause[], service: ServiceDefinition): TieredPrice['counts'] {
  const bound = first?.bound;
  return bound?.kind === 'quantity' && isEventWord(bound.unit?.text, service) ? 'events' : 'usage';
}

function lowerBound(
  bound: Quantity | Money,
  counts: TieredPrice['counts'],
  service: ServiceDefinition,
  scene: Scene,
): number | undefined {
  const size =
    counts === 'usage'
      ? lowerAmountOf(bound, service, `use of ${service.name}`, scene)
      : lowerEvents(bound, service, scene);
  if (size !== 0) return size;
  scene.report('not-positive', bound.span, `use of ${service.name} cannot be nothing`, 'write a quantity above zero');
  return undefined;
}

function lowerEvents(bound: Quantity | Money, service: ServiceDefinition, { report }: Scene): number | undefined {
  if (bound.kind === 'quantity' && isEventWord(bound.unit?.text, service)) return quantityToBase(bound, report);
  const written = bound.kind === 'money' ? bound.currency.text : (bound.unit?.text ?? 'plain numbers');
  report(
    'wrong-unit',
    bound.span,
    `this tier counts ${written}, and the first one counts events`,
    'let all tiers count the same',
  );
  return undefined;
}
