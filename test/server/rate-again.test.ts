/** A held bill that a person has rated again, once its cause is mended: it is the bill of a run that knew everything, and nothing is billed twice or lost. */
import type { Knex } from 'knex';
import { afterEach, describe, expect, test } from 'vitest';
import type { Bill } from '../../engine/model.ts';
import { decideException } from '../../server/api/decide-exception.ts';
import { rateAgain } from '../../server/bill-run/rate-again.ts';
import { readBooks } from '../../server/report/books.ts';
import { enrol } from './engagement-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const plan = (id: string, policy: string) => `
plan ${id} "${id}" in EUR, round half even per line, split at boundaries
  from 2026-01-01
${policy && `  policy ${policy}\n`}  allowance 2 GB of data, rolls over 2 cycles
  rate data charge 1.00 EUR per GB
`;
const rulebook = `${plan('own', '')}${plan('following', 'late usage billed in the next cycle')}
anomaly much "Very much data"
  when cycle.data > 100 GB
  hold invoice, severity high
  because "{cycle.data} of data"

anomaly some "Much data"
  when cycle.data > 50 GB
  hold invoice, severity low
  because "More than 50 GB of data"

tax standard otherwise 0% category Z
`;
type Plan = 'own' | 'following';

const opened: SmallBooks[] = [];
afterEach(async () => {
  for (const books of opened.splice(0)) await books.close();
});

async function openBooks(planId: Plan): Promise<SmallBooks> {
  const books = await openSmallBooks(rulebook);
  opened.push(books);
  await enrol(books.db, 'C', { subscription: { plan: planId, msisdn: '+35840001' } });
  return books;
}

const use = (id: string, day: string, gigabytes: number, number = '+35840001') =>
  `R,${id},1,${number},data,${day}T10:00:00+03:00,0,${gigabytes * 1e9},0,outgoing,,,24405`;

const told = { reason: 'The records were withdrawn', by: 'maija' };

/** Has the bill rated again by its first open exception, or that of a rule. */
async function again(db: Knex, rule = 'much') {
  const { exception_id: id } = await db('exception')
    .where({ state: 'open' })
    .whereLike('rule', `%${rule}%`)
    .first('exception_id');
  return { id, result: await rateAgain(db, id, told, 0, []) };
}

const stateOf = async (db: Knex, from: string) =>
  (await db('account_cycle').where({ account_id: 'A-C', period_from: from }).first('state')).state;

/** What an invoice charges, and what is given back with it. */
async function billed(db: Knex, run: string) {
  const invoice: { bill: Bill } | undefined = await db('invoice')
    .where({ run_id: run, account_id: 'A-C' })
    .first('bill');
  const notes: { total: string }[] = await db('credit_note').where({ run_id: run }).orderBy('number');
  const lines = (invoice?.bill.lines ?? []).filter(({ amount }) => amount !== '0.00');
  return [...lines.map(({ kind, amount }) => `${kind} ${amount}`), ...notes.map(({ total }) => `credit ${total}`)];
}

async function exceptions(db: Knex) {
  const rows: Record<string, string>[] = await db('exception').orderBy('exception_id');
  return rows.map(({ rule, evidence, state, decided_by }) => [rule, evidence, state, decided_by].join(' | '));
}

/** All of the books but the exceptions, which tell how it came about. */
async function readAllBooks(db: Knex) {
  let text = '';
  for await (const part of readBooks(db)) text += part;
  const { exceptions: _, ...books } = JSON.parse(text);
  return books;
}

describe('a bill that wrong records hold', () => {
  const collect = async ({ collect }: SmallBooks) => {
    await collect([use('right', '2026-05-10', 5)]);
    await collect([use('wrong', '2026-05-20', 500)]);
  };

  test('is, rated again without them, the bill of a run that knew; and so are all books', async () => {
    const [held, clean] = [await openBooks('own'), await openBooks('own')];
    for (const books of [held, clean]) await collect(books);
    await held.bill('2026-06-01');
    expect(await stateOf(held.db, '2026-05-01')).toBe('held');
    for (const { withdraw } of [held, clean]) await withdraw(['wrong']);
    expect((await again(held.db)).result).toEqual({ kind: 'decided', runId: '2026-06-01..2026-06-02' });
    expect(await stateOf(held.db, '2026-05-01')).toBe('clear');
    for (const { bill, db } of [held, clean])
      expect(await billed(db, await bill('2026-06-01'))).toEqual(['usage 3.00']);
    for (const { bill, collect: more } of [held, clean]) {
      await more([use('june', '2026-06-10', 4)]);
      await bill('2026-07-01');
    }
    expect(await readAllBooks(held.db)).toEqual(await readAllBooks(clean.db));
    expect(await exceptions(clean.db)).toEqual([]);
    expect(await exceptions(held.db)).toEqual([
      'anomaly.much | 505 GB of data | re-rated | maija',
      'anomaly.some | More than 50 GB of data | re-rated | maija',
    ]);
  });

  test('stays held with what is still the matter; what a person approved stays so where it says the same', async () => {
    const { db, ...books } = await openBooks('own');
    await collect({ db, ...books });
    await books.collect([use('many', '2026-05-21', 200)]);
    await books.bill('2026-06-01');
    const { exception_id: approved } = await db('exception').where({ rule: 'anomaly.some' }).first();
    await decideException(db, approved, { state: 'approved', reason: 'So it is', by: 'eero' }, 0);
    await books.withdraw(['wrong']);
    expect((await again(db)).result).toEqual({ kind: 'decided', runId: null });
    expect(await exceptions(db)).toEqual([
      'anomaly.much | 705 GB of data | re-rated | maija',
      'anomaly.some | More than 50 GB of data | approved | eero',
      'anomaly.much | 205 GB of data | open | ',
    ]);
    expect(await stateOf(db, '2026-05-01')).toBe('held');
    await again(db);
    expect((await exceptions(db)).slice(2)).toEqual([
      'anomaly.much | 205 GB of data | re-rated | maija',
      'anomaly.much | 205 GB of data | open | ',
    ]);
    await books.withdraw(['many']);
    await again(db);
    expect(await billed(db, await books.bill('2026-06-01'))).toEqual(['usage 3.00']);
    const { reason, state, superseded } = await db('exception').where({ exception_id: approved }).first();
    expect([reason, state, superseded]).toEqual(['So it is', 'approved', true]);
  });

  test('takes in what came after its run had fixed its usage, and the next bill does not count it', async () => {
    const { db, ...books } = await openBooks('own');
    await collect({ db, ...books });
    await books.bill('2026-06-01');
    await books.withdraw(['wrong']);
    await books.collect([use('after', '2026-05-30', 1), use('june', '2026-06-02', 3)]);
    await again(db);
    expect(await billed(db, await books.bill('2026-06-01'))).toEqual(['usage 4.00']);
    expect(await billed(db, await books.bill('2026-07-01'))).toEqual(['usage 1.00']);
    expect(await billed(db, await books.bill('2026-08-01'))).toEqual([]);
  });

  test('loses nothing where the run of its next cycle had fixed its usage before', async () => {
    const { db, ...books } = await openBooks('own');
    await enrol(db, 'D', { subscription: { plan: 'own', msisdn: '+35840002' } });
    await collect({ db, ...books });
    await books.bill('2026-06-01');
    await books.bill('2026-07-01');
    await books.withdraw(['wrong']);
    await books.collect([use('june', '2026-06-10', 7)]);
    await again(db);
    expect(await billed(db, await books.bill('2026-06-01'))).toEqual(['usage 3.00']);
    expect(await billed(db, await books.bill('2026-07-01'))).toEqual(['usage 5.00']);
    expect(await billed(db, await books.bill('2026-08-01'))).toEqual([]);
  });
});

describe('late usage that a held draft has decided about', () => {
  const april: Record<Plan, readonly string[]> = { own: ['correction 5.00'], following: ['usage 5.00'] };
  test.each(['own', 'following'] as const)('is charged once where the plan says “%s”', async (planId) => {
    const { db, ...books } = await openBooks(planId);
    await books.collect([use('a', '2026-04-10', 4)]);
    expect(await billed(db, await books.bill('2026-05-01'))).toEqual(['usage 2.00']);
    await books.collect([use('late', '2026-04-11', 3), use('wrong', '2026-05-20', 500)]);
    await books.bill('2026-06-01');
    await books.withdraw(['wrong']);
    await books.collect([use('later', '2026-04-12', 2)]);
    await again(db);
    expect(await billed(db, await books.bill('2026-06-01'))).toEqual(april[planId]);
    expect(await billed(db, await books.bill('2026-07-01'))).toEqual([]);
    await books.withdraw(['late']);
    expect(await billed(db, await books.bill('2026-08-01'))).toEqual(
      planId === 'own' ? ['credit 2.00', 'credit 1.00'] : ['credit 3.00'],
    );
  });

  test('is not charged where it was withdrawn meanwhile', async () => {
    const { db, ...books } = await openBooks('following');
    await books.collect([use('a', '2026-04-10', 4)]);
    await books.bill('2026-05-01');
    await books.collect([use('late', '2026-04-11', 3), use('wrong', '2026-05-20', 500)]);
    await books.bill('2026-06-01');
    await books.withdraw(['wrong', 'late']);
    await again(db);
    expect(await billed(db, await books.bill('2026-06-01'))).toEqual([]);
    expect(await db('late_usage')).toEqual([]);
  });
});

describe('refused is to rate again', () => {
  async function heldBooks() {
    const books = await openBooks('own');
    await books.collect([use('wrong', '2026-05-20', 500)]);
    await books.bill('2026-06-01');
    return books;
  }

  test('what was decided before: each exception is decided once, of two at the same moment by one', async () => {
    const { db, withdraw } = await heldBooks();
    await withdraw(['wrong']);
    const { exception_id: id } = await db('exception').where({ rule: 'anomaly.much' }).first();
    const results = await Promise.all([rateAgain(db, id, told, 0, []), rateAgain(db, id, told, 0, [])]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['already decided', 'decided']);
    expect(await rateAgain(db, id, told, 0, [])).toEqual({ kind: 'already decided', state: 're-rated', by: 'maija' });
    expect(await rateAgain(db, 999, told, 0, [])).toEqual({ kind: 'unknown' });
  });

  test('a bill that is rejected or issued, and what is no bill', async () => {
    const { db, bill } = await heldBooks();
    const [{ exception_id: first }, { exception_id: second }] = await db('exception').orderBy('exception_id');
    await decideException(db, first, { state: 'rejected', reason: 'A fault', by: 'eero' }, 0);
    const refused = (why: string) => ({ kind: 'refused', why });
    expect(await rateAgain(db, second, told, 0, [])).toEqual(
      refused('The bill of account A-C from 2026-05-01 is not held: it is rejected'),
    );
    await bill('2026-07-01');
    await db('exception')
      .where({ exception_id: second })
      .update({ period_from: '2026-06-01', run_id: '2026-07-01..2026-07-02' });
    expect(await rateAgain(db, second, told, 0, [])).toEqual(
      refused('The bill of account A-C from 2026-06-01 is not held: it is invoiced'),
    );
    await db('exception').where({ exception_id: second }).update({ period_from: null });
    expect(await rateAgain(db, second, told, 0, [])).toEqual(refused('It is about no bill: approve or reject it'));
  });

  test('a bill while its run compares bills, and nothing of it has changed', async () => {
    const { db } = await heldBooks();
    await db('bill_run').update({ step: 'validate' });
    const before = await readAllBooks(db);
    const why = 'Bill run 2026-06-01..2026-06-02 is comparing its bills just now: try again when it has done so';
    expect((await again(db)).result).toEqual({ kind: 'refused', why });
    expect(await readAllBooks(db)).toEqual(before);
  });
});

test('a file whose records a bill rated again has taken in cannot be taken out any more', async () => {
  const { db, ...books } = await openBooks('own');
  await books.collect([use('wrong', '2026-05-20', 500)]);
  await books.bill('2026-06-01');
  await books.withdraw(['wrong']);
  await books.collect([use('after', '2026-05-30', 5)]);
  await again(db);
  const [{ exception_id: id }] = await db('exception')
    .insert({
      ...{
        key: 'unlike-past',
        run_id: '2026-06-01..2026-06-02',
        code: 'unlike-past',
        action: 'hold',
        severity: 'high',
      },
      ...{ object: 'source', subject: 'pgw#2', evidence: 'Unlike the past' },
    })
    .returning('exception_id');
  await decideException(db, id, { state: 'rejected', reason: 'Wrong', by: 'eero' }, 0);
  expect(await billed(db, await books.bill('2026-06-01'))).toEqual(['usage 3.00']);
  expect(await db('usage_event').where({ record_id: 'after' })).toHaveLength(1);
});
