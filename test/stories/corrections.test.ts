/** Stories of late and corrected usage: what was invoiced, what came afterwards, and the documents that put it right. */
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { CorrectionReason } from '../../engine/correction-charge.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Bill, Subscription, UsageEvent } from '../../engine/model.ts';
import { source } from '../dsl/sources.ts';
import { type Books, billNext, noBooks } from '../engine/correction-books.ts';
import { accountCycle, call, GB, session, subscription, text } from '../engine/fixture.ts';
import { invoice } from './story.ts';

const plan = (rates: string) => `
plan flex "Mobile" in EUR, round half even per line, split at boundaries
  from 2026-01-01
${rates}
tax standard otherwise 19% category S
`;

const may = (day: number, gigabytes: number) =>
  session(`2026-05-${String(day).padStart(2, '0')}T08:00+02:00`, gigabytes * GB);
const june = (day: number, gigabytes: number) =>
  session(`2026-06-${String(day).padStart(2, '0')}T08:00+02:00`, gigabytes * GB);

/** May, June and July, each billed with the usage that is known by then. */
function billed(text: string, ...known: readonly (readonly UsageEvent[])[]): Books {
  return billedAgain('late usage', text, ...known);
}

function billedAgain(reason: CorrectionReason, text: string, ...known: readonly (readonly UsageEvent[])[]): Books {
  return billedTo(subscription(), reason, text, ...known);
}

function billedTo(
  line: Subscription,
  reason: CorrectionReason,
  text: string,
  ...known: readonly (readonly UsageEvent[])[]
): Books {
  const { ruleSet, diagnostics } = compileRules(source(text));
  if (!ruleSet) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const rules = loadRuleSet(ruleSet);
  return known.reduce((books, usage, run) => {
    const open = accountCycle({ on: `2026-0${5 + run}-01`, subscriptions: [line] });
    const ofMonth = (from: string) =>
      usage.filter(({ startAt }) => new Date(startAt).toISOString().startsWith(from.slice(0, 7)));
    return billNext(books, open, ofMonth, rules, reason);
  }, noBooks);
}

/** All documents in the order of issue, as the customer reads them. */
const documents = ({ issued, creditNotes }: Books) => [
  ...issued.map(({ number, bill }) => `${number}${invoice({ bill, exceptions: [] } as never)}`),
  ...creditNotes.map(
    (note) => `Credit note on ${note.corrects}: ${note.reason}${invoice({ bill: note, exceptions: [] } as never)}`,
  ),
];

test('Late usage within an allowance that was left over: nothing is owed, so there is no document', () => {
  const rules = plan('  allowance 100 min of voice\n  rate voice charge 0.10 EUR per min');
  const early = call('2026-05-04T09:00+02:00', 30 * 60);
  const late = call('2026-05-05T09:00+02:00', 20 * 60);
  const books = billed(rules, [early], [early, late]);
  expect(documents(books).slice(1)).toEqual([
    `I-2
Net   |     | 0.00
Total | EUR | 0.00
`,
  ]);
  expect(books.issued[0]?.standing.bill.lines.map(({ because }) => because.how)).toEqual([
    '50 min in 2 events, covered by flex.allowance.voice',
  ]);
});

test('Late usage that moves the tier of a volume price: 45 GB cost less than 36, so there is a credit note', () => {
  const rules = plan(`
  rate data volume per cycle
    first 40 GB  1.20 EUR per GB
    beyond       0.80 EUR per GB`);
  // 36 × 1.20 = 43.20 with 8.21 tax; 45 × 0.80 = 36.00 with 6.84 tax.
  expect(documents(billed(rules, [may(4, 36)], [may(4, 36), may(9, 9)]))[2]).toBe(`Credit note on I-1: late usage
Data  | Data was 43.20 EUR, should be 36.00 EUR | 7.20
Net   |                                         | 7.20
VAT   | was 8.21 EUR, should be 6.84 EUR        | 1.37
Total | EUR                                     | 8.57
`);
});

test('Late usage that goes on into the next tier: the next invoice charges it, with the tax that the first one lacked', () => {
  const rules = plan(`
  rate data graduated per cycle
    first 10 GB  1.20 EUR per GB
    beyond       0.80 EUR per GB`);
  // 8 × 1.20 = 9.60 with 1.82 tax. Right: 12.00 + 3 × 0.80 = 14.40 with 2.74 tax. 4.80 alone would have 0.91, not 0.92.
  const books = billed(rules, [may(4, 8)], [may(4, 8), may(9, 5), june(3, 1)]);
  expect(books.creditNotes).toEqual([]);
  expect(documents(books)[1]).toBe(`I-2
Data, tier 1               | 1 GB × 1.20 EUR per GB, 1 event                                                               | 1.20
Data, tier 1, Data, tier 2 | Data, tier 1 was 9.60 EUR, should be 12.00 EUR; Data, tier 2 was 0.00 EUR, should be 2.40 EUR | 4.80
Net                        |                                                                                               | 6.00
VAT                        | 19 % of 1.20 EUR, and 0.92 EUR of corrections                                                 | 1.15
Total                      | EUR                                                                                           | 7.15
`);
});

test('A record that was delivered twice is withdrawn: what it cost is given back', () => {
  const rules = plan('  rate data charge 1.20 EUR per GB');
  const books = billedAgain('corrected usage', rules, [may(4, 5), may(5, 5)], [may(4, 5)]);
  // 12.00 with 2.28 tax; 6.00 with 1.14.
  expect(documents(books)[2]).toBe(`Credit note on I-1: corrected usage
Data  | Data was 12.00 EUR, should be 6.00 EUR | 6.00
Net   |                                        | 6.00
VAT   | was 2.28 EUR, should be 1.14 EUR       | 1.14
Total | EUR                                    | 7.14
`);
});

test('Minimum spend: late usage fills it up first; only what goes beyond is charged', () => {
  const rules = plan('  minimum spend 20.00 EUR per cycle of all charges\n  rate data charge 1.20 EUR per GB');
  expect(billed(rules, [may(4, 8)], [may(4, 8), may(9, 5)]).issued[1]?.bill.lines.map(({ title }) => title)).toEqual([
    'Minimum spend',
  ]);
  // 9.60 + 10.40 were charged; 21 × 1.20 = 25.20 leave no minimum, so 5.20 more are owed.
  const more = billed(rules, [may(4, 8)], [may(4, 8), may(9, 13)]).issued[1]?.bill.lines.at(-1);
  expect([more?.kind, more?.amount, more?.because.how]).toEqual([
    'correction',
    '5.20',
    'Data was 9.60 EUR, should be 25.20 EUR; Minimum spend was 10.40 EUR, should be 0.00 EUR',
  ]);
});

test('What was left over had been used by the month after: late usage of May makes June dearer', () => {
  const rules = plan('  allowance 10 GB of data, rolls over 1 cycle\n  rate data charge 1.20 EUR per GB');
  // May leaves 6 GB, so that June has 16 and owes nothing. With 3 GB more in May only 3 are left: June owes 3 × 1.20.
  const books = billed(rules, [may(4, 4)], [may(4, 4), june(3, 16)], [may(4, 4), may(9, 3), june(3, 16)]);
  expect(books.creditNotes).toEqual([]);
  expect(documents(books)[2]).toBe(`I-3
Data  | Data was 0.00 EUR, should be 3.60 EUR         | 3.60
Net   |                                               | 3.60
VAT   | 19 % of 0.00 EUR, and 0.68 EUR of corrections | 0.68
Total | EUR                                           | 4.28
`);
  expect(books.issued[2]?.bill.lines.map(({ correction }) => correction)).toEqual([{ invoice: 'I-2', tax: '0.68' }]);
});

test('Charged more afterwards, then found too much: the invoice of the month gives back what it has, the later one the rest', () => {
  const rules = plan('  rate data charge 1.00 EUR per GB');
  // May: 10.00, and 20.00 more with June. Then only 5 GB were true, which is less than the first invoice alone.
  const books = billed(rules, [may(4, 10)], [may(4, 10), may(9, 20)], [may(4, 5)]);
  expect(books.creditNotes.map(({ corrects, net, total }) => [corrects, net, total])).toEqual([
    ['I-1', '10.00', '11.90'],
    ['I-2', '15.00', '17.85'],
  ]);
  expect(books.issued[2]?.bill.lines).toEqual([]);
});

const minimumAndMessages = `
plan flex "Mobile" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  minimum spend 9.00 EUR per cycle of all charges
  rate sms charge 0.09 EUR per message

tax free
  when line.service is sms
  0% category Z

tax standard otherwise 19% category S
`;

test('Taxes that move to and fro: each invoice gives back only under the taxes that it has charged', () => {
  const one = text('2026-05-04T09:00+02:00', { messages: 18 });
  const other = text('2026-05-05T09:00+02:00', { messages: 15 });
  // I-1 has 9.00 at 19 % and nothing else. Late messages for 2.97 at 0 % leave 6.03 of the minimum, so 2.97 go from one tax to
  // the other. Then messages for 1.35 are withdrawn: the minimum is 1.35 more, and I-2, which charged the messages, gives them back.
  const books = billed(minimumAndMessages, [], [one, other], [one]);
  expect(documents(books).slice(1)).toEqual([
    `I-2
Minimum spend | 9.00 EUR − 0.00 EUR charged                  |  9.00
Sms           | Sms was 0.00 EUR, should be 2.97 EUR         |  2.97
Net           |                                              | 11.97
VAT           | 19 % of 9.00 EUR                             |  1.71
VAT           | 0 % of 0.00 EUR, and 0.00 EUR of corrections |  0.00
Total         | EUR                                          | 13.68
`,
    `I-3
Minimum spend | 9.00 EUR − 0.00 EUR charged                    |  9.00
Minimum spend | Minimum spend was 6.03 EUR, should be 7.38 EUR |  1.35
Net           |                                                | 10.35
VAT           | 19 % of 9.00 EUR, and 0.25 EUR of corrections  |  1.96
Total         | EUR                                            | 12.31
`,
    `Credit note on I-1: late usage
Minimum spend | Minimum spend was 9.00 EUR, should be 6.03 EUR | 2.97
Net           |                                                | 2.97
VAT           | was 1.71 EUR, should be 1.15 EUR               | 0.56
Total         | EUR                                            | 3.53
`,
    `Credit note on I-2: late usage
Sms   | Sms was 2.97 EUR, should be 1.62 EUR | 1.35
Net   |                                      | 1.35
VAT   | was 0.00 EUR, should be 0.00 EUR     | 0.00
Total | EUR                                  | 1.35
`,
  ]);
});

test('An invoice that gave more under a tax than it charged is taken back whole, and what is right is charged anew', () => {
  const leaving = subscription({ cancelledOn: '2026-06-11' });
  const rules = minimumAndMessages
    .replace(
      'minimum spend 9.00 EUR per cycle of all charges',
      'fee "Line rental" 6.00 EUR monthly in advance, prorated by day',
    )
    .replace('rate sms', 'rate data charge 1.00 EUR per GB\n  rate sms');
  const messages = text('2026-06-04T09:00+02:00', { messages: 100 });
  // June: 20 of 30 days of the fee come back, 4.00, and 1 GB was charged with 1.00: 3.00 less at 19 %, beside messages for 9.00.
  // Without the gigabyte it would be 4.00 less, and a credit note of 1.00 under a tax that I-2 gave 3.00 under would be none.
  const books = billedTo(leaving, 'corrected usage', rules, [], [messages, june(3, 1)], [messages]);
  const lines = ({ lines }: Pick<Bill, 'lines'>) =>
    lines.map(({ taxPercent, amount }) => `${amount} at ${taxPercent} %`);
  expect(lines(books.issued[1]?.bill as Bill)).toEqual(['-4.00 at 19 %', '1.00 at 19 %', '9.00 at 0 %']);
  expect(books.creditNotes.map((note) => [note.corrects, lines(note), note.total])).toEqual([
    ['I-2', ['-3.00 at 19 %', '9.00 at 0 %'], '5.43'],
  ]);
  expect(lines(books.issued[2]?.bill as Bill)).toEqual(['-4.00 at 19 %', '9.00 at 0 %']);
  expect(books.issued[2]?.bill.total).toBe('4.24');
});
