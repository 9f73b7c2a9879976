import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { add, parseExact, zero } from '../../engine/money.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { createInvoicePages, type InvoicePages } from '../../server/invoice/invoice-pages.ts';
import { hidden, itemise, NotItemisable } from '../../server/invoice/itemisation.ts';
import { itemisationCsv } from '../../server/invoice/itemisation-csv.ts';
import { createPdfMaker } from '../../server/invoice/pdf/pdf-maker.ts';
import { collectBatch } from '../../server/usage/collect-batch.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { source } from '../dsl/sources.ts';
import { accountCycle, call, session, text } from '../engine/fixture.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { company } from './en16931/documents.ts';
import { enrol, settings } from './engagement-books.ts';

const rulesOf = (plan: string) => {
  const { ruleSet, diagnostics } = compileRules(
    source(`plan ${plan} "Flat" in EUR, round half even per line, split at start
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in arrears
  allowance 2 min of voice
  rate voice graduated per cycle
    first 10 min 0.07 EUR per min
    beyond       0.05 EUR per min
    as "Calls"
  rate data charge 1.20 EUR per GB by 1 KB
  rate sms charge 0.09 EUR per message
tax standard otherwise 19% category S
`),
  );
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  return ruleSet;
};

describe('Itemised usage', () => {
  const rules = loadRuleSet(rulesOf('flex'));
  const event = fc.tuple(
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 4_000_000 }),
    fc.integer({ min: 0, max: 2 }),
  );

  test('adds up to each line before it is rounded, whatever was used', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const usage = events.map(([day, size, kind]) => {
          const at = `2026-05-${String(day).padStart(2, '0')}T10:00:00Z`;
          return kind === 0 ? call(at, size % 900) : kind === 1 ? session(at, size) : text(at);
        });
        const cycle = accountCycle({ usage });
        const evaluation = evaluateCycle(cycle, rules);
        const { lines } = itemise('N', cycle, evaluation, evaluation.bill, 3);
        for (const { items, exact } of lines) {
          const sum = items.reduce((all, item) => add(all, parseExact(item.exact)), zero);
          expect(sum.n * parseExact(exact).d).toBe(parseExact(exact).n * sum.d);
        }
        expect(lines.flatMap(({ items }) => items)).toHaveLength(evaluation.trace.length);
      }),
    );
  });

  test('is refused where it would add up to something else than was billed', () => {
    const cycle = accountCycle({ usage: [call('2026-05-04T10:00:00Z', 600)] });
    const evaluation = evaluateCycle(cycle, rules);
    const lost = { trace: evaluation.trace.slice(1) };
    expect(() => itemise('N', cycle, lost, evaluation.bill, 3)).toThrow(NotItemisable);
  });

  test.each([
    ['+49301234567', 3, '+49301234xxx'],
    ['+49301234567', 0, '+49301234567'],
    ['110', 3, 'xxx'],
    ['+49', 5, '+xx'],
    ['', 3, ''],
  ])('shows %j with %i digits hidden as %j', (number, digits, shown) => {
    expect(hidden(number, digits)).toBe(shown);
  });
});

describe('The itemisation of an issued invoice', () => {
  const ruleSet = rulesOf('flat');
  const pdfs = createPdfMaker();
  let books: TestDatabase;
  let pages: InvoicePages;
  let number: string;
  beforeAll(async () => {
    books = await createTestDatabase();
    const { db } = books;
    await db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
    await enrol(db, 'C-1');
    const directory = await readSubscriberDirectory(db);
    const context = { db, services: new Set(['voice', 'data', 'sms']), directory };
    const calls = [
      call('2026-01-05T10:00:00Z', 180, { calledNumber: '+49301234567' }),
      call('2026-01-06T10:00:00Z', 660, { calledNumber: '+4366012345' }),
    ];
    const taken = await collectBatch(
      context,
      'msc',
      calls.map((one) => ({ ...one, msisdn: '+358401234567' })),
    );
    expect(taken.accepted).toBe(2);
    const { run } = await initiateBillRun(db, {
      closesFrom: '2026-02-01',
      closesUntil: '2026-02-02',
      issuedOn: '2026-02-01',
      ruleSet: ruleSet.hash,
      usageFolder: null,
    });
    const nothing = async () => undefined;
    const effects = { db, settings, deliver: nothing, report: nothing, onProgress: () => undefined };
    await billRunToEnd({ ...effects, loadRules: async () => loadRuleSet(ruleSet) }, run.id);
    [number = ''] = await db('invoice').pluck('number');
    pages = createInvoicePages(db, company, pdfs);
  });
  afterAll(async () => {
    await pdfs.close();
    await books.close();
  });

  test('has every part of every call: what was included, and each tier by itself', async () => {
    const { lines, zone } = await pages.itemisation(number);
    expect(zone).toBe('Europe/Helsinki');
    // Two minutes of the first call are included and one costs 0.07; nine of the second as well, and two of it 0.05 each. A part begins when it began.
    expect(
      lines.map(({ title, amount, items }) => [
        title,
        amount,
        items.map((one) => [one.startAt, one.otherNumber, one.quantity, one.amount]),
      ]),
    ).toEqual([
      ['Included: 2 min of voice', '0.00', [['2026-01-05T12:00:00+02:00', '+49301234xxx', 120_000, '0']]],
      [
        'Calls, tier 1',
        '0.70',
        [
          ['2026-01-05T12:02:00+02:00', '+49301234xxx', 60_000, '0.07'],
          ['2026-01-06T12:00:00+02:00', '+4366012xxx', 540_000, '0.63'],
        ],
      ],
      ['Calls, tier 2', '0.10', [['2026-01-06T12:09:00+02:00', '+4366012xxx', 120_000, '0.1']]],
    ]);
  });

  test('is a table for a spreadsheet', async () => {
    const [head, ...rows] = itemisationCsv(await pages.itemisation(number))
      .trim()
      .split('\n');
    expect(head).toBe('subscription,service,line,start,direction,number,network,quantity,part,amount,exact');
    expect(rows).toHaveLength(4);
    expect(rows[1]).toBe(
      'S-C-1,voice,"Calls, tier 1",2026-01-05T12:02:00+02:00,outgoing,+49301234xxx,26299,60000,,0.07,7/100',
    );
  });

  test('stands on page and PDF only where it is asked for', async () => {
    expect(await pages.html(number)).not.toContain('+49301234xxx');
    const page = await pages.html(number, { itemised: true });
    for (const words of [
      'Itemised usage',
      '+49301234xxx',
      'The last 3 digits of numbers are hidden',
      'Sum, on the invoice €0.70',
    ])
      expect(page).toContain(words);
    expect(page).not.toContain('+49301234567');
    const [plain, itemised] = [await pages.pdf(number), await pages.pdf(number, { itemised: true })];
    const tables = (pdf: Buffer) => pdf.toString('latin1').match(/\/S \/Table/g)?.length;
    expect([tables(plain), tables(itemised)]).toEqual([4, 7]);
  });

  test('cannot be had of an invoice that the predecessor system made', async () => {
    await books.db('invoice').insert({
      ...(await books.db('invoice').first()),
      number: 'ALT-1',
      run_id: null,
      rule_set: null,
      period_from: '2020-01-01',
      billed_to: null,
      bill: JSON.stringify((await books.db('invoice').first('bill')).bill),
    });
    await expect(pages.itemisation('ALT-1')).rejects.toThrow('ALT-1 was not made by a bill run of ours');
  });
});
