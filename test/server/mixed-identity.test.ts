/** Records of the wrong subscription: what tells is the card or the device that they name beside the number. */
import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decideException } from '../../server/api/decide-exception.ts';
import { doubtAccounts } from '../../server/bill-run/doubt-accounts.ts';
import { rateAgain } from '../../server/bill-run/rate-again.ts';
import { billThresholds } from '../../server/interim/bill-thresholds.ts';
import { replayRecords } from '../../server/usage/replay-records.ts';
import { readSubscriberDirectory } from '../../server/usage/subscriber-directory.ts';
import { enrol, instant, settings } from './engagement-books.ts';
import { openSmallBooks, type SmallBooks } from './small-books.ts';

const rulebook = `
plan flex "Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  rate voice charge 0.10 EUR per min
plan metered "Metered" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  invoice at 2.00 EUR of usage, then every 1.00 EUR
  rate voice charge 0.10 EUR per min
tax standard otherwise 0% category Z
`;

const numbers = { A: '+358400000001', B: '+358400000002', C: '+358400000003' };
const cards = { A: '244050000000001', B: '244050000000002', C: '244050000000003' };
const devices = { A: '350000000000011', B: '350000000000029', C: '350000000000037' };
type Name = keyof typeof numbers;

interface Call {
  readonly number?: Name;
  readonly card?: Name;
  readonly device?: string;
}

/** A minute on a day of May at noon. */
function call(id: string, day: number, { number = 'A', card = number, device = devices[number] }: Call): string {
  const start = `2026-05-${String(day).padStart(2, '0')}T12:00:00+03:00`;
  return `R,${id},1,${numbers[number]},voice,${start},60,0,0,outgoing,+358409999999,${numbers[number]},24405,,,,,,,,${cards[card]},${device}`;
}

/** One call of a subscription on each of some days. */
function calls(number: Name, days: readonly number[], device = devices[number]): readonly string[] {
  return days.map((day) => call(`${number}-${device}-${day}`, day, { number, device }));
}

const days = (from: number, until: number) => Array.from({ length: until - from + 1 }, (_, index) => from + index);

let books: SmallBooks;
let db: Knex;
beforeEach(async () => {
  books = await openSmallBooks(rulebook);
  db = books.db;
  for (const name of ['A', 'B', 'C'] as const)
    await enrol(db, name, { subscription: { plan: 'flex', msisdn: numbers[name], imsi: cards[name] } });
  await books.collect([...calls('A', days(1, 28)), ...calls('B', days(1, 28))]);
});
afterEach(() => books.close());

const queue = () =>
  db('exception')
    .where({ code: 'mixed-identity' })
    .orderBy('subject')
    .select('subject', 'account_id', 'state', 'evidence');
const cycles = async () => Object.fromEntries(await stateRows());
const stateRows = async (): Promise<[string, string][]> =>
  (await db('account_cycle').orderBy('account_id')).map((row) => [row.account_id, row.state]);
/** Another exception that holds the bill of the first account. */
async function store(changes: object) {
  const like = await db('exception').where({ subject: 'S-A' }).first();
  const { exception_id: _, ...row } = { ...like, key: 'another', evidence: 'Something else', ...changes };
  const [stored] = await db('exception').insert(row).returning('exception_id');
  return stored;
}
const context = async () => ({ db, services: new Set(['voice']), directory: await readSubscriberDirectory(db) });

describe('a record with the number of one subscription and the card of another', () => {
  beforeEach(() => books.collect([call('torn', 30, { number: 'A', card: 'B' })], 1));

  test('waits in quarantine, and the bills of both are held until a person has decided', async () => {
    await books.bill('2026-06-01');
    const detail = `Line 2 of 2.csv waits in quarantine: number ${numbers.A} is of S-A, IMSI ${cards.B} is of S-B.`;
    expect(await queue()).toEqual([
      { subject: 'S-A', account_id: 'A-A', state: 'open', evidence: detail },
      { subject: 'S-B', account_id: 'A-B', state: 'open', evidence: detail },
    ]);
    expect(await cycles()).toEqual({ 'A-A': 'held', 'A-B': 'held', 'A-C': 'invoiced' });
    const { exception_id: id } = await db('exception').where({ subject: 'S-A' }).first();
    await decideException(db, id, { state: 'approved', reason: 'The card was swapped', by: 'maija' }, 0);
    expect(await cycles()).toMatchObject({ 'A-A': 'clear', 'A-B': 'held' });
  });

  test('holds nobody any more when it has been corrected before anything is rated', async () => {
    const runId = await books.begin('2026-06-01');
    await doubtAccounts(await context(), runId);
    expect((await queue()).map(({ state }) => state)).toEqual(['open', 'open']);
    const { file_id: file } = await db('quarantined_record').first();
    const mended = [{ file, line: 2, corrected: call('torn', 30, { number: 'B' }) }];
    expect(await replayRecords(await context(), mended, { by: 'maija', at: 0 })).toMatchObject({
      accepted: 1,
    });
    await books.bill('2026-06-01');
    expect((await queue()).map(({ state }) => state)).toEqual(['approved', 'approved']);
    expect(await cycles()).toEqual({ 'A-A': 'invoiced', 'A-B': 'invoiced', 'A-C': 'invoiced' });
  });

  test('that is put right while it holds the bill is on that bill, which is rated again', async () => {
    await books.bill('2026-06-01');
    const { file_id: file } = await db('quarantined_record').first();
    const mended = [{ file, line: 2, corrected: call('torn', 30, { number: 'A' }) }];
    await replayRecords(await context(), mended, { by: 'maija', at: 0 });
    const { exception_id: id } = await db('exception').where({ subject: 'S-A' }).first();
    await rateAgain(db, id, { reason: 'It is of this one', by: 'maija' }, 0, []);
    expect((await queue()).map(({ state }) => state)).toEqual(['re-rated', 'open']);
    expect(await cycles()).toMatchObject({ 'A-A': 'clear', 'A-B': 'held' });
    await books.bill('2026-06-01');
    const { total } = await db('invoice').where({ account_id: 'A-A' }).first('total');
    expect(total).toBe('2.90');
  });

  test('holds the bill again when it is rated again and nothing was mended, and each doubt is decided once', async () => {
    await books.bill('2026-06-01');
    const again = async () => {
      const { exception_id: id } = await db('exception').where({ subject: 'S-A', state: 'open' }).first();
      return rateAgain(db, id, { reason: 'Was it mended?', by: 'maija' }, 0, []);
    };
    expect(await again()).toEqual({ kind: 'decided', runId: null });
    const [before, now] = (await queue()).filter(({ subject }) => subject === 'S-A');
    expect([before?.state, now?.state]).toEqual(['re-rated', 'open']);
    expect(now?.evidence).toBe(before?.evidence);
    expect(await cycles()).toMatchObject({ 'A-A': 'held', 'A-B': 'held' });
  });

  test('is doubted no more where it was mended, whatever exception the bill is rated again by', async () => {
    await books.bill('2026-06-01');
    const { exception_id: other } = await store({ code: 'anomaly', subject: 'A-A', state: 'open' });
    const { file_id: file } = await db('quarantined_record').first();
    const mended = [{ file, line: 2, corrected: call('torn', 30, { number: 'B' }) }];
    await replayRecords(await context(), mended, { by: 'maija', at: 0 });
    await rateAgain(db, other, { reason: 'It is of the other one', by: 'maija' }, 0, []);
    expect((await queue()).map(({ subject, state }) => [subject, state])).toEqual([
      ['S-A', 're-rated'],
      ['S-B', 'open'],
    ]);
    expect(await cycles()).toMatchObject({ 'A-A': 'clear', 'A-B': 'held' });
  });

  test('that a person has approved stays approved when the bill is rated again by something else', async () => {
    await books.bill('2026-06-01');
    const { exception_id: other } = await store({ code: 'anomaly', subject: 'A-A', state: 'open' });
    const { exception_id: id } = await db('exception').where({ subject: 'S-A' }).first();
    await decideException(db, id, { state: 'approved', reason: 'The card was swapped', by: 'eero' }, 0);
    await rateAgain(db, other, { reason: 'Mended', by: 'maija' }, 0, []);
    expect((await queue()).map(({ subject, state }) => [subject, state])).toEqual([
      ['S-A', 'approved'],
      ['S-B', 'open'],
    ]);
    expect(await cycles()).toMatchObject({ 'A-A': 'clear', 'A-B': 'held' });
  });

  test('is billed to nobody where a person has rejected the bill before it was rated', async () => {
    const runId = await books.begin('2026-06-01');
    await doubtAccounts(await context(), runId);
    const { exception_id: id } = await db('exception').where({ subject: 'S-A' }).first();
    await decideException(db, id, { state: 'rejected', reason: 'To be looked into', by: 'maija' }, 0);
    await books.bill('2026-06-01');
    expect(await cycles()).toMatchObject({ 'A-A': 'rejected', 'A-B': 'held' });
  });
});

describe('a record of the device of another subscription', () => {
  const held = async (more: readonly string[]) => {
    await books.collect(more);
    await books.bill('2026-06-01');
    return (await queue()).map(({ subject }) => subject);
  };

  test('holds both bills, and says whose device it is', async () => {
    expect(await held([call('mixed', 10, { number: 'B', device: devices.A })])).toEqual(['S-A', 'S-B']);
    const [{ evidence } = { evidence: '' }] = await queue();
    expect(evidence).toBe(
      `A record of S-B came of the device ${devices.A}, the first at 2026-05-10T09:00:00.000Z; it is that of S-A, which used it 28 times before and after.`,
    );
  });

  test('holds them at the end of the month too, when there can be no use of it afterwards', async () => {
    expect(await held([call('mixed', 30, { number: 'B', device: devices.A })])).toEqual(['S-A', 'S-B']);
  });

  test('holds the bill no more when the record was withdrawn and the bill is rated again', async () => {
    await held([call('mixed', 10, { number: 'B', device: devices.A })]);
    const { exception_id: id } = await db('exception').where({ subject: 'S-B' }).first();
    await books.withdraw(['mixed']);
    await rateAgain(db, id, { reason: 'Withdrawn', by: 'maija' }, 0, []);
    expect(await cycles()).toMatchObject({ 'A-A': 'held', 'A-B': 'clear' });
    const { exception_id: owner } = await db('exception').where({ subject: 'S-A' }).first();
    await rateAgain(db, owner, { reason: 'Withdrawn', by: 'maija' }, 0, []);
    expect((await queue()).map(({ state }) => state)).toEqual(['re-rated', 're-rated']);
    expect(await cycles()).toMatchObject({ 'A-A': 'clear', 'A-B': 'clear' });
  });

  test('is none where the device was handed on, and its former user has another one', async () => {
    expect(await held([...calls('A', [29, 30, 31], '350000000000045'), ...calls('C', [30, 31], devices.A)])).toEqual(
      [],
    );
  });

  test('is none where a card was in the device for some days: neither subscription used its own meanwhile', async () => {
    const before = calls('C', days(1, 14));
    expect(await held([...before, ...calls('C', [29, 30], devices.A), ...calls('A', [31])])).toEqual([]);
  });

  test('are several that are no loan if one of the two used its own device between them', async () => {
    expect(await held(calls('C', [20, 22], devices.A))).toEqual(['S-A', 'S-C']);
  });

  test('is none among the lines of one account', async () => {
    await db('subscription').where({ subscription_id: 'S-C' }).update({ account_id: 'A-A' });
    expect(await held([call('shared', 10, { number: 'C', device: devices.A })])).toEqual([]);
  });

  test('says nothing where many have a device of that number', async () => {
    await enrol(db, 'D', { subscription: { plan: 'flex', msisdn: '+358400000004' } });
    const april = (['A', 'B', 'C'] as const).map((number) =>
      call(`april-${number}`, 10, { number, device: devices.A }).replace('2026-05-10', '2026-04-10'),
    );
    await books.collect(april);
    expect(
      await held([
        call('cloned', 10, { number: 'C', device: devices.A }).replace(numbers.C, '+358400000004').replace(cards.C, ''),
      ]),
    ).toEqual([]);
  });
});

describe('an invoice in mid-cycle', () => {
  const noon = (day: number) => instant(`2026-05-${day}T15:00:00+03:00`);
  const bill = async (day: number) => {
    const { issued, doubted } = await billThresholds(db, books.rules, settings, noon(day), []);
    return { issued: issued.map(({ accountId, total }) => [accountId, total]), doubted };
  };
  beforeEach(async () => {
    await db('subscription').where({ subscription_id: 'S-B' }).update({ plan: 'metered' });
    await db('billing_account').update({ opened_on: '2026-05-01' });
  });

  test('waits while one cannot tell whose the records of a device are, and goes out when the record is withdrawn', async () => {
    await books.collect([call('mixed', 29, { number: 'B', device: devices.A })]);
    expect(await bill(29)).toEqual({
      issued: [],
      doubted: [
        {
          accountId: 'A-B',
          why: expect.stringMatching(/^mixed-identity: A record of S-B came of the device .* of S-A/),
        },
      ],
    });
    expect(await db('invoice')).toEqual([]);
    await books.withdraw(['mixed']);
    await books.collect(calls('B', [30]));
    expect(await bill(30)).toEqual({ issued: [['A-B', '2.90']], doubted: [] });
  });

  test('waits for a record that names two, and goes out when it is replayed', async () => {
    await books.collect([call('torn', 29, { number: 'A', card: 'B' })], 1);
    expect((await bill(29)).doubted).toMatchObject([
      { accountId: 'A-B', why: expect.stringContaining('in quarantine') },
    ]);
    const { file_id: file } = await db('quarantined_record').first();
    const mended = [{ file, line: 2, corrected: call('torn', 29, { number: 'B' }) }];
    await replayRecords(await context(), mended, { by: 'maija', at: 0 });
    expect(await bill(29)).toEqual({ issued: [['A-B', '2.90']], doubted: [] });
  });
});
