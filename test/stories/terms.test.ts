/** Stories of what is agreed beyond a price list: families, single customers, kinds of days, shares of a value. */
import { expect, test } from 'vitest';
import { accountCycle, call, GB, session, subscription, usage } from '../engine/fixture.ts';
import { bill, destinationTable, invoice } from './story.ts';

const tax = 'tax standard otherwise 19% category S\n';

test('A contract: one customer calls the EU for less, and what is lacking of the committed sum is due at the end of its period', () => {
  const rules = `
${destinationTable}
plan flex "Business" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 15.00 EUR monthly in advance
  rate voice, first that fits
    when destination is eu  charge 0.07 EUR per min by 1 s
    otherwise               charge 0.04 EUR per min by 1 s
contract acme "Frame agreement" for customer "C-ACME" on plan flex
  from 2026-03-01 for 24 months
  fee "Line rental" 11.00 EUR monthly in advance
  rate voice
    when destination is eu  charge 0.031 EUR per min by 1 s
  commitment 100.00 EUR per 3 months, shortfall charged
${tax}`;
  const calls = [
    call('2026-05-05T10:00+02:00', 100 * 60, { calledNumber: '+4315550100' }),
    call('2026-05-06T10:00+02:00', 50 * 60),
  ];
  const counted = (from: string, until: string, charged: string) => ({
    commitment: 'acme.commitment.charges',
    from,
    until,
    charged,
  });
  const committed = [counted('2026-03-01', '2026-04-01', '30.00'), counted('2026-04-01', '2026-05-01', '25.00')];
  // 11.00 + 100 × 0.031 + 50 × 0.04 = 16.10; 100.00 − 30.00 − 25.00 − 16.10 are lacking.
  expect(invoice(bill(rules, accountCycle({ customer: { id: 'C-ACME' }, usage: calls, committed })))).toBe(`
Line rental 2026-06-01 – 2026-07-01 | 11.00 EUR                            | 11.00
Voice                               | 50 min × 0.04 EUR per min, 1 event   |  2.00
Voice: destination is eu            | 100 min × 0.031 EUR per min, 1 event |  3.10
Shortfall against commitment        | 100.00 EUR − 71.10 EUR charged       | 28.90
Net                                 |                                      | 45.00
VAT                                 | 19 % of 45.00 EUR                    |  8.55
Total                               | EUR                                  | 53.55
`);
  // Whoever gives up the lines owes at the end of the period what is lacking all the same.
  const gone = accountCycle({
    customer: { id: 'C-ACME' },
    subscriptions: [subscription({ cancelledOn: '2026-05-01' })],
    committed,
  });
  expect(invoice(bill(rules, gone))).toBe(`
Shortfall against commitment | 100.00 EUR − 55.00 EUR charged | 45.00
Net                          |                                | 45.00
VAT                          | 19 % of 45.00 EUR              |  8.55
Total                        | EUR                            | 53.55
`);
  // Another customer on the same plan pays the price list.
  expect(invoice(bill(rules, accountCycle({ usage: calls })))).toBe(`
Line rental 2026-06-01 – 2026-07-01 | 15.00 EUR                           | 15.00
Voice: destination is eu            | 100 min × 0.07 EUR per min, 1 event |  7.00
Voice                               | 50 min × 0.04 EUR per min, 1 event  |  2.00
Net                                 |                                     | 24.00
VAT                                 | 19 % of 24.00 EUR                   |  4.56
Total                               | EUR                                 | 28.56
`);
});

test('Who closes the account before the committed period is over owes what is lacking with the last bill, once', () => {
  const rules = `
plan flex "Business" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 15.00 EUR monthly in arrears
contract acme "Frame agreement" for customer "C-ACME" on plan flex
  from 2026-03-01 for 24 months
  commitment 100.00 EUR per 12 months, shortfall charged
${tax}`;
  const leaving = (on: string) =>
    accountCycle({
      on,
      customer: { id: 'C-ACME' },
      account: { closedOn: '2026-05-20' },
      subscriptions: [subscription({ cancelledOn: '2026-05-20' })],
      committed: [{ commitment: 'acme.commitment.charges', from: '2026-03-01', until: '2026-04-01', charged: '40.00' }],
    });
  expect(invoice(bill(rules, leaving('2026-05-01')))).toBe(`
Line rental 2026-05-01 – 2026-05-20 | 15.00 EUR                      | 15.00
Shortfall against commitment        | 100.00 EUR − 55.00 EUR charged | 45.00
Net                                 |                                | 60.00
VAT                                 | 19 % of 60.00 EUR              | 11.40
Total                               | EUR                            | 71.40
`);
  const shortfalls = (on: string) =>
    bill(rules, leaving(on)).bill.lines.filter(({ kind }) => kind === 'commitment shortfall');
  expect(['2026-04-01', '2026-06-01', '2027-02-01'].flatMap(shortfalls)).toEqual([]);
});

test('A family shares 30 GB, no member more than 20: what May leaves goes first in June', () => {
  const rules = `
plan flex "Family" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  allowance 30 GB of data shared by group, at most 20 GB per member, rolls over 1 cycle
  rate data charge 1.20 EUR per GB
${tax}`;
  const subscriptions = [1, 2].map((member) => subscription({ id: `S-${member}`, msisdn: `+4917000000${member}` }));
  const used = (on: string, member: number, gigabytes: number) =>
    session(`${on}T10:00+02:00`, gigabytes * GB, { msisdn: `+4917000000${member}` });
  // The first member uses one gigabyte more than its 20; 5 GB are left over.
  const may = bill(
    rules,
    accountCycle({ subscriptions, usage: [used('2026-05-04', 1, 21), used('2026-05-05', 2, 5)] }),
  );
  expect(invoice(may)).toBe(`
Included: 30 GB of data shared by group | 20 GB in 1 event, covered by flex.allowance.data | 0.00
Data                                    | 1 GB × 1.20 EUR per GB, 1 event                  | 1.20
Included: 30 GB of data shared by group | 5 GB in 1 event, covered by flex.allowance.data  | 0.00
Net                                     |                                                  | 1.20
VAT                                     | 19 % of 1.20 EUR                                 | 0.23
Total                                   | EUR                                              | 1.43
`);
  // The 5 GB of May are used first, then 28 of the 30 of June, so that 2 are kept for July.
  const june = bill(
    rules,
    accountCycle({
      on: '2026-06-01',
      subscriptions,
      balances: may.balances,
      usage: [used('2026-06-04', 1, 20), used('2026-06-05', 2, 13)],
    }),
  );
  expect(invoice(june)).toBe(`
Included: 30 GB of data shared by group | 20 GB in 1 event, covered by flex.allowance.data | 0.00
Included: 30 GB of data shared by group | 13 GB in 1 event, covered by flex.allowance.data | 0.00
Net                                     |                                                  | 0.00
VAT                                     | 19 % of 0.00 EUR                                 | 0.00
Total                                   | EUR                                              | 0.00
`);
  expect(june.balances.map(({ remaining, grantedOn, expiresOn }) => [remaining / GB, grantedOn, expiresOn])).toEqual([
    [2, '2026-06-01', '2026-08-01'],
  ]);
});

test('Kinds of days: calls into a holiday and out of a weekend are cut at midnight, each part by the price of its day', () => {
  const rules = `
calendar quiet in customer time
  weekends, holidays of DE
calendar evening in customer time
  weekdays 20:00 to 24:00
plan flex "Talk" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate voice, first that fits
    when time is quiet    charge 0.03 EUR per min by 1 s
    when time is evening  charge 0.06 EUR per min by 1 s
    otherwise             charge 0.12 EUR per min by 1 s
${tax}`;
  const calls = [
    // Wednesday evening until Ascension Day: 10 min of evening, 20 of a holiday.
    call('2026-05-13T23:50:00+02:00', 30 * 60),
    // Sunday night until Monday: 15 min of weekend, 5 of a weekday.
    call('2026-05-17T23:45:00+02:00', 20 * 60),
    // Friday evening across eight, 10 and 10 min.
    call('2026-05-22T19:50:00+02:00', 20 * 60),
  ];
  expect(invoice(bill(rules, accountCycle({ usage: calls })))).toBe(`
Voice: time is quiet   | 35 min × 0.03 EUR per min, 2 events | 1.05
Voice: time is evening | 20 min × 0.06 EUR per min, 2 events | 1.20
Voice                  | 15 min × 0.12 EUR per min, 2 events | 1.80
Net                    |                                     | 4.05
VAT                    | 19 % of 4.05 EUR                    | 0.77
Total                  | EUR                                 | 4.82
`);
});

test('A share of the value, at least 0.35 EUR and at most 5.00 EUR of each purchase', () => {
  const rules = `
declare service purchases in value "Bought on the phone bill."
plan flex "Shop" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate purchases charge 3% of event.value, at least 0.35 EUR per event, at most 5.00 EUR per event
${tax}`;
  const purchase = (day: string, amount: string) =>
    usage(`2026-05-${day}T10:00+02:00`, { service: 'purchases', value: { amount, currency: 'EUR' } });
  // 3 % of 5.00 are 0.15, of 100.00 are 3.00, of 400.00 are 12.00.
  const purchases = [purchase('05', '5.00'), purchase('06', '100.00'), purchase('07', '400.00')];
  expect(invoice(bill(rules, accountCycle({ usage: purchases })))).toBe(`
Purchases | 3 % of 505.00 EUR, at least 0.35 EUR per event, at most 5.00 EUR per event, 3 events | 8.35
Net       |                                                                                      | 8.35
VAT       | 19 % of 8.35 EUR                                                                     | 1.59
Total     | EUR                                                                                  | 9.94
`);
});
