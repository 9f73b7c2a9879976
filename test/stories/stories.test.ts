/** Stories of a billing manager, worked out by hand. The rules, what the customer did, and the invoice to the last cent. */
import { expect, test } from 'vitest';
import { accountCycle, call, GB, session, subscription, text } from '../engine/fixture.ts';
import { bill, destinationTable, invoice, roamingTable } from './story.ts';

test('Flat per unit: a call, a message and a megabyte have one price each', () => {
  const rules = `
plan flex "Pay as you go" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate voice charge 0.05 EUR per min by 1 s
  rate sms charge 0.09 EUR per message
  rate data charge 0.005 EUR per MB
tax standard otherwise 19% category S
`;
  const usage = [
    call('2026-05-04T10:00+02:00', 61),
    call('2026-05-09T23:59:30+02:00', 62),
    text('2026-05-04T10:00+02:00', { messages: 3 }),
    session('2026-05-20T08:00+02:00', 123_456_789),
  ];
  // 123 s × 0.05/60 = 0.1025; 123.456789 MB × 0.005 = 0.617283945; 19 % of 0.99 = 0.1881
  expect(invoice(bill(rules, accountCycle({ usage })))).toBe(`
Voice | 2.05 min × 0.05 EUR per min, 2 events      | 0.10
Sms   | 3 messages × 0.09 EUR per message, 1 event | 0.27
Data  | 123.456789 MB × 0.005 EUR per MB, 1 event  | 0.62
Net   |                                            | 0.99
VAT   | 19 % of 0.99 EUR                           | 0.19
Total | EUR                                        | 1.18
`);
});

test('Graduated with allowance and rollover: what May left is used first in June, and tiers count only what is paid', () => {
  const rules = `
plan flex "Data" in EUR, round half up per line, split at boundaries
  from 2026-01-01
  allowance 10 GB of data, rolls over 1 cycle
  rate data graduated per cycle
    first 5 GB   2.00 EUR per GB
    next 10 GB   1.00 EUR per GB
    beyond       0.333 EUR per GB
tax standard otherwise 19% category S
`;
  const may = bill(rules, accountCycle({ usage: [session('2026-05-20T08:00+02:00', 4 * GB)] }));
  expect(invoice(may)).toBe(`
Included: 10 GB of data | 4 GB in 1 event, covered by flex.allowance.data | 0.00
Net                     |                                                 | 0.00
VAT                     | 19 % of 0.00 EUR                                | 0.00
Total                   | EUR                                             | 0.00
`);
  expect(may.balances).toEqual([
    {
      subscriptionId: 'S-1',
      allowance: 'flex.allowance.data',
      service: 'data',
      remaining: 6 * GB,
      grantedOn: '2026-05-01',
      expiresOn: '2026-07-01',
    },
  ]);

  const usage = [session('2026-06-02T08:00+02:00', 7 * GB), session('2026-06-28T23:00+02:00', 29.5 * GB)];
  const june = bill(rules, accountCycle({ on: '2026-06-01', usage, balances: may.balances }));
  // 36.5 GB, of which 6 GB of May and 10 GB of June are included; 20.5 GB are left: 5, 10 and 5.5.
  expect(invoice(june)).toBe(`
Included: 10 GB of data | 16 GB in 2 events, covered by flex.allowance.data |  0.00
Data, tier 1            | 5 GB × 2.00 EUR per GB, 1 event                   | 10.00
Data, tier 2            | 10 GB × 1.00 EUR per GB, 1 event                  | 10.00
Data, tier 3            | 5.5 GB × 0.333 EUR per GB, 1 event                |  1.83
Net                     |                                                   | 21.83
VAT                     | 19 % of 21.83 EUR                                 |  4.15
Total                   | EUR                                               | 25.98
`);
  expect(june.balances).toEqual([]);
});

test('Package while roaming: every started block counts, session by session', () => {
  const rules = `
${roamingTable}
plan flex "Traveller" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in arrears, prorated by day
  allowance 1 GB of data
    when roaming_zone is home or zone_1
  rate data
    when roaming_zone is zone_2  charge 3.00 EUR per started 100 MB
    when roaming_zone is zone_1  charge 0.50 EUR per started 50 MB
    otherwise                    charge 1.00 EUR per GB
tax standard otherwise 19% category S
`;
  const usage = [
    session('2026-05-03T09:00+02:00', 0.3 * GB),
    session('2026-05-04T09:00+02:00', 0.76 * GB, { visitedNetwork: '20801' }),
    session('2026-05-10T09:00+02:00', 100_000_000, { visitedNetwork: '310260' }),
    session('2026-05-11T09:00+02:00', 100_000_001, { visitedNetwork: '310260' }),
    session('2026-05-12T09:00+02:00', 1, { visitedNetwork: '310260' }),
    session('2026-05-30T09:00+02:00', 0.5 * GB),
  ];
  expect(invoice(bill(rules, accountCycle({ usage })))).toBe(`
Line rental 2026-05-01 – 2026-06-01 | 10.00 EUR                                              | 10.00
Included: 1 GB of data              | 1 GB in 2 events, covered by flex.allowance.data       |  0.00
Data: roaming_zone is zone_2        | 3.00 EUR per 100 MB started, 200.000002 MB in 3 events | 12.00
Data: roaming_zone is zone_1        | 0.50 EUR per 50 MB started, 60 MB in 1 event           |  1.00
Data                                | 500 MB × 1.00 EUR per GB, 1 event                      |  0.50
Net                                 |                                                        | 23.50
VAT                                 | 19 % of 23.50 EUR                                      |  4.47
Total                               | EUR                                                    | 27.97
`);
});

test('Off-peak split: a call across eight in the evening is cut there, and a started increment is never paid twice', () => {
  const rules = `
${destinationTable}
calendar offpeak in customer time
  weekdays 20:00 to 08:00, weekends
plan flex "Talk" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate voice, first that fits
    when destination is premium  charge 1.20 EUR per min by 1 min, plus 0.15 EUR per call
    when time is offpeak         charge 0.06 EUR per min by 30 s then 6 s
    otherwise                    charge 0.12 EUR per min by 1 min, plus 0.10 EUR per call
tax standard otherwise 19% category S
`;
  const usage = [
    call('2026-05-05T19:58:30+02:00', 200),
    call('2026-05-05T20:10:00+02:00', 31),
    call('2026-05-06T07:59:50+02:00', 25),
    call('2026-05-09T12:00:00+02:00', 10, { calledNumber: '+499001234567' }),
  ];
  // The first call begins two minutes by day, which reach to 20:00:30; from there 80 s of evening, billed as 84.
  // The third is paid by the first 30 s of night when the day begins; it ends within them.
  expect(invoice(bill(rules, accountCycle({ usage })))).toBe(`
Voice: destination is premium | 1 min × 1.20 EUR per min, plus 0.15 EUR per event, 1 event | 1.35
Voice: time is offpeak        | 2.5 min × 0.06 EUR per min, 3 events                       | 0.15
Voice                         | 2 min × 0.12 EUR per min, plus 0.10 EUR per event, 1 event | 0.34
Net                           |                                                            | 1.84
VAT                           | 19 % of 1.84 EUR                                           | 0.35
Total                         | EUR                                                        | 2.19
`);
});

test('Mid-cycle activation: half price for three cycles and reverse charge for a business abroad', () => {
  const rules = `
declare list eu is AT or DE or FR
plan flex "Business" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 25.00 EUR monthly in advance, prorated by day
  rate voice charge 0.05 EUR per min by 1 s
discount welcome "Half price at the start"
  for plan flex, accepted between 2026-02-01 and 2026-07-01
  take 50% off fee "Line rental" for 3 cycles from acceptance
tax reverse_charge
  when customer.category is business and customer.tax_country is not DE and customer.tax_country is in eu
  unless customer.vat_id is missing
  0% category AE, note "Reverse charge"
tax standard otherwise 19% category S
`;
  const customer = { category: 'business', taxCountry: 'FR', vatId: 'FR40303265045' } as const;
  const subscriptions = [subscription({ acceptedOn: '2026-05-10', activatedOn: '2026-05-13' })];
  const month = (on: string) => invoice(bill(rules, accountCycle({ on, customer, subscriptions })));
  expect(month('2026-05-01')).toBe(`
Line rental 2026-05-13 – 2026-06-01 | 25.00 EUR × 19/31 days |  15.32
Line rental 2026-06-01 – 2026-07-01 | 25.00 EUR              |  25.00
Half price at the start             | 50 % off 40.32 EUR     | -20.16
Net                                 |                        |  20.16
Reverse charge                      | 0 % of 20.16 EUR       |   0.00
Total                               | EUR                    |  20.16
`);
  expect(month('2026-07-01')).toBe(`
Line rental 2026-08-01 – 2026-09-01 | 25.00 EUR          |  25.00
Half price at the start             | 50 % off 25.00 EUR | -12.50
Net                                 |                    |  12.50
Reverse charge                      | 0 % of 12.50 EUR   |   0.00
Total                               | EUR                |  12.50
`);
  expect(month('2026-08-01')).toBe(`
Line rental 2026-09-01 – 2026-10-01 | 25.00 EUR        | 25.00
Net                                 |                  | 25.00
Reverse charge                      | 0 % of 25.00 EUR |  0.00
Total                               | EUR              | 25.00
`);
});
