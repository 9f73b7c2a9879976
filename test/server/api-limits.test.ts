import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAttemptLimit } from '../../server/api/attempt-limit.ts';
import { type ApiUnderTest, acquired, startApi } from './api-books.ts';

describe('a limit of attempts', () => {
  const limitAt = (clock: { at: number }) =>
    createAttemptLimit({ mostAttempts: 3, windowMs: 1000, mostCallers: 2 }, () => clock.at);

  test('lets as many in as it says, then tells how long to wait until the first has slid out of the window', () => {
    const clock = { at: 0 };
    const limit = limitAt(clock);
    expect(limit.attempt('a')).toBeUndefined();
    clock.at = 600;
    expect([limit.attempt('a'), limit.attempt('a'), limit.attempt('a')]).toEqual([undefined, undefined, 400]);
    clock.at = 999;
    expect(limit.attempt('a')).toBe(1);
    clock.at = 1000;
    expect([limit.attempt('a'), limit.attempt('a')]).toEqual([undefined, 600]);
  });

  test('does not count what was refused, nor what is taken back', () => {
    const clock = { at: 0 };
    const limit = limitAt(clock);
    for (let count = 0; count < 100; count += 1) {
      expect(limit.attempt('a')).toBeUndefined();
      limit.takeBack('a');
    }
    for (let count = 0; count < 3; count += 1) limit.attempt('a');
    clock.at = 500;
    for (let count = 0; count < 100; count += 1) expect(limit.attempt('a')).toBe(500);
    clock.at = 1000;
    expect(limit.attempt('a')).toBeUndefined();
  });

  test('counts each caller alone, and keeps only those who came last in mind', () => {
    const limit = limitAt({ at: 0 });
    for (let count = 0; count < 3; count += 1) limit.attempt('a');
    expect([limit.attempt('a'), limit.attempt('b')]).toEqual([1000, undefined]);
    // The third caller drives out the one not seen for longest: a, who was refused before b came.
    limit.attempt('c');
    expect(limit.attempt('a')).toBeUndefined();
  });
});

describe('guessing voucher codes', () => {
  const clock = { at: 0 };
  let it: ApiUnderTest;
  beforeEach(async () => {
    clock.at = 0;
    it = await startApi({ elapsedMs: () => clock.at });
  });
  afterEach(() => it.close());

  const redeem = (code: string, customerId: string, remoteAddress = '192.0.2.1') =>
    it.api.inject({
      method: 'POST',
      url: `/v1/vouchers/${code}/redeem`,
      payload: { orderId: 'O-1', customerId },
      remoteAddress,
    });
  async function givenVoucher(): Promise<string> {
    await it.api.inject({ method: 'POST', url: '/v1/events', payload: acquired('1') });
    return (await it.api.inject('/v1/vouchers')).json().items[0].code;
  }

  test('ends after 30 wrong codes: even the right one has to wait for the minute to pass', async () => {
    const code = await givenVoucher();
    // All at once, and both kinds of guess: a code that nobody has, and one that somebody else has.
    const guesses = Array.from({ length: 40 }, (_, index) => redeem(index % 2 ? code : '0000', 'C-2'));
    const statuses = (await Promise.all(guesses)).map((answer) => answer.statusCode);
    expect([statuses.filter((status) => status === 409).length, statuses.filter((s) => s === 429).length]).toEqual([
      30, 10,
    ]);
    clock.at = 15_500;
    const late = await redeem(code, 'C-1');
    expect(late.headers['retry-after']).toBe('45');
    expect(late.json()).toMatchObject({ status: 429, type: '/v1/problems/too-many-attempts', retryAfter: 45 });
    expect((await redeem(code, 'C-1', '192.0.2.2')).statusCode).toBe(200);
    clock.at = 60_000;
    expect((await redeem(code, 'C-1')).json()).toMatchObject({ reason: 'voucher-used', sameOrder: true });
  });

  test('is not what a shop does whose customers redeem, or redeem twice', async () => {
    const code = await givenVoucher();
    for (let count = 0; count < 35; count += 1) expect([200, 409]).toContain((await redeem(code, 'C-1')).statusCode);
  });
});
