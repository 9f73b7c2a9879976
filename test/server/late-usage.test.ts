/** What plans say of late usage, through real runs: every record is charged once, whatever its cycle is evaluated once more for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bill } from '../../engine/model.ts';
import { applyCorrections, previewCorrections } from '../../server/corrections/ask-corrections.ts';
import { enrol } from './engagement-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const plan = (id: string, policy: string) => `
plan ${id} "${id}" in EUR, round half even per line, split at boundaries
  from 2026-01-01
${policy && `  policy ${policy}\n`}  allowance 2 GB of data
  rate data charge 1.00 EUR per GB
`;
const rulebook = `${plan('own', '')}${plan('following', 'late usage billed in the next cycle')}${plan('brief', 'late usage corrects its bill within 1 cycle')}
tax standard otherwise 0% category Z
`;
const plans = ['own', 'following', 'brief'] as const;
const numbers = { own: '+35840001', following: '+35840002', brief: '+35840003' };

let books: SmallBooks;

beforeAll(async () => {
  books = await openSmallBooks(rulebook);
  for (const one of plans) await enrol(books.db, one, { subscription: { plan: one, msisdn: numbers[one] } });
});
afterAll(() => books.close());

/** The same use of every line: `name` and plan are its id. */
async function collect(...uses: readonly (readonly [name: string, day: string, gigabytes: number])[]) {
  const of = ([name, day, gigabytes]: (typeof uses)[number], one: keyof typeof numbers) =>
    `R,${name}-${one},1,${numbers[one]},data,${day}T10:00:00+03:00,0,${gigabytes * 1e9},0,outgoing,,,24405`;
  await books.collect(uses.flatMap((use) => plans.map((one) => of(use, one))));
}

const withdraw = (name: string, from: readonly string[] = plans) => books.withdraw(from.map((one) => `${name}-${one}`));

/** Bills the cycle that closes then; of every plan the lines of its bill and what was given back of earlier ones. */
async function bill(closesFrom: string) {
  const { db } = books;
  const run = await books.bill(closesFrom);
  const found: Record<string, readonly string[]> = {};
  for (const one of plans) {
    const of = { run_id: run, account_id: `A-${one}` };
    const invoice: { bill: Bill } | undefined = await db('invoice').where(of).first('bill');
    const lines = (invoice?.bill.lines ?? []).filter(({ amount }) => amount !== '0.00');
    const notes: { total: string }[] = await db('credit_note').where(of).orderBy('number').select('total');
    found[one] = [
      ...lines.map(({ kind, amount }) => `${kind} ${amount}`),
      ...notes.map(({ total }) => `credit ${total}`),
    ];
  }
  return found;
}

describe('Usage of April that comes in May and in June', () => {
  test('corrects April or is on the bill of May, as the plan says', async () => {
    await collect(['a', '2026-04-20', 3], ['b', '2026-04-21', 1]);
    // 2 of 4 GB are included.
    const april = ['usage 2.00'];
    expect(await bill('2026-05-01')).toEqual({ own: april, following: april, brief: april });
    await collect(['c', '2026-04-22', 3]);
    expect(await bill('2026-06-01')).toEqual({
      own: ['correction 3.00'],
      following: ['usage 3.00'],
      brief: ['correction 3.00'],
    });
  });

  test('a month later, too, unless the plan has a limit: then it is on no bill, and a person is told', async () => {
    await collect(['d', '2026-04-23', 3]);
    expect(await bill('2026-07-01')).toEqual({ own: ['correction 3.00'], following: ['usage 3.00'], brief: [] });
    const told = await books
      .db('exception')
      .where({ code: 'late-beyond-limit' })
      .select('account_id', 'subject', 'evidence');
    expect(told).toEqual([
      {
        account_id: 'A-brief',
        subject: 'pgw/d-brief',
        evidence:
          'Started 2026-04-23 10:00:00, 2 cycles before this one, and came only now: data of +35840003, 3000000000 bytes. It is not billed.',
      },
    ]);
  });

  test('is not counted again when April is evaluated once more for another reason', async () => {
    await withdraw('b');
    const back = ['credit 1.00'];
    expect(await bill('2026-08-01')).toEqual({ own: back, following: back, brief: back });
    const asked = { accounts: plans.map((one) => `A-${one}`) };
    expect(await previewCorrections(books.db, asked)).toEqual([]);
  });

  test('is given back by the invoice that billed it, and what never was billed is not', async () => {
    await withdraw('c');
    await withdraw('d', ['brief']);
    // Of the April invoice of two of them less is left than is given back: the rest comes off the later one that charged it.
    expect(await bill('2026-09-01')).toEqual({
      own: ['credit 1.00', 'credit 2.00'],
      following: ['credit 3.00'],
      brief: ['credit 1.00', 'credit 2.00'],
    });
    const given = await books
      .db('credit_note as n')
      .join('invoice as i', 'i.number', 'n.corrects')
      .where({ 'n.account_id': 'A-following' })
      .orderBy('n.number')
      .select('n.total', 'i.period_from');
    expect(given).toEqual([
      { total: '1.00', period_from: '2026-04-01' },
      { total: '3.00', period_from: '2026-05-01' },
    ]);
  });

  test('that a person has corrected before the next run is charged once, and what the next cycle bills waits for it', async () => {
    await collect(['e', '2026-08-10', 5]);
    const asked = { accounts: plans.map((one) => `A-${one}`) };
    const { invoices } = await applyCorrections(books.db, asked, {
      by: 'a person',
      why: 'It came',
      today: '2026-09-15',
    });
    expect(
      invoices.map(({ accountId, from, charges }) => [accountId, from, charges.map(({ amount }) => amount)]),
    ).toEqual([
      ['A-own', '2026-08-01', ['3.00']],
      ['A-brief', '2026-08-01', ['3.00']],
    ]);
    expect(await bill('2026-10-01')).toEqual({
      own: ['correction 3.00'],
      following: ['usage 5.00'],
      brief: ['correction 3.00'],
    });
    expect(await bill('2026-11-01')).toEqual({ own: [], following: [], brief: [] });
  });
});

test('a closed account has no next cycle: what comes late corrects, and beyond the limit is told', async () => {
  const { db } = books;
  await collect(['f', '2026-10-12', 3], ['g', '2026-09-20', 3]);
  await db('billing_account').update({ closed_on: '2026-11-01' });
  await db('subscription').update({ cancelled_on: '2026-11-01' });
  expect(await bill('2026-12-01')).toEqual({ own: [], following: [], brief: [] });
  const both = ['correction 1.00', 'correction 1.00'];
  expect(await bill('2027-01-01')).toEqual({ own: both, following: both, brief: ['correction 1.00'] });
  const told = () => db('exception').where({ code: 'late-beyond-limit' }).orderBy('subject').pluck('subject');
  expect(await told()).toEqual(['pgw/d-brief', 'pgw/g-brief']);
  await bill('2027-02-01');
  expect(await told()).toEqual(['pgw/d-brief', 'pgw/g-brief']);
  expect(await db('exception').where({ action: 'hold' })).toEqual([]);
});
