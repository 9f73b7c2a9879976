import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { decideException } from '../../server/api/decide-exception.ts';
import { checkSources, decisionsAwaited } from '../../server/bill-run/check-sources.ts';
import type { RunContext } from '../../server/bill-run/run-context.ts';
import { compare, limitOf, scoreOf } from '../../server/source-check/score.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import {
  type Call,
  callsOf,
  deliver,
  forgetNewDays,
  newDays,
  openSource,
  otherLine,
  pastDays,
} from './source-books.ts';

describe('the score of a file against a suspicion', () => {
  const coin = { heads: 500_000, tails: 500_000 };
  const always = (bin: string) => ({ asIf: `as if it were always ${bin}`, shares: () => ({ [bin]: 1 }) });

  test('counts standard deviations: 75 heads of 100 throws are five, as if half of them had been laid', () => {
    // Expected 50, deviation √(100 × ½ × ½) = 5.
    const { deviations, share } = scoreOf({ heads: 75, tails: 25 }, compare(coin, always('heads')));
    expect(deviations).toBeCloseTo(5.1, 1);
    expect(share).toBeCloseTo(0.5, 2);
  });

  test('is nothing where a file lies on the other side', () => {
    expect(scoreOf({ heads: 25, tails: 75 }, compare(coin, always('heads')))).toEqual({ deviations: 0, share: 0 });
  });

  test('is what chance says where records are few: five of a kind of which a third is expected happen once in thousands of files', () => {
    const past = { usual: 280_000, rare: 96 };
    const { deviations } = scoreOf({ usual: 995, rare: 5 }, compare(past, always('rare')));
    // 5 ln(5 ÷ 0.343) − 5 + 0.343 = 8.7, and the chance is at most e^−8.7.
    expect(deviations).toBeCloseTo(Math.sqrt(2 * 8.7), 1);
  });

  test('does not cry out at a single record of a kind never seen', () => {
    const past = { usual: 280_000 };
    expect(scoreOf({ usual: 999, never: 1 }, compare(past, always('never'))).deviations).toBeLessThan(
      limitOf([0], 1).limit,
    );
    expect(scoreOf({ usual: 996, never: 4 }, compare(past, always('never'))).deviations).toBeGreaterThan(6);
  });

  test('has its limit beyond everything that past files scored, and further out where they are few or lie far apart', () => {
    const many = Array.from({ length: 200 }, (_, index) => index / 150);
    expect(limitOf(many, 1)).toMatchObject({ spread: 1 });
    expect(limitOf(many, 1).limit).toBeCloseTo(1.05 * Math.sqrt(2 * Math.log(1000)), 6);
    expect(limitOf(many, 42).limit).toBeGreaterThan(limitOf(many, 1).limit);
    expect(limitOf(many.slice(0, 20), 1).limit).toBeGreaterThan(1.4 * limitOf(many, 1).limit);
    expect(limitOf([...many, 12], 1).limit).toBeGreaterThan(15);
    expect(
      limitOf(
        many.map((one) => 4 * one),
        1,
      ).spread,
    ).toBeGreaterThan(3);
  });
});

describe('before anything is rated', () => {
  let books: TestDatabase;
  let context: RunContext;
  beforeAll(async () => {
    books = await createTestDatabase();
    context = await openSource(books.db);
  });
  afterEach(() => forgetNewDays(books.db));
  afterAll(() => books.close());

  const faultyDay = pastDays + 4;
  const deliverNew = async (change: (call: Call, index: number) => readonly Call[] = (call) => [call]) => {
    for (let day = pastDays; day < pastDays + newDays; day++)
      await deliver(books.db, day, day === faultyDay ? callsOf(day).flatMap(change) : callsOf(day));
  };
  const check = (incompleteUsage: 'wait' | 'flag' = 'wait') => checkSources(context, { zone: 'UTC', incompleteUsage });
  const queue = () =>
    books.db('exception').orderBy('exception_id').select('code', 'subject', 'action', 'state', 'evidence', 'figures');
  const decide = async (state: 'approved' | 'rejected') => {
    const { exception_id } = await books.db('exception').where({ state: 'open' }).first('exception_id');
    return decideException(books.db, exception_id, { state, reason: 'Asked the source', by: 'maija' }, 0);
  };

  test('a month like those before it holds nothing', async () => {
    await deliverNew();
    expect(await check()).toBeUndefined();
    expect(await queue()).toEqual([]);
  });

  const faults: readonly (readonly [
    name: string,
    asIf: RegExp,
    change: (call: Call, index: number) => readonly Call[],
  ])[] = [
    ['whose seconds are minutes', /60 times too large/, (call) => [{ ...call, durationMs: call.durationMs * 60 }]],
    [
      'of which one call in six has seconds for minutes',
      /times too large/,
      (call, index) => [index % 6 === 0 ? { ...call, durationMs: call.durationMs * 60 } : call],
    ],
    [
      'whose clock is seven hours ahead',
      /clock were \d+ hours ahead/,
      (call) => [{ ...call, startAt: call.startAt + 7 * 3_600_000 }],
    ],
    [
      'whose minutes are seconds',
      /times too small/,
      (call) => [{ ...call, durationMs: Math.ceil(call.durationMs / 60_000) * 1000 }],
    ],
    [
      'of which one call in twenty is a thousand times too long',
      /about [45]\.\d % of its records.*1000 times too large/,
      (call, index) => [index % 20 === 0 ? { ...call, durationMs: call.durationMs * 1000 } : call],
    ],
    [
      'whose calls come again under new ids',
      /ran at the same time/,
      (call) => [call, { ...call, id: `${call.id}-again` }],
    ],
    [
      'of calls of the wrong subscribers',
      /other subscribers|served number/,
      (call) => [{ ...call, msisdn: otherLine(call), callingNumber: otherLine(call) }],
    ],
    [
      'whose served numbers do not make the calls',
      /served number is at neither end/,
      (call, index) => [index % 8 === 0 ? { ...call, msisdn: otherLine(call) } : call],
    ],
  ];
  test.each(faults)('a file %s makes the run wait, and the exception shows the past', async (_, asIf, change) => {
    await deliverNew(change);
    expect(await check()).toContain(`unlike-past MSC1#${faultyDay + 1}`);
    const found = await queue();
    expect(found.map(({ code, subject, action }) => [code, subject, action])).toEqual([
      ['unlike-past', `MSC1#${faultyDay + 1}`, 'hold'],
    ]);
    expect(found[0]?.evidence).toMatch(asIf);
    const [figures] = found[0]?.figures ?? [];
    expect(Number(figures.found)).toBeGreaterThan(4);
    expect(figures.past).toHaveLength(30);
  });

  test('a source that falls silent at the end, where no number is missing, makes the run wait until its files come', async () => {
    for (let day = pastDays; day < pastDays + newDays - 1; day++) await deliver(books.db, day, callsOf(day));
    expect(await check()).toContain('source-silent MSC1 2026-05-30');
    await deliver(books.db, pastDays + newDays - 1, callsOf(pastDays + newDays - 1));
    expect(await check()).toBeUndefined();
    expect(await queue()).toMatchObject([{ code: 'source-silent', state: 'approved' }]);
  });

  test('a missing file makes the run wait or is only flagged, as the company says', async () => {
    for (let day = pastDays; day < pastDays + newDays; day++)
      if (day !== faultyDay) await deliver(books.db, day, callsOf(day));
    expect(await check('flag')).toBeUndefined();
    expect((await queue()).map(({ code, action }) => [code, action])).toContainEqual(['source-gap', 'flag']);
    expect(await check('wait')).toContain(`source-gap MSC1#${faultyDay + 1}`);
  });

  test('a trailer that sums up other quantities than the records have makes the run wait; approved, it goes on', async () => {
    await deliverNew((call) => [call]);
    await books
      .db('usage_file')
      .where({ sequence: faultyDay + 1 })
      .update({ totals_announced: '1 0 0 5', totals_read: '2 0 0 5' });
    expect(await check()).toContain(`trailer-mismatch MSC1#${faultyDay + 1}`);
    expect(await decisionsAwaited(books.db, 'now')).toBe(1);
    expect((await queue())[0]?.evidence).toContain('add up to 2 0 0 5; its trailer says 1 0 0 5');
    await decide('approved');
    expect(await check()).toBeUndefined();
  });

  test('a rejected file is taken out, its number is missing, and its right version closes the gap', async () => {
    await deliverNew((call) => [{ ...call, durationMs: call.durationMs * 60 }]);
    expect(await check()).toContain('unlike-past');
    await decide('rejected');
    expect(await check()).toContain(`source-gap MSC1#${faultyDay + 1}`);
    await deliver(books.db, faultyDay, callsOf(faultyDay));
    expect(await check()).toBeUndefined();
    expect(await books.db('usage_event').count({ n: '*' }).first()).toEqual({ n: (pastDays + newDays) * 120 });
    expect((await queue()).map(({ state }) => state)).toEqual(['rejected', 'approved', 'approved']);
  });

  test('a run by rules that a later release has replaced waits until a person has said that they are meant', async () => {
    await deliverNew();
    await books.db('rule_set').insert({ hash: 'second', document: '{}' });
    expect(await check()).toContain('older-rules now');
    expect(await queue()).toMatchObject([{ code: 'older-rules', action: 'hold', subject: 'now' }]);
    expect((await queue())[0]?.evidence).toContain('a later release has replaced it');
    await decide('approved');
    expect(await check()).toBeUndefined();
  });
});
