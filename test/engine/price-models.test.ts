/**
 * A second opinion on every price model: random usage of random prices, reckoned unit by unit by the most naive means, and
 * the same however it arrives.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { UsageEvent } from '../../engine/model.ts';
import { formatExact, parseExact, sum } from '../../engine/money.ts';
import type { PlainPrice, RateOutcome, TieredPrice } from '../../engine/outcomes.ts';
import {
  accountCycle,
  allowance,
  allowanceFor,
  flatRate,
  plan,
  ruleSet,
  standardTax,
  subscription,
} from './fixture.ts';
import { type Fraction, fraction, more, over, plus, times, written, zero } from './oracle-fraction.ts';

interface Use {
  readonly line: 0 | 1;
  readonly quantity: number;
}

const amount = fc.integer({ min: 0, max: 99 }).map((cents) => `0.${String(cents).padStart(2, '0')}`);
const plainPrice: fc.Arbitrary<PlainPrice> = fc.oneof(
  fc.record({ amount, per: fc.integer({ min: 1, max: 7 }) }).map((price) => ({ kind: 'flat' as const, price })),
  fc.record({ amount, per: fc.integer({ min: 1, max: 7 }) }).map((price) => ({ kind: 'package' as const, price })),
  amount.map((each) => ({ kind: 'per event' as const, amount: each })),
);
const tieredPrice: fc.Arbitrary<TieredPrice> = fc
  .record({
    kind: fc.constantFrom('graduated' as const, 'volume' as const),
    counts: fc.constantFrom('usage' as const, 'events' as const),
    countsCovered: fc.boolean(),
    perAccount: fc.boolean(),
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
    prices: fc.array(fc.option(plainPrice, { freq: 5 }), { minLength: 4, maxLength: 4 }),
    fees: fc.array(fc.option(amount), { minLength: 4, maxLength: 4 }),
  })
  .map(({ kind, counts, countsCovered, perAccount, sizes, prices, fees }) => ({
    kind,
    counts,
    ...(countsCovered && { countsCovered: true as const }),
    ...(perAccount && { perAccount: true as const }),
    tiers: [...sizes.keys(), sizes.length].map((index) => {
      const [price, flatFee] = [prices[index], fees[index]];
      const upTo = sizes.slice(0, index + 1).reduce((all, size) => all + size, 0);
      return {
        ...(index < sizes.length && { upTo }),
        ...(price && { price }),
        ...(typeof flatFee === 'string' && { flatFee }),
      };
    }),
  }));
const outcome = fc.record({
  price: fc.oneof(plainPrice, tieredPrice),
  setUpFee: fc.option(amount, { nil: undefined }),
  ifCharged: fc.boolean(),
  minimum: fc.option(amount, { nil: undefined }),
  decimals: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
});
type Terms = typeof outcome extends fc.Arbitrary<infer T> ? T : never;

const uses = fc.array(
  fc.record({ line: fc.constantFrom(0 as const, 1 as const), quantity: fc.integer({ min: 0, max: 9 }) }),
  {
    maxLength: 12,
  },
);

describe('Every price model', () => {
  it('costs what a person finds who counts unit by unit, in whatever order usage arrives', () => {
    fc.assert(
      fc.property(
        outcome,
        uses,
        fc.integer({ min: 0, max: 12 }),
        fc.infiniteStream(fc.nat()),
        (terms, used, included, chance) => {
          const expected = written(reckon(terms, used, included));
          expect(rated(terms, eventsOf(used), included)).toBe(expected);
          const shuffled = eventsOf(used)
            .map((event) => [chance.next().value as number, event] as const)
            .sort(([a], [b]) => a - b)
            .map(([, event]) => event);
          expect(rated(terms, shuffled, included)).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** The sum of all portions, as the engine rates them. */
function rated(terms: Terms, usage: readonly UsageEvent[], included: number): string {
  const { price, setUpFee, ifCharged, minimum, decimals } = terms;
  const more: Partial<RateOutcome> = {
    ...(setUpFee !== undefined && { setUpFee }),
    ...(ifCharged && { setUpIfCharged: true }),
    ...(minimum !== undefined && { minimum }),
    ...(decimals !== undefined && { rounded: { mode: 'up', decimals } }),
  };
  const rate = flatRate('sms', price, more);
  const rules = loadRuleSet(
    ruleSet({
      plans: [
        plan({
          allowances: [allowance({ service: 'sms', quantity: included })],
          rates: { sms: rate.id },
          allowanceDecisions: { sms: 'allowance:flex.sms' },
        }),
      ],
      decisions: [rate, allowanceFor('sms'), standardTax],
    }),
  );
  const subscriptions = numbers.map((msisdn, index) => subscription({ id: `S-${index}`, msisdn }));
  const { trace, usage: result } = rateCycle(accountCycle({ subscriptions, usage }), rules);
  expect(formatExact(sum(result.lines.map((line) => parseExact(line.exact))))).toBe(
    formatExact(sum(trace.map((portion) => parseExact(portion.exact)))),
  );
  return formatExact(sum(trace.map((portion) => parseExact(portion.exact))));
}

const numbers = ['+491700000000', '+491700000001'] as const;

function eventsOf(used: readonly Use[]): readonly UsageEvent[] {
  return used.map(({ line, quantity }, index) => ({
    id: `e${index}`,
    source: 'smsc',
    sequence: index,
    msisdn: numbers[line],
    service: 'sms',
    startAt: Date.parse('2026-05-02T00:00Z') + index * 60_000,
    durationMs: 0,
    bytes: 0,
    messages: quantity,
    direction: 'outgoing',
    calledNumber: '+4930123456',
    callingNumber: numbers[line],
    visitedNetwork: '26299',
  }));
}

// ---- The naive reckoning: every unit by itself, tiers looked up again for each.

/** Where the tiers of one line, or of the account, stand. */
interface Stand {
  units: number;
  events: number;
  readonly fees: Set<number>;
}

function reckon(terms: Terms, used: readonly Use[], included: number): Fraction {
  const { price } = terms;
  const tiered = 'tiers' in price ? price : undefined;
  const totals = tiered ? standOf(tiered, used, included) : [];
  const stands = [newStand(), newStand()];
  const left = [included, included];
  return used.reduce((all, use) => {
    const stand = stands[tiered?.perAccount ? 0 : use.line] ?? newStand();
    const total = totals[tiered?.perAccount ? 0 : use.line];
    const covered = Math.min(left[use.line] ?? 0, use.quantity);
    const wasOpen = (left[use.line] ?? 0) > 0;
    left[use.line] = (left[use.line] ?? 0) - covered;
    // An event of nothing is covered while there is something left.
    const isCharged = use.quantity > covered || (use.quantity === 0 && !wasOpen);
    const setUp = terms.setUpFee !== undefined && (isCharged || !terms.ifCharged) ? fraction(terms.setUpFee) : zero;
    const counted = tiered?.countsCovered;
    if (counted) stand.units += covered;
    let cost = setUp;
    let fees = zero;
    if (isCharged || (counted && (covered > 0 || use.quantity === 0))) stand.events += 1;
    if (isCharged) {
      const usage =
        'tiers' in price
          ? inTiers(price, use.quantity - covered, stand, total)
          : { cost: plainCost(price, use.quantity - covered), fees: zero };
      cost = plus(cost, usage.cost);
      fees = usage.fees;
      if (terms.minimum !== undefined && more(fraction(terms.minimum), cost)) cost = fraction(terms.minimum);
      if (terms.decimals !== undefined) cost = roundedUp(cost, terms.decimals);
    }
    return plus(all, plus(cost, fees));
  }, zero);
}

const newStand = (): Stand => ({ units: 0, events: 0, fees: new Set() });

/** What the whole cycle comes to, by line or for the account. */
function standOf(price: TieredPrice, used: readonly Use[], included: number): readonly number[] {
  const totals = [0, 0];
  const left = [included, included];
  for (const { line, quantity } of used) {
    const wasOpen = (left[line] ?? 0) > 0;
    const covered = Math.min(left[line] ?? 0, quantity);
    left[line] = (left[line] ?? 0) - covered;
    const isCharged = quantity > covered || (quantity === 0 && !wasOpen);
    const units = price.countsCovered ? quantity : quantity - covered;
    const place = price.perAccount ? 0 : line;
    const counts = price.counts === 'usage' ? units : Number(isCharged || price.countsCovered === true);
    totals[place] = (totals[place] ?? 0) + counts;
  }
  return totals;
}

function inTiers(price: TieredPrice, quantity: number, stand: Stand, total = 0) {
  const tierAt = (position: number) => {
    const found = price.tiers.findIndex(({ upTo }) => upTo === undefined || position <= upTo);
    return found < 0 ? price.tiers.length - 1 : found;
  };
  const byTier = new Map<number, number>();
  for (let unit = 1; unit <= quantity; unit++) {
    stand.units += 1;
    const position = price.counts === 'events' ? stand.events : stand.units;
    const tier = tierAt(price.kind === 'volume' ? total : position);
    byTier.set(tier, (byTier.get(tier) ?? 0) + 1);
  }
  // An event of nothing is priced where the next unit would be.
  if (quantity === 0) {
    const next = price.counts === 'events' ? stand.events : stand.units + 1;
    byTier.set(tierAt(price.kind === 'volume' ? total : next), 0);
  }
  let cost = zero;
  let fees = zero;
  let isPaid = false;
  for (const [index, units] of byTier) {
    const tier = price.tiers[index];
    if (tier?.price && !(tier.price.kind === 'per event' && isPaid)) cost = plus(cost, plainCost(tier.price, units));
    isPaid ||= tier?.price?.kind === 'per event';
    if (tier?.flatFee === undefined || stand.fees.has(index) || (units === 0 && price.counts === 'usage')) continue;
    stand.fees.add(index);
    fees = plus(fees, fraction(tier.flatFee));
  }
  return { cost, fees };
}

function plainCost(price: PlainPrice, quantity: number): Fraction {
  switch (price.kind) {
    case 'flat':
      return times(fraction(price.price.amount), over(quantity, price.price.per));
    case 'package': {
      let blocks = 0;
      for (let rest = quantity; rest > 0; rest -= price.price.per) blocks += 1;
      return times(fraction(price.price.amount), over(blocks, 1));
    }
    case 'per event':
      return fraction(price.amount);
    case 'percentage':
      throw new Error('Messages have no value.');
  }
}

/** The smallest amount of so many decimals that is not less. */
function roundedUp(cost: Fraction, decimals: number): Fraction {
  let steps = 0;
  while (more(cost, over(steps, 10 ** decimals))) steps += 1;
  return over(steps, 10 ** decimals);
}
