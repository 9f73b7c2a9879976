import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { type AccountImpact, startImpact } from '../../engine/impact.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { readAccountCycle } from '../../server/api/cycle-json.ts';
import { cycleAsLine } from '../../server/impact/recorded-cycles.ts';
import { impactAsMarkdown } from '../../server/impact/show-impact.ts';
import { sampleCycles } from '../../server/sample/sample-cycles.ts';
import { shippedRules, withHolidays } from '../dsl/sources.ts';

const account = (
  accountId: string,
  before: string,
  after: string,
  more: {
    readonly plan?: string;
    readonly wasHeld?: boolean;
    readonly isHeld?: boolean;
    readonly currency?: string;
  } = {},
): AccountImpact => {
  const side = (total: string, held: boolean | undefined) => ({
    net: total,
    tax: '0.00',
    total,
    plans: [{ plan: more.plan ?? 'flex', net: total }],
    heldBy: held ? ['usage_spike'] : [],
  });
  return {
    ...{
      accountId,
      customerId: accountId,
      customer: `Customer | ${accountId}`,
      category: 'consumer',
      segments: accountId < 'C' ? ['gamer'] : [],
    },
    currency: more.currency ?? 'EUR',
    before: side(before, more.wasHeld),
    after: side(after, more.isHeld),
  };
};

function impactOf(accounts: readonly AccountImpact[]) {
  const sum = startImpact();
  for (const one of accounts) sum.add(one);
  return sum.result();
}

const accounts = [
  account('A', '10.00', '12.50'),
  account('B', '20.00', '14.00', { plan: 'talk' }),
  account('C', '5.00', '5.00', { wasHeld: true }),
  account('D', '100.00', '101.00', { isHeld: true }),
];

describe('The impact of a change', () => {
  it('is the sum over the accounts, by plan as well', () => {
    const [impact] = impactOf(accounts);
    expect(impact?.total).toEqual({ before: '135.00', after: '132.50', change: '-2.50' });
    expect(impact?.plans).toEqual([
      { key: 'flex', accounts: 3, before: '115.00', after: '118.50', change: '3.50' },
      { key: 'talk', accounts: 1, before: '20.00', after: '14.00', change: '-6.00' },
    ]);
    expect(impact?.segments).toEqual([{ key: 'gamer', accounts: 2, before: '30.00', after: '26.50', change: '-3.50' }]);
  });

  it('names those it moves most, up or down, and leaves out whom it does not move', () => {
    expect(impactOf(accounts)[0]?.movers.map(({ accountId }) => accountId)).toEqual(['B', 'A', 'D']);
  });

  it('counts the accounts by how much more or less they pay, a whole euro on the side of less change', () => {
    const counts = impactOf(accounts)[0]?.distribution.filter((band) => band.accounts > 0);
    expect(counts).toEqual([
      { change: '5 to 20 less', accounts: 1 },
      { change: 'the same', accounts: 1 },
      { change: 'up to 1 more', accounts: 1 },
      { change: '1 to 5 more', accounts: 1 },
    ]);
    const bandOf = (change: string) =>
      impactOf([account('X', '500.00', change)])[0]?.distribution.find((band) => band.accounts > 0)?.change;
    expect(['399.99', '400.00', '499.00', '498.99', '600.00', '600.01'].map(bandOf)).toEqual([
      ...['over 100 less', '20 to 100 less', 'up to 1 less', '1 to 5 less', '20 to 100 more', 'over 100 more'],
    ]);
  });

  it('says which invoices are newly held and which no longer', () => {
    const [impact] = impactOf(accounts);
    expect(impact?.newlyHeld).toMatchObject({ accounts: 1, first: [{ accountId: 'D' }] });
    expect(impact?.noLongerHeld).toMatchObject({ accounts: 1, first: [{ accountId: 'C' }] });
  });

  it('keeps currencies apart', () => {
    const impacts = impactOf([...accounts, account('E', '1.00', '2.00', { currency: 'USD' })]);
    expect(impacts.map(({ currency, accounts: count }) => [currency, count])).toEqual([
      ['EUR', 4],
      ['USD', 1],
    ]);
  });

  it('is the same in whatever order the accounts come', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      account(`A${i}`, `${i}.00`, `${(i * 7) % 40}.50`, { isHeld: i % 3 === 0 }),
    );
    const expected = impactOf(many);
    fc.assert(
      fc.property(fc.shuffledSubarray(many, { minLength: 40, maxLength: 40 }), (shuffled) => {
        expect(impactOf(shuffled)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
    expect(expected[0]?.movers).toHaveLength(10);
  });

  it('is the same however the accounts are cut into parts that are summed apart', () => {
    // Few ids and few amounts, so that accounts have two cycles and moves of one size.
    const one = fc
      .tuple(fc.nat(12), fc.nat(9), fc.nat(9), fc.boolean(), fc.boolean(), fc.constantFrom('EUR', 'USD'))
      .map(([id, before, after, wasHeld, isHeld, currency]) =>
        account(`A${id}`, `${before}.25`, `${after}.75`, { plan: `p${id % 3}`, wasHeld, isHeld, currency }),
      );
    const placed = fc.array(fc.tuple(one, fc.nat(5)), { maxLength: 80 });
    fc.assert(
      fc.property(placed, fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (all, order) => {
        const whole = startImpact();
        for (const part of order) {
          const own = startImpact();
          for (const [of, place] of all) if (place === part) own.add(of);
          whole.merge(structuredClone(own.sums()));
        }
        expect(whole.result()).toEqual(impactOf(all.map(([of]) => of)));
      }),
    );
  });

  it('reads well in a pull request', async () => {
    const report = { cycles: 'four accounts', before: 'main', after: 'rules', impacts: impactOf(accounts) };
    await expect(impactAsMarkdown(report)).toMatchFileSnapshot('golden/impact.md');
    const nothing = { ...report, impacts: impactOf([account('A', '1.00', '1.00')]) };
    expect(impactAsMarkdown(nothing)).toContain('No account pays anything else. The same invoices are held.');
  });
});

describe('The cycles of the sample company', () => {
  const all = async () => {
    const cycles = [];
    for await (const cycle of sampleCycles({ seed: 42, accounts: 60, records: 12_000 })) cycles.push(cycle);
    return cycles;
  };

  it('give the customer that the engine’s page bills by hand the invoice worked out there', async () => {
    const { ruleSet } = compileRules(shippedRules(), withHolidays);
    const [first] = await all();
    if (!ruleSet || !first) throw new Error('There is nothing to bill.');
    expect(evaluateCycle(first, loadRuleSet(ruleSet)).bill.total).toBe('28.00');
  });

  it('are the same when they are drawn again, and the same when they are written and read', async () => {
    const cycles = await all();
    expect(cycles).toHaveLength(60);
    expect(await all()).toEqual(cycles);
    for (const cycle of cycles) expect(readAccountCycle(JSON.parse(cycleAsLine(cycle)))).toEqual(cycle);
  });
});
