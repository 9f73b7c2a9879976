/** Stories of the price models: the rules, what was used, and the invoice, worked out by hand. */
import { expect, test } from 'vitest';
import { accountCycle, call, GB, session, subscription, text, usage } from '../engine/fixture.ts';
import { bill, invoice } from './story.ts';

const plan = (rates: string, more = '') => `
${more}
plan flex "Mobile" in EUR, round half even per line, split at boundaries
  from 2026-01-01
${rates}
tax standard otherwise 0% category Z
`;

const purchase = (start: string, amount: string) =>
  usage(start, { service: 'purchases', value: { amount, currency: 'EUR' }, calledNumber: '', callingNumber: '' });
const shop = 'declare service purchases in value "Bought on the phone bill."';

test('Volume: everything costs what the whole month reaches, so that 55 GB cost less than 40', () => {
  const rules = plan(`
  rate data volume per cycle
    first 40 GB  1.20 EUR per GB
    next 100 GB  0.80 EUR per GB
    beyond       0.50 EUR per GB`);
  const used = (...sizes: readonly number[]) =>
    accountCycle({ usage: sizes.map((size, day) => session(`2026-05-0${day + 1}T08:00+02:00`, size * GB)) });
  // 55 × 0.80; the bound itself belongs to the tier below: 40 × 1.20.
  expect(invoice(bill(rules, used(30, 25)))).toBe(`
Data  | 55 GB × 0.80 EUR per GB, 2 events; for all of it the price of tier 2 | 44.00
Net   |                                                                      | 44.00
VAT   | 0 % of 44.00 EUR                                                     |  0.00
Total | EUR                                                                  | 44.00
`);
  expect(bill(rules, used(40)).bill.net).toBe('48.00');
  const { trace } = bill(rules, used(30, 25));
  expect(trace.map(({ quantity, tier, exact }) => [quantity, tier, exact])).toEqual([
    [30 * GB, 2, '24'],
    [25 * GB, 2, '20'],
  ]);
});

test('Per event: a call costs a quarter however long it is; the first two are free', () => {
  const rules = plan(`
  rate voice graduated per cycle
    first 2 calls  0.00 EUR per call
    beyond         0.25 EUR per call
  rate sms charge 0.10 EUR per event
  rate data charge 0.50 EUR per session`);
  const cycle = accountCycle({
    usage: [
      ...[10, 3000, 5, 61].map((seconds, hour) => call(`2026-05-05T1${hour}:00:00+02:00`, seconds)),
      text('2026-05-05T09:00+02:00', { messages: 3 }),
      session('2026-05-06T09:00+02:00', 123_456),
    ],
  });
  expect(invoice(bill(rules, cycle))).toBe(`
Voice, tier 1 | 0.00 EUR per event, 50:10 min in 2 events | 0.00
Voice, tier 2 | 0.25 EUR per event, 1.1 min in 2 events   | 0.50
Sms           | 0.10 EUR per event, 3 messages in 1 event | 0.10
Data          | 0.50 EUR per event, 123.456 KB in 1 event | 0.50
Net           |                                           | 1.10
VAT           | 0 % of 1.10 EUR                           | 0.00
Total         | EUR                                       | 1.10
`);
});

test('Percentage plus fixed, with a most: a purchase costs 2.5 % and 30 cents, and never more than 1.50 EUR', () => {
  const rules = plan(
    '  rate purchases charge 2.5% of event.value, plus 0.30 EUR per event, at most 1.50 EUR per event',
    shop,
  );
  const cycle = accountCycle({
    usage: [
      purchase('2026-05-05T10:00+02:00', '20.00'),
      purchase('2026-05-06T10:00+02:00', '99.99'),
      purchase('2026-05-07T10:00+02:00', '0.01'),
    ],
  });
  // 0.50 + 0.30; 2.49975 + 0.30 is too much; 0.00025 + 0.30: together 2.60025.
  expect(invoice(bill(rules, cycle))).toBe(`
Purchases | 2.5 % of 120.00 EUR, plus 0.30 EUR per event, at most 1.50 EUR per event, 3 events | 2.60
Net       |                                                                                    | 2.60
VAT       | 0 % of 2.60 EUR                                                                    | 0.00
Total     | EUR                                                                                | 2.60
`);
  expect(bill(rules, cycle).trace.map(({ part = 'price', exact }) => [part, exact])).toEqual([
    ['price', '4/5'],
    ['price', '11199/4000'],
    ['maximum', '-5199/4000'],
    ['price', '1201/4000'],
  ]);
});

test('Graduated percentage: the more is bought, the smaller the share; the first ten euros are free', () => {
  const rules = plan(
    `
  rate purchases graduated per cycle
    first 10.00 EUR  0% of event.value
    next 90.00 EUR   5% of event.value
    beyond           1% of event.value`,
    shop,
  );
  const cycle = accountCycle({
    usage: [purchase('2026-05-05T10:00+02:00', '80.00'), purchase('2026-05-06T10:00+02:00', '70.50')],
  });
  // 10 free, 90 × 5 %, 50.50 × 1 %.
  expect(invoice(bill(rules, cycle))).toBe(`
Purchases, tier 1 | 0 % of 10.00 EUR, 1 event  | 0.00
Purchases, tier 2 | 5 % of 90.00 EUR, 2 events | 4.50
Purchases, tier 3 | 1 % of 50.50 EUR, 1 event  | 0.50
Net               |                            | 5.00
VAT               | 0 % of 5.00 EUR            | 0.00
Total             | EUR                        | 5.00
`);
});

test('Least and most: each call is bounded once and rounded up to the cent, also one that is cut', () => {
  const rules = plan(
    `
  rate voice
    when time is offpeak  charge 0.02 EUR per min by 1 s, at least 0.10 EUR per call
    otherwise             charge 0.05 EUR per min by 1 s, at least 0.10 EUR per call, at most 2.00 EUR per call,
      rounded up to 2 decimals per call`,
    'calendar offpeak in customer time\n  weekdays 20:00 to 08:00, weekends',
  );
  const cycle = accountCycle({
    usage: [
      // 0.025, raised to 0.10; 0.10583…, rounded to 0.11; 3.00, lowered to 2.00.
      call('2026-05-05T10:00:00+02:00', 30),
      call('2026-05-05T11:00:00+02:00', 127),
      call('2026-05-05T12:00:00+02:00', 3600),
      // 30 s by day 0.025, 30 s of evening 0.01: raised by 0.065 to 0.10 once, where it began.
      call('2026-05-05T19:59:30+02:00', 60),
    ],
  });
  expect(invoice(bill(rules, cycle))).toBe(`
Voice: time is offpeak | 30 s × 0.02 EUR per min, at least 0.10 EUR per event, 1 event                                                                       | 0.01
Voice                  | 63:07 min × 0.05 EUR per min, at least 0.10 EUR per event, at most 2.00 EUR per event, rounded up to 2 decimals per event, 4 events | 2.30
Net                    |                                                                                                                                     | 2.31
VAT                    | 0 % of 2.31 EUR                                                                                                                     | 0.00
Total                  | EUR                                                                                                                                 | 2.31
`);
});

test('A flat fee per tier: due once in the month when use comes there, beside the price or instead of it', () => {
  const rules = plan(`
  rate data graduated per cycle
    first 5 GB  5.00 EUR per cycle
    next 20 GB  0.80 EUR per GB
    beyond      0.50 EUR per GB, plus 3.00 EUR per cycle
  rate sms volume per cycle
    first 50 messages  2.00 EUR per cycle
    beyond             0.04 EUR per message`);
  const cycle = accountCycle({
    usage: [
      session('2026-05-05T10:00+02:00', 3 * GB),
      session('2026-05-06T10:00+02:00', 24 * GB),
      session('2026-05-07T10:00+02:00', 3 * GB),
      text('2026-05-08T10:00+02:00', { messages: 20 }),
      text('2026-05-09T10:00+02:00', { messages: 10 }),
    ],
  });
  // 5 GB for 5.00; 20 × 0.80; 5 × 0.50 and 3.00.
  expect(invoice(bill(rules, cycle))).toBe(`
Data, tier 1 | 5 GB in 2 events, 5.00 EUR per cycle                      |  5.00
Data, tier 2 | 20 GB × 0.80 EUR per GB, 1 event                          | 16.00
Data, tier 3 | 5 GB × 0.50 EUR per GB, plus 3.00 EUR per cycle, 2 events |  5.50
Sms          | 30 messages in 2 events, 2.00 EUR per cycle               |  2.00
Net          |                                                           | 28.50
VAT          | 0 % of 28.50 EUR                                          |  0.00
Total        | EUR                                                       | 28.50
`);
});

test('Tiers count what no allowance covers: 52.00 EUR; counting all usage the same month costs 48.00 EUR', () => {
  const rules = (counting: string) =>
    plan(`
  allowance 10 GB of data
  rate data graduated per cycle${counting}
    first 40 GB  1.20 EUR per GB
    beyond       0.80 EUR per GB`);
  const cycle = accountCycle({ usage: [session('2026-05-05T10:00+02:00', 55 * GB)] });
  // 40 × 1.20 + 5 × 0.80; of all 55 GB the first 10 are included: 30 × 1.20 + 15 × 0.80.
  expect(bill(rules(''), cycle).bill.net).toBe('52.00');
  expect(bill(rules(', counting all usage'), cycle).bill.net).toBe('48.00');
});

test('Per account: the lines climb the tiers together, in the order of their use', () => {
  const rules = plan(`
  rate data graduated per cycle, per account
    first 10 GB  2.00 EUR per GB
    beyond       1.00 EUR per GB
  rate voice volume per cycle by 1 min, per account
    first 60 min  0.10 EUR per min
    beyond        0.05 EUR per min`);
  const second = '+491709999999';
  const cycle = accountCycle({
    subscriptions: [subscription(), subscription({ id: 'S-2', msisdn: second })],
    usage: [
      session('2026-05-05T10:00+02:00', 8 * GB),
      session('2026-05-06T10:00+02:00', 8 * GB, { msisdn: second }),
      call('2026-05-05T10:00+02:00', 40 * 60),
      call('2026-05-06T10:00+02:00', 20 * 60 + 1, { msisdn: second }),
    ],
  });
  // Of 61 started minutes each costs 0.05; by itself neither line would have come that far.
  expect(invoice(bill(rules, cycle))).toBe(`
Data, tier 1 | 8 GB × 2.00 EUR per GB, 1 event                                       | 16.00
Voice        | 40 min × 0.05 EUR per min, 1 event; for all of it the price of tier 2 |  2.00
Data, tier 1 | 2 GB × 2.00 EUR per GB, 1 event                                       |  4.00
Data, tier 2 | 6 GB × 1.00 EUR per GB, 1 event                                       |  6.00
Voice        | 21 min × 0.05 EUR per min, 1 event; for all of it the price of tier 2 |  1.05
Net          |                                                                       | 29.05
VAT          | 0 % of 29.05 EUR                                                      |  0.00
Total        | EUR                                                                   | 29.05
`);
});

test('A set-up fee is due of a call that is included, unless it says `if charged`', () => {
  const rules = (ifCharged: string) =>
    plan(`
  allowance 5 min of voice
  rate voice charge 0.10 EUR per min by 1 min, plus 0.15 EUR per call${ifCharged}`);
  const cycle = accountCycle({
    usage: [call('2026-05-05T10:00+02:00', 180), call('2026-05-05T11:00+02:00', 240)],
  });
  // The second call is included for two minutes and charged for two.
  expect(bill(rules(''), cycle).bill.net).toBe('0.50');
  expect(invoice(bill(rules(' if charged'), cycle))).toBe(`
Included: 5 min of voice | 5 min in 2 events, covered by flex.allowance.voice                    | 0.00
Voice                    | 2 min × 0.10 EUR per min, plus 0.15 EUR per event if charged, 1 event | 0.35
Net                      |                                                                       | 0.35
VAT                      | 0 % of 0.35 EUR                                                       | 0.00
Total                    | EUR                                                                   | 0.35
`);
});
