import { describe, expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, UsageEvent } from '../../engine/model.ts';
import type { PastCycle } from '../../engine/past-cycle.ts';
import { addDays } from '../../engine/period.ts';
import { usualOf } from '../../engine/usual.ts';
import { compileFolder } from '../../server/rules/compile-folder.ts';
import { accountCycle, call, subscription } from './fixture.ts';

/** Values of the months that ended before May 2026, the latest last. */
function months(...values: readonly number[]): readonly { readonly until: string; readonly value: number }[] {
  return values.map((value, index) => {
    const month = 2026 * 12 + 4 - (values.length - 1 - index);
    return { until: `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`, value };
  });
}

describe('what is usual', () => {
  test('is the middle of the past, however wild one month was', () => {
    // Deviations from 100: 4, 2, 0, 3, 900. Their median is 3: 3 × 1.4826 is less than a tenth of 100.
    expect(usualOf(months(96, 98, 100, 103, 1_000), '2026-06-01')).toEqual({ usual: 100, spread: 10 });
  });

  test('varies as the past varied', () => {
    // Median 300; deviations 200, 100, 0, 100, 200: their median is 100.
    expect(usualOf(months(100, 200, 300, 400, 500), '2026-06-01')).toEqual({ usual: 300, spread: 148 });
  });

  test('is not known from two cycles', () => {
    expect(usualOf(months(5, 5), '2026-06-01')).toBeUndefined();
  });

  test('expects half of what the same month stood out by a year ago, and allows as much again', () => {
    const year = months(180, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100);
    expect(year[0]?.until).toBe('2025-06-01');
    // 100 + (180 − 100) ÷ 2; the season is known from one observation, so that 40 are also the spread.
    expect(usualOf(year, '2026-06-01')).toEqual({ usual: 140, spread: 40 });
    expect(usualOf(year, '2026-07-01')).toEqual({ usual: 100, spread: 10 });
  });

  test('does not depend on the order in which the past is told', () => {
    const past = months(3, 9, 1, 7, 5, 2, 8);
    expect(usualOf(past.toReversed(), '2026-06-01')).toEqual(usualOf(past, '2026-06-01'));
  });
});

describe('the evidence of an anomaly', () => {
  test('shows what was found, what is usual, and each past cycle', async () => {
    const { ruleSet } = await compileFolder('rules');
    if (!ruleSet) throw new Error('The shipped rules have faults');
    const charges = ['11.00', '12.00', '13.00', '12.00', '12.00', '40.00'];
    const history = charges.map(
      (amount, index): PastCycle => ({
        subscriptionId: 'S-1',
        from: `2025-${String(index + 6).padStart(2, '0')}-01`,
        until: `2025-${String(index + 7).padStart(2, '0')}-01`,
        usage: { data: 1_000_000_000 },
        charges: amount,
      }),
    );
    const cycle: AccountCycle = accountCycle({
      subscriptions: [subscription({ plan: 'flex' })],
      history,
      stated: { 'cycle.net': 130_000_000 },
    });
    const found = evaluateCycle(cycle, loadRuleSet(ruleSet)).exceptions.filter(
      ({ rule }) => rule === 'anomaly.unlike_usual',
    );
    expect(found).toMatchObject([
      {
        evidence: 'This bill is 130.00 EUR; usual is 12.00 EUR, give or take 1.20 EUR.',
        figures: [
          {
            measure: 'charges',
            unit: 'EUR',
            found: '130.00',
            usual: '12.00',
            spread: '1.20',
            past: history.map(({ until, charges: value }) => ({ on: until, value })),
          },
        ],
      },
    ]);
  });

  test.each([
    [
      'as it was beside its median',
      3,
      'Used 99 GB; the last 3 cycles had a median of 3 GB.',
      { past: ['2800000000', '3100000000', '3000000000'] },
    ],
    // 31 days at 100 MB a day, whatever the month's length.
    [
      'by cycles as long as this one beside what is usual, and says so',
      6,
      'Used 99 GB; usual is 3.1 GB, give or take 310 MB.',
      { past: Array(6).fill('3100000000'), usual: '3100000000', spread: '310000000', ofDays: 31 },
    ],
  ])('shows past use %s', async (_, months, evidence, { past, ...more }) => {
    const { ruleSet } = await compileFolder('rules');
    if (!ruleSet) throw new Error('The shipped rules have faults');
    // 100 MB a day; the latest is April.
    const days = [30, 31, 30, 31, 31, 28, 31, 30].slice(-months);
    const history = days.map(
      (length, index): PastCycle => ({
        subscriptionId: 'S-1',
        from: addDays('2026-05-01', -days.slice(index).reduce((sum, one) => sum + one, 0)),
        until: addDays('2026-05-01', -days.slice(index + 1).reduce((sum, one) => sum + one, 0)),
        usage: { data: length * 100_000_000 },
        charges: '12.00',
      }),
    );
    const subscriptions = [subscription({ plan: 'flex' })];
    const cycle = accountCycle({ subscriptions, history, stated: { 'cycle.data': 99_000_000_000 } });
    const [found] = evaluateCycle(cycle, loadRuleSet(ruleSet)).exceptions.filter(({ evidence: said }) =>
      said.startsWith('Used'),
    );
    expect(found?.evidence).toBe(evidence);
    const values = past.map((value, index) => ({ on: history[index]?.until, value }));
    expect(found?.figures).toEqual([{ measure: 'data', unit: 'bytes', found: '99000000000', ...more, past: values }]);
  });
});

describe('use that is told twice', () => {
  const told = (id: string, seconds = 61, start = '2026-05-04T10:00:00Z') => call(start, seconds, { id });
  const heldFor = async (usage: readonly UsageEvent[]) => {
    const { ruleSet } = await compileFolder('rules');
    if (!ruleSet) throw new Error('The shipped rules have faults');
    const cycle = accountCycle({ subscriptions: [subscription({ plan: 'flex' })], usage });
    return evaluateCycle(cycle, loadRuleSet(ruleSet)).exceptions.filter(({ code }) => code === 'repeated-usage');
  };

  test('under another id is held, and says both ids', async () => {
    const [exception, ...others] = await heldFor([told('a'), told('b'), told('c')]);
    expect(others).toEqual([]);
    expect(exception).toMatchObject({ action: 'hold', subject: 'msc/b' });
    expect(exception?.evidence).toContain('told by a of msc and again by b of msc and 1 more');
  });

  test('is another use where anything but the id differs', async () => {
    expect(await heldFor([told('a'), told('b', 62), told('c', 61, '2026-05-04T10:00:01Z')])).toEqual([]);
  });
});
