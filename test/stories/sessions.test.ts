/** Stories of sessions that come in parts: the records, the rules, and the invoice, worked out by hand. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UsageEvent } from '../../engine/model.ts';
import { accountCycle, session } from '../engine/fixture.ts';
import { bill, invoice } from './story.ts';

const MB = 1_000_000;

const plan = (rate: string, more = '') => `
plan flex "Mobile" in EUR, round half even per line, split at boundaries
  from 2026-01-01
${more}
  rate data ${rate}
tax standard otherwise 0% category Z
`;

const part = (start: string, number: number, bytes: number, more: Partial<UsageEvent> = {}) =>
  session(start, bytes, { part: { session: 'X', number, isLast: false }, ...more });

/** A night of streaming: the network closes a record every two hours. */
const night = [
  part('2026-05-05T22:00+02:00', 1, 2.5 * MB),
  part('2026-05-06T00:00+02:00', 2, 2.5 * MB),
  part('2026-05-06T02:00+02:00', 3, 0.2 * MB),
];

const rate = 'charge 0.10 EUR per MB by 1 MB, plus 0.50 EUR per session, at least 1.00 EUR per session';

test('A session in three parts is one session: one set-up fee, one least amount, and increments over the whole of it', () => {
  // 5.2 MB are 6 begun: 0.60 + 0.50. By themselves the parts would have 3 + 3 + 1 MB and three set-up fees.
  expect(invoice(bill(plan(rate), accountCycle({ usage: night })))).toBe(`
Data  | 6 MB × 0.10 EUR per MB, plus 0.50 EUR per event, at least 1.00 EUR per event, 1 event | 1.10
Net   |                                                                                       | 1.10
VAT   | 0 % of 1.10 EUR                                                                       | 0.00
Total | EUR                                                                                   | 1.10
`);
});

test('Sessions rated by part: each part is a session by itself', () => {
  // 0.30 + 0.50, raised to 1.00; the same; 0.10 + 0.50, raised to 1.00.
  expect(invoice(bill(plan(rate, '  sessions rated by part'), accountCycle({ usage: night })))).toBe(`
Data  | 7 MB × 0.10 EUR per MB, plus 0.50 EUR per event, at least 1.00 EUR per event, 3 events | 3.00
Net   |                                                                                        | 3.00
VAT   | 0 % of 3.00 EUR                                                                        | 0.00
Total | EUR                                                                                    | 3.00
`);
});

test('Each part has its place in the month: what is used between two parts uses the allowance between them', () => {
  const rules = plan('charge 0.10 EUR per MB, plus 0.50 EUR per session if charged', '  allowance 4 MB of data');
  const between = session('2026-05-05T23:00+02:00', 1 * MB);
  // 2.5 of the first part, 1 of the other session, 0.5 of the second part are included; 2.2 MB cost 0.22 and one set-up fee.
  expect(invoice(bill(rules, accountCycle({ usage: [...night, between] })))).toBe(
    `
Included: 4 MB of data | 4 MB in 2 events, covered by flex.allowance.data                      | 0.00
Data                   | 2.2 MB × 0.10 EUR per MB, plus 0.50 EUR per event if charged, 1 event | 0.72
Net                    |                                                                       | 0.72
VAT                    | 0 % of 0.72 EUR                                                       | 0.00
Total                  | EUR                                                                   | 0.72
`,
  );
});

test('A session across the end of the month: the later month charges its parts, and no second set-up fee or begun megabyte', () => {
  const parts = [
    part('2026-05-31T23:00+02:00', 1, 1.5 * MB),
    part('2026-06-01T01:00+02:00', 2, 0.4 * MB),
    part('2026-06-01T03:00+02:00', 3, 0.4 * MB),
  ];
  const may = accountCycle({ usage: parts.slice(0, 1) });
  const begun = { source: 'msc', session: 'X', upTo: 1, durationMs: 0, bytes: 1.5 * MB, messages: 0 };
  const june = accountCycle({ on: '2026-06-01', usage: parts.slice(1), sessions: [begun] });
  // 2 MB and the set-up fee are less than 1.00.
  expect(bill(plan(rate), may).bill.net).toBe('1.00');
  // 2.3 MB altogether: the third megabyte is begun in June, the second was paid in May.
  expect(invoice(bill(plan(rate), june))).toBe(`
Data  | 1 MB × 0.10 EUR per MB, plus 0.50 EUR per event, at least 1.00 EUR per event, 1 event | 0.10
Net   |                                                                                       | 0.10
VAT   | 0 % of 0.10 EUR                                                                       | 0.00
Total | EUR                                                                                   | 0.10
`);
});

test('A part that did not come is told, and so is one that came twice; what came is rated', () => {
  const missing = bill(plan(rate), accountCycle({ usage: [night[0], night[2]].flatMap((one) => one ?? []) }));
  expect(missing.exceptions.map(({ code, subject, evidence }) => [code, subject, evidence])).toEqual([
    ['part-missing', 'msc/X', 'Of session msc/X part 2 never came, though part 3 did: its usage is not billed yet.'],
  ]);
  const again = part('2026-05-06T00:00+02:00', 2, 2.5 * MB);
  const twice = bill(plan(rate), accountCycle({ usage: [...night, again] }));
  expect(twice.exceptions.map(({ code }) => code)).toEqual(['duplicate-charge']);
  expect(twice.bill.net).toBe('1.10');
});

test('However a session is cut into parts, and in whatever order they come, it costs what it costs in one record', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (bytes, dice) => {
      const startOf = (index: number) => `2026-05-05T${String(index + 8).padStart(2, '0')}:00+02:00`;
      const parts = bytes.map((size, index) => part(startOf(index), index + 1, size));
      const shuffled = parts.map((one, index) => [dice[index] ?? 0, one] as const).sort(([a], [b]) => a - b);
      const whole = session(
        startOf(0),
        bytes.reduce((sum, size) => sum + size, 0),
      );
      const rules = plan(`graduated per cycle, by 1 MB, plus 0.50 EUR per session, at least 0.70 EUR per session
    first 3 MB  0.10 EUR per MB
    beyond      0.07 EUR per MB`);
      const costs = (usage: readonly UsageEvent[]) => bill(rules, accountCycle({ usage })).bill.net;
      expect(costs(shuffled.map(([, one]) => one))).toBe(costs([whole]));
    }),
    { numRuns: 40 },
  );
});
