/** Stories of late and corrected usage: what was invoiced, what came afterwards, and the documents that put it right. */
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { CorrectionReason } from '../../engine/correction-charge.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { UsageEvent } from '../../engine/model.ts';
import { source } from '../dsl/sources.ts';
import { type Books, billNext, noBooks } from '../engine/correction-books.ts';
import { accountCycle, call, GB, session } from '../engine/fixture.ts';
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
  const { ruleSet, diagnostics } = compileRules(source(text));
  if (!ruleSet) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const rules = loadRuleSet(ruleSet);
  return known.reduce((books, usage, run) => {
    const open = accountCycle({ on: `2026-0${5 + run}-01` });
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

test('Charged more afterwards, then found too much: all documents of the month are taken back, and what is right is charged', () => {
  const rules = plan('  rate data charge 1.00 EUR per GB');
  // May: 10.00, and 20.00 more with June. Then only 5 GB were true, which is less than the first invoice alone.
  const books = billed(rules, [may(4, 10)], [may(4, 10), may(9, 20)], [may(4, 5)]);
  expect(books.creditNotes.map(({ corrects, total }) => [corrects, total])).toEqual([
    ['I-1', '11.90'],
    ['I-2', '23.80'],
  ]);
  expect(books.issued[2]?.bill.total).toBe('5.95');
});
