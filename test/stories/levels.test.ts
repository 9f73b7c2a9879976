/** Stories of levels: units that stay from cycle to cycle, raised and lowered, and the invoice, worked out by hand. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountCycle, UsageEvent } from '../../engine/model.ts';
import { accountCycle, subscription, usage } from '../engine/fixture.ts';
import { bill, invoice } from './story.ts';

const plan = (rate: string) => `
declare service seats in units "Seats of the team."
plan flex "Team" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate seats ${rate}
tax standard otherwise 0% category Z
`;

const change = (start: string, by: number) => usage(start, { service: 'seats', change: by });

/** June has 30 days and no change of the clock: 720 hours. */
const june = (events: readonly UsageEvent[], parts: Partial<AccountCycle> = {}) =>
  accountCycle({
    on: '2026-06-01',
    usage: events,
    levels: [{ subscriptionId: 'S-1', service: 'seats', level: 10 }],
    ...parts,
  });

/** 10 seats for ten days, 13 for ten days, 8 for ten days. */
const changes = [change('2026-06-11T00:00+02:00', 3), change('2026-06-21T00:00+02:00', -5)];

test('Average level: each seat is charged for the time that it was there', () => {
  // 5.00 × (10 + 13 + 8) ÷ 3 = 51.666…
  expect(invoice(bill(plan('charge 5.00 EUR per unit'), june(changes)))).toBe(`
Seats | 8 units for 1/3 of the cycle, 10 units for 1/3 of the cycle, 13 units for 1/3 of the cycle × 5.00 EUR per unit | 51.67
Net   |                                                                                                                | 51.67
VAT   | 0 % of 51.67 EUR                                                                                               |  0.00
Total | EUR                                                                                                            | 51.67
`);
});

test('Highest and last level: one level is charged for all of the cycle', () => {
  expect(invoice(bill(plan('charge 5.00 EUR per unit, at the highest level'), june(changes)))).toBe(`
Seats | highest level: 13 units × 5.00 EUR per unit | 65.00
Net   |                                             | 65.00
VAT   | 0 % of 65.00 EUR                            |  0.00
Total | EUR                                         | 65.00
`);
  expect(bill(plan('charge 5.00 EUR per unit, at the last level'), june(changes)).bill.net).toBe('40.00');
});

test('A level that nobody changes is charged again in every cycle, in tiers too', () => {
  const rules = plan(`graduated per cycle
    first 5 units  0.00 EUR per unit
    next 5 units   6.00 EUR per unit
    beyond         4.00 EUR per unit`);
  // 5 free, 5 × 6.00.
  expect(bill(rules, june([])).bill.net).toBe('30.00');
  // 30.00 for ten days, 30.00 + 3 × 4.00 for ten, 3 × 6.00 for ten: a third each.
  expect(bill(rules, june(changes)).bill.net).toBe('30.00');
});

test('Who joins in the middle of the month pays seats from then on', () => {
  const joined = subscription({ acceptedOn: '2026-06-16', activatedOn: '2026-06-16' });
  const cycle = june([change('2026-06-16T00:00+02:00', 4)], { subscriptions: [joined], levels: [] });
  // Half of the month: 4 × 5.00 ÷ 2.
  expect(bill(plan('charge 5.00 EUR per unit'), cycle).bill.net).toBe('10.00');
});

test('More taken away than there was is told, and charged as nothing', () => {
  const { bill: billed, exceptions } = bill(
    plan('charge 5.00 EUR per unit, at the last level'),
    june([change('2026-06-11T00:00+02:00', -12)]),
  );
  expect(billed.net).toBe('0.00');
  expect(exceptions.map(({ code, evidence }) => [code, evidence])).toEqual([
    ['level-below-zero', 'seats of S-1 would fall to -2: more was taken away than was there.'],
  ]);
});

test('The order in which changes arrive makes no difference, and two changes at once are one', () => {
  const drawn = fc.array(fc.tuple(fc.integer({ min: 0, max: 719 }), fc.integer({ min: -3, max: 5 })), {
    maxLength: 12,
  });
  const rules = plan('charge 5.00 EUR per unit');
  const costs = (events: readonly UsageEvent[]) => bill(rules, june(events)).bill.lines.map(({ exact }) => exact);
  fc.assert(
    fc.property(drawn, (all) => {
      const at = (hour: number) => new Date(Date.parse('2026-06-01T00:00+02:00') + hour * 3_600_000).toISOString();
      const events = all.map(([hour, by]) => change(at(hour), by));
      expect(costs([...events].reverse())).toEqual(costs(events));
      const halves = all.flatMap(([hour, by]) => [change(at(hour), by - 1), change(at(hour), 1)]);
      expect(costs(halves)).toEqual(costs(events));
    }),
    { numRuns: 60 },
  );
});
