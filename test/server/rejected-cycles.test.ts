/** A draft that a person rejects bills nothing of its cycle. What the customer had before it, and what later bills charge, must not suffer from it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bill } from '../../engine/model.ts';
import { decideException } from '../../server/api/decide-exception.ts';
import { enrol } from './engagement-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const rulebook = `
plan rental "Rental" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Rental" 31.00 EUR monthly in advance, prorated by day
  allowance 2 GB of data, rolls over 2 cycles
  rate data charge 1.00 EUR per GB

anomaly much "Very much data"
  when cycle.data > 100 GB
  hold invoice, severity high
  because "{cycle.data} of data"

tax standard otherwise 0% category Z
`;

let books: SmallBooks;
beforeEach(async () => {
  books = await openSmallBooks(rulebook);
  await enrol(books.db, 'C', { subscription: { plan: 'rental', msisdn: '+35840001' } });
});
afterEach(() => books.close());

let records = 0;
async function use(day: string, gigabytes: number) {
  records += 1;
  await books.collect([`R,${records},1,+35840001,data,${day}T10:00:00+03:00,0,${gigabytes * 1e9},0,outgoing,,,24405`]);
}

/** The lines of the bill of the cycle that closes then; none if it is held. */
async function bill(closesFrom: string) {
  const run = await books.bill(closesFrom);
  const invoice: { bill: Bill } | undefined = await books.db('invoice').where({ run_id: run }).first('bill');
  return invoice?.bill.lines.map(({ kind, from, until, amount }) => `${kind} ${from}–${until} ${amount}`);
}

async function reject() {
  const held: { exception_id: number }[] = await books.db('exception').where({ action: 'hold', state: 'open' });
  for (const { exception_id } of held)
    await decideException(books.db, exception_id, { state: 'rejected', reason: 'A fault', by: 'A. B.' }, Date.now());
  expect(held).not.toEqual([]);
}

test('the rental that a rejected bill would have charged in advance is charged by the next one, and none twice', async () => {
  expect(await bill('2026-05-01')).toEqual(['fee 2026-05-01–2026-06-01 31.00']);
  await use('2026-05-20', 500);
  expect(await bill('2026-06-01')).toBeUndefined();
  await reject();
  expect(await bill('2026-07-01')).toEqual(['fee 2026-06-01–2026-07-01 31.00', 'fee 2026-07-01–2026-08-01 31.00']);
  expect(await bill('2026-08-01')).toEqual(['fee 2026-08-01–2026-09-01 31.00']);
});

test('who cancels in the cycle after a rejected one pays for the days up to then, and gets nothing back that nobody charged', async () => {
  await bill('2026-05-01');
  await use('2026-05-20', 500);
  await bill('2026-06-01');
  await reject();
  await books.db('subscription').update({ cancelled_on: '2026-06-11' });
  // 31.00 × 10/30 days.
  expect(await bill('2026-07-01')).toEqual(['fee 2026-06-01–2026-06-11 10.33']);
});

test('credit that the customer had before a rejected bill is used by the next one', async () => {
  await bill('2026-05-01');
  await books.db('subscription').update({ cancelled_on: '2026-05-11' });
  // 31.00 × 21/31 days are given back, and nothing is charged.
  expect(await bill('2026-06-01')).toEqual([
    'fee refund 2026-05-11–2026-06-01 -21.00',
    'credit carried forward 2026-05-01–2026-06-01 21.00',
  ]);
  const first = await books.db('subscription').first();
  await books
    .db('subscription')
    .insert({ ...first, subscription_id: 'S-2', msisdn: '+35840001', activated_on: '2026-06-01', cancelled_on: null });
  await use('2026-06-20', 500);
  expect(await bill('2026-07-01')).toBeUndefined();
  await reject();
  expect(await bill('2026-08-01')).toEqual([
    'fee 2026-07-01–2026-08-01 31.00',
    'fee 2026-08-01–2026-09-01 31.00',
    'credit brought forward 2026-07-01–2026-08-01 -21.00',
  ]);
});
