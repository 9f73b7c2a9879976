/** Stories of what is due by time: fees of any interval, parts of periods, changes in mid-cycle. */
import { describe, expect, test } from 'vitest';
import type { Subscription } from '../../engine/model.ts';
import { accountCycle, type CycleParts, call, GB, session, subscription } from '../engine/fixture.ts';
import { bill, invoice } from './story.ts';

const tax = 'tax standard otherwise 19% category S';
/** A cycle of Berlin; service begins on 1 January unless it is said otherwise. */
const story = (rules: string, on: string, who: Partial<Subscription> = {}, more: CycleParts = {}) =>
  invoice(bill(`${rules}\n${tax}\n`, accountCycle({ on, subscriptions: [subscription(who)], ...more })));

describe('Fees', () => {
  test('in advance and in arrears: the first bill of who comes on the 21st has the rest of May, and of what is paid ahead all of June', () => {
    const rules = `
plan flex "Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Connection" 19.90 EUR once
  fee "Line rental" 12.40 EUR monthly in advance, prorated by day
  fee "Hardware" 6.20 EUR monthly in arrears, prorated by day
`;
    // 11 of the 31 days of May: 12.40 × 11/31 = 4.40 and 6.20 × 11/31 = 2.20. 19 % of 38.90 is 7.391.
    expect(story(rules, '2026-05-01', { activatedOn: '2026-05-21' })).toBe(`
Connection 2026-05-21 – 2026-05-22  | 19.90 EUR              | 19.90
Line rental 2026-05-21 – 2026-06-01 | 12.40 EUR × 11/31 days |  4.40
Line rental 2026-06-01 – 2026-07-01 | 12.40 EUR              | 12.40
Hardware 2026-05-21 – 2026-06-01    | 6.20 EUR × 11/31 days  |  2.20
Net                                 |                        | 38.90
VAT                                 | 19 % of 38.90 EUR      |  7.39
Total                               | EUR                    | 46.29
`);
  });

  test('of any interval: every two weeks from the day of activation, every 28 days, every half year', () => {
    const rules = `
plan flex "Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Cleaning" 10.00 EUR every 2 weeks in arrears, prorated by day
  fee "Top-up pass" 8.00 EUR every 28 days in advance
  fee "Insurance" 30.00 EUR every 6 months in arrears
`;
    // Two weeks from 7 January end on 21 January, 4 and 18 February …, 27 May, 10 and 24 June; 28 days begin 24 June, 22 July.
    // Half a year from the cycle of activation, 1 January, is over on 1 July.
    expect(story(rules, '2026-06-01', { activatedOn: '2026-01-07' })).toBe(`
Cleaning 2026-05-27 – 2026-06-10    | 10.00 EUR         | 10.00
Cleaning 2026-06-10 – 2026-06-24    | 10.00 EUR         | 10.00
Top-up pass 2026-07-22 – 2026-08-19 | 8.00 EUR          |  8.00
Insurance 2026-01-07 – 2026-07-01   | 30.00 EUR         | 30.00
Net                                 |                   | 58.00
VAT                                 | 19 % of 58.00 EUR | 11.02
Total                               | EUR               | 69.02
`);
  });

  test('at a promotional price: the first three cycles are cheaper, the part cycle of activation being the first', () => {
    const rules = `
plan flex "Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 30.00 EUR monthly in advance, prorated by day, 9.30 EUR for the first 3 cycles
`;
    const who = { activatedOn: '2026-03-22' };
    // 10 of 31 days of March at 9.30 / 31 = 0.30 a day; April and May at 9.30; June is the fourth cycle.
    expect(story(rules, '2026-03-01', who)).toBe(`
Line rental 2026-03-22 – 2026-04-01 | 9.30 EUR × 10/31 days |  3.00
Line rental 2026-04-01 – 2026-05-01 | 9.30 EUR              |  9.30
Net                                 |                       | 12.30
VAT                                 | 19 % of 12.30 EUR     |  2.34
Total                               | EUR                   | 14.64
`);
    expect(story(rules, '2026-05-01', who)).toBe(`
Line rental 2026-06-01 – 2026-07-01 | 30.00 EUR         | 30.00
Net                                 |                   | 30.00
VAT                                 | 19 % of 30.00 EUR |  5.70
Total                               | EUR               | 35.70
`);
  });
});

describe('Changes in mid-cycle', () => {
  const plans = `
plan basic "Basic" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 9.30 EUR monthly in advance, prorated by day
  allowance 3.1 GB of data
  rate data charge 5.00 EUR per GB
  rate voice charge 0.10 EUR per min by 1 s
plan max "Max" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 31.00 EUR monthly in advance, prorated by day
  allowance 31 GB of data
  rate data charge 1.00 EUR per GB
  rate voice charge 0.02 EUR per min by 1 s
`;

  test('of the plan: what was paid ahead for the old plan comes back by day, both allowances are granted by their days', () => {
    const usage = [
      session('2026-05-10T10:00+02:00', 3 * GB),
      // A call of 20 minutes across the midnight between the plans: ten minutes by each.
      call('2026-05-20T23:50+02:00', 1200),
      session('2026-05-25T10:00+02:00', 12 * GB),
    ];
    const who = { plan: 'basic', planChanges: [{ from: '2026-05-21', plan: 'max' }] };
    // Basic has 20 days of May: 2 GB are included, 1 GB costs 5.00. Max has 11: 11 GB are included, 1 GB costs 1.00.
    // Back: 9.30 × 11/31 = 3.30; due: 31.00 × 11/31 = 11.00, and June.
    expect(story(plans, '2026-05-01', who, { usage })).toBe(`
Line rental 2026-05-21 – 2026-06-01 | −9.30 EUR × 11/31 days                           | -3.30
Line rental 2026-05-21 – 2026-06-01 | 31.00 EUR × 11/31 days                           | 11.00
Line rental 2026-06-01 – 2026-07-01 | 31.00 EUR                                        | 31.00
Included: 3.1 GB of data            | 2 GB in 1 event, covered by basic.allowance.data |  0.00
Included: 31 GB of data             | 11 GB in 1 event, covered by max.allowance.data  |  0.00
Data                                | 1 GB × 5.00 EUR per GB, 1 event                  |  5.00
Voice                               | 10 min × 0.10 EUR per min, 1 event               |  1.00
Data                                | 1 GB × 1.00 EUR per GB, 1 event                  |  1.00
Voice                               | 10 min × 0.02 EUR per min, 1 event               |  0.20
Net                                 |                                                  | 45.90
VAT                                 | 19 % of 45.90 EUR                                |  8.72
Total                               | EUR                                              | 54.62
`);
  });

  test('by a pause: its days are given back, and charged again from the day on which service is resumed', () => {
    const who = { plan: 'basic', pauses: [{ from: '2026-05-11', until: '2026-05-29' }] };
    // 21 days from 11 May on come back, 3 from 29 May on are due again; 3.1 GB × 13/31 are included.
    const usage = [session('2026-05-30T10:00+02:00', 1.3 * GB)];
    expect(story(plans, '2026-05-01', who, { usage })).toBe(`
Line rental 2026-05-11 – 2026-06-01 | −9.30 EUR × 21/31 days                             | -6.30
Line rental 2026-05-29 – 2026-06-01 | 9.30 EUR × 3/31 days                               |  0.90
Line rental 2026-06-01 – 2026-07-01 | 9.30 EUR                                           |  9.30
Included: 3.1 GB of data            | 1.3 GB in 1 event, covered by basic.allowance.data |  0.00
Net                                 |                                                    |  3.90
VAT                                 | 19 % of 3.90 EUR                                   |  0.74
Total                               | EUR                                                |  4.64
`);
  });

  test('by a cancellation: 10 of 31 days come back; what is not prorated stays', () => {
    const rules = `
plan flex "Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 12.40 EUR monthly in advance, prorated by day
  fee "Router" 4.00 EUR monthly in advance
  fee "Parking" 3.10 EUR monthly in arrears, prorated by day
`;
    // Without usage nothing else is due: the rest is credit for the next invoice, of which there is none to come.
    expect(story(rules, '2026-05-01', { cancelledOn: '2026-05-22' })).toBe(`
Line rental 2026-05-22 – 2026-06-01 | −12.40 EUR × 10/31 days                                           | -4.00
Parking 2026-05-01 – 2026-05-22     | 3.10 EUR × 21/31 days                                             |  2.10
Credit for the next invoice         | the invoice would be negative: 1.90 EUR are left for the next one |  1.90
Net                                 |                                                                   |  0.00
VAT                                 | 19 % of 0.00 EUR                                                  |  0.00
Total                               | EUR                                                               |  0.00
`);
  });

  test('of the cycle day: the bridging cycle of 14 days costs 14 of the 31 days up to the new day, and includes as much', () => {
    const account = { changes: [{ from: '2026-05-20', cycleDay: 15 }] };
    const usage = [session('2026-06-02T10:00+02:00', 2 * GB)];
    // June 1 to 15, of 15 May to 15 June: 3.1 GB × 14/31 = 1.4 GB. Ahead: the whole month from 15 June.
    expect(story(plans, '2026-06-01', { plan: 'basic' }, { account, usage })).toBe(`
Line rental 2026-06-15 – 2026-07-15 | 9.30 EUR                                           |  9.30
Included: 3.1 GB of data            | 1.4 GB in 1 event, covered by basic.allowance.data |  0.00
Data                                | 600 MB × 5.00 EUR per GB, 1 event                  |  3.00
Net                                 |                                                    | 12.30
VAT                                 | 19 % of 12.30 EUR                                  |  2.34
Total                               | EUR                                                | 14.64
`);
    const longer = { changes: [{ from: '2026-05-20', cycleDay: 15, bridge: 'longer' as const }] };
    // The bill before it charges the long one ahead: 14 days of one month, and all of the next.
    expect(story(plans, '2026-05-01', { plan: 'basic' }, { account: longer })).toBe(`
Line rental 2026-06-01 – 2026-06-15 | 9.30 EUR × 14/31 days |  4.20
Line rental 2026-06-15 – 2026-07-15 | 9.30 EUR              |  9.30
Net                                 |                       | 13.50
VAT                                 | 19 % of 13.50 EUR     |  2.57
Total                               | EUR                   | 16.07
`);
  });
});
