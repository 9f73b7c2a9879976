/** Stories of prepaid credit: what was topped up, what was used, and the invoice, worked out by hand. */
import { expect, test } from 'vitest';
import type { PrepaidCredit } from '../../engine/prepaid-credit.ts';
import { accountCycle, call } from '../engine/fixture.ts';
import { bill, invoice } from './story.ts';

const rules = (terms: string, more = '') => `
plan flex "Prepaid" in EUR, round half up per line, split at boundaries
  from 2026-01-01
  usage paid from credit${terms}
${more}
  rate voice charge 0.10 EUR per min by 1 min
tax standard otherwise 20% category S
`;

const at = (text: string) => Date.parse(text);
const topUp = (id: string, amount: string, more: Partial<PrepaidCredit> = {}): PrepaidCredit => ({
  id,
  kind: 'paid',
  amount,
  validFrom: at('2026-04-20T12:00+02:00'),
  ...more,
});

const minutes = (day: string, count: number) => call(`2026-05-${day}T10:00:00+02:00`, count * 60);

const story = (terms: string, prepaid: readonly PrepaidCredit[], usage = callsOfMay, more = '') =>
  invoice(bill(rules(terms, more), accountCycle({ prepaid, usage })));

const callsOfMay = [minutes('05', 30), minutes('06', 20), minutes('07', 1)];

test('Prepaid credit: what is used is paid as it is used, tax included, and the rest stays for the next month', () => {
  // 51 × 0.10 = 5.10, and 20 % of it: 6.12 of 10.00.
  expect(story('', [topUp('A', '10.00')])).toBe(`
Voice          | 51 min × 0.10 EUR per min, 3 events | 5.10
Net            |                                     | 5.10
VAT            | 20 % of 5.10 EUR                    | 1.02
Total          | EUR                                 | 6.12
Paid by credit | 6.12 of A                           | 6.12
To pay         |                                     | 0.00
Credit left    | A                                   | 3.88
`);
});

test('Last event cut (the default): the call in which 5.00 EUR end is charged as far as they go, and later ones cost nothing', () => {
  // 3.60 for the first call; 1.40 are left of the 2.40 for the second. 5.00 with tax are 4.1666… before it.
  expect(story('', [topUp('A', '5.00')])).toBe(`
Voice              | 51 min × 0.10 EUR per min, 3 events, as far as credit goes                                        | 4.17
Net                |                                                                                                   | 4.17
VAT                | 20 % of 4.17 EUR                                                                                  | 0.83
Total              | EUR                                                                                               | 5.00
Paid by credit     | 5.00 of A                                                                                         | 5.00
To pay             |                                                                                                   | 0.00
! credit-exhausted | 2 events from 2026-05-06 10:00:00 on went beyond the credit: 0.93 EUR before tax are not charged. |     
`);
  expect(story(', last event cut', [topUp('A', '5.00')])).toBe(story('', [topUp('A', '5.00')]));
});

test('Last event whole: the call in which credit ends is charged whole and the rest of it is to pay; none begins without credit', () => {
  expect(story(', last event whole', [topUp('A', '5.00')])).toBe(`
Voice              | 51 min × 0.10 EUR per min, 3 events, as far as credit goes                                       | 5.00
Net                |                                                                                                  | 5.00
VAT                | 20 % of 5.00 EUR                                                                                 | 1.00
Total              | EUR                                                                                              | 6.00
Paid by credit     | 5.00 of A                                                                                        | 5.00
To pay             |                                                                                                  | 1.00
! credit-exhausted | 1 event from 2026-05-07 10:00:00 on went beyond the credit: 0.10 EUR before tax are not charged. |     
`);
});

test('Last event refused: a call that credit does not cover whole is not charged; a shorter one after it is', () => {
  // 3.60 of the first call and 0.12 of the third; the second would be 2.40.
  expect(story(', last event refused', [topUp('A', '5.00')])).toBe(`
Voice              | 51 min × 0.10 EUR per min, 3 events, as far as credit goes                                       | 3.10
Net                |                                                                                                  | 3.10
VAT                | 20 % of 3.10 EUR                                                                                 | 0.62
Total              | EUR                                                                                              | 3.72
Paid by credit     | 3.72 of A                                                                                        | 3.72
To pay             |                                                                                                  | 0.00
Credit left        | A                                                                                                | 1.28
! credit-exhausted | 1 event from 2026-05-06 10:00:00 on went beyond the credit: 2.00 EUR before tax are not charged. |     
`);
});

test('Rest billed: usage goes on, and the invoice asks for what credit does not cover', () => {
  expect(story(', rest billed', [topUp('A', '5.00')])).toBe(`
Voice          | 51 min × 0.10 EUR per min, 3 events | 5.10
Net            |                                     | 5.10
VAT            | 20 % of 5.10 EUR                    | 1.02
Total          | EUR                                 | 6.12
Paid by credit | 5.00 of A                           | 5.00
To pay         |                                     | 1.12
`);
});

test('Bonus credit lowers the price, so that no tax is due on it; what expires first is used first', () => {
  const gift = topUp('gift', '2.40', { kind: 'bonus', expiresAt: at('2026-05-06T00:00+02:00') });
  // Of the first call, 3.60, the gift pays 2.40: 2.00 before tax. A pays 1.20 + 2.40 + 0.12.
  expect(story('', [topUp('A', '10.00'), gift])).toBe(`
Voice          | 51 min × 0.10 EUR per min, 3 events |  5.10
Bonus credit   | voice paid by credit that was given | -2.00
Net            |                                     |  3.10
VAT            | 20 % of 3.10 EUR                    |  0.62
Total          | EUR                                 |  3.72
Paid by credit | 3.72 of A, 2.40 of gift             |  3.72
To pay         |                                     |  0.00
Credit left    | A                                   |  6.28
`);
});

test('Paid first: the gift waits until the 3.00 EUR of the top-up are used, and what is left of it expires', () => {
  const gift = topUp('gift', '2.40', { kind: 'bonus', expiresAt: at('2026-05-06T00:00+02:00') });
  // First call: 3.00 of A, 0.60 (0.50 before tax) of the gift. On the 6th there is nothing left.
  expect(story(', paid first', [topUp('A', '3.00'), gift])).toBe(`
Voice              | 51 min × 0.10 EUR per min, 3 events, as far as credit goes                                        |  3.00
Bonus credit       | voice paid by credit that was given                                                               | -0.50
Net                |                                                                                                   |  2.50
VAT                | 20 % of 2.50 EUR                                                                                  |  0.50
Total              | EUR                                                                                               |  3.00
Paid by credit     | 3.00 of A, 0.60 of gift                                                                           |  3.00
To pay             |                                                                                                   |  0.00
Credit expired     |                                                                                                   |  1.80
! credit-exhausted | 2 events from 2026-05-06 10:00:00 on went beyond the credit: 2.10 EUR before tax are not charged. |      
`);
});

test('Top-up in the middle of the month: it pays calls from then on, and what usage leaves pays the fee of the bill', () => {
  const later = topUp('B', '10.00', { validFrom: at('2026-05-06T10:00+02:00') });
  const fee = '  fee "SIM card" 2.00 EUR monthly in arrears';
  // First call: 1.20 of A, the other 2.40 are not charged. Then 2.40 + 0.12 of B, and 2.40 for the fee.
  expect(story('', [topUp('A', '1.20'), later], callsOfMay, fee)).toBe(`
SIM card 2026-05-01 – 2026-06-01 | 2.00 EUR                                                                                         | 2.00
Voice                            | 51 min × 0.10 EUR per min, 3 events, as far as credit goes                                       | 3.10
Net                              |                                                                                                  | 5.10
VAT                              | 20 % of 5.10 EUR                                                                                 | 1.02
Total                            | EUR                                                                                              | 6.12
Paid by credit                   | 1.20 of A, 4.92 of B                                                                             | 6.12
To pay                           |                                                                                                  | 0.00
Credit left                      | B                                                                                                | 5.08
! credit-exhausted               | 1 event from 2026-05-05 10:00:00 on went beyond the credit: 2.00 EUR before tax are not charged. |     
`);
});

test('A record that comes twice, or a bill that is made again, never draws credit twice', () => {
  const cycle = accountCycle({ prepaid: [topUp('A', '10.00')], usage: callsOfMay });
  const once = bill(rules(''), cycle).bill.prepaid;
  expect(once?.paid).toBe('6.12');
  expect(bill(rules(''), cycle).bill.prepaid).toEqual(once);
  const twice = { ...cycle, usage: [...callsOfMay, ...callsOfMay] };
  expect(bill(rules(''), twice).bill.prepaid).toEqual(once);
  expect(bill(rules(''), twice).exceptions.map(({ code }) => code)).toContain('duplicate-charge');
});
