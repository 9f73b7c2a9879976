import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Voucher } from '../../engine/outcomes.ts';
import { grantOffer } from '../../server/engagement/grants.ts';
import { loadSubject } from '../../server/engagement/subjects.ts';
import { createVoucherCode, readVoucherCode } from '../../server/engagement/voucher-code.ts';
import { redeemVoucher } from '../../server/engagement/vouchers.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant } from './engagement-books.ts';

const now = instant('2026-06-16T10:00:00+03:00');
const random = (count: number) => randomBytes(count);

describe('a voucher code', () => {
  const bytes = fc.uint8Array({ minLength: 17, maxLength: 17 });
  const code = bytes.map((values) => createVoucherCode(() => values));

  test('holds 85 random bits in groups of three unambiguous characters', () => {
    const codes = new Set(Array.from({ length: 2000 }, () => createVoucherCode(random)));
    expect(codes.size).toBe(2000);
    for (const one of codes) expect(one).toMatch(/^([0-9A-HJKMNP-TV-Z]{3}-){5}[0-9A-HJKMNP-TV-Z]{3}$/);
  });

  test('is understood however a person types it', () => {
    fc.assert(
      fc.property(code, (one) => {
        const typed = one.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
        expect(readVoucherCode(typed)).toBe(one);
      }),
    );
  });

  test('with any one wrong character is no code', () => {
    fc.assert(
      fc.property(code, fc.nat(17), fc.integer({ min: 1, max: 31 }), (one, place, shift) => {
        const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
        const characters = [...one.replaceAll('-', '')];
        characters[place] = alphabet[(alphabet.indexOf(characters[place] ?? '') + shift) % 32] ?? '';
        expect(readVoucherCode(characters.join(''))).toBeUndefined();
      }),
    );
  });

  test('with any two characters exchanged is no code', () => {
    fc.assert(
      fc.property(code, fc.nat(17), fc.nat(17), (one, a, b) => {
        const characters = [...one.replaceAll('-', '')];
        fc.pre(characters[a] !== characters[b]);
        [characters[a], characters[b]] = [characters[b] ?? '', characters[a] ?? ''];
        expect(readVoucherCode(characters.join(''))).toBeUndefined();
      }),
    );
  });
});

describe('vouchers', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    for (let number = 1; number <= 30; number += 1) await enrol(database.db, `C-${number}`);
  });
  afterAll(() => database.close());

  const give: Voucher = {
    kind: 'voucher',
    take: { kind: 'percent', percent: '10' },
    off: 'this order',
    validDays: 30,
  };

  async function grant(rule: string, customerId: string, changes: Partial<Voucher> = {}, occasion = 'first') {
    const subject = await loadSubject(database.db, { customerId });
    return database.db.transaction((trx) =>
      grantOffer(trx, { rule, give: { ...give, ...changes }, subject, occasion, now }, random),
    );
  }

  async function granted(rule: string, customerId: string): Promise<string> {
    const result = await grant(rule, customerId);
    if (result.kind !== 'granted') throw new Error(`The voucher was ${result.kind}`);
    return result.voucher?.code ?? '';
  }

  test('of 50 redemptions at once exactly one wins, and the others are told that it is used', async () => {
    const code = await granted('race', 'C-1');
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        redeemVoucher(database.db, { code, orderId: `O-${index}`, customerId: 'C-1', now }),
      ),
    );
    expect(results.filter((result) => result.kind === 'redeemed')).toHaveLength(1);
    expect(results.filter((result) => result.kind === 'refused' && result.reason === 'voucher-used')).toHaveLength(49);
    expect(await database.db('voucher').where({ code }).first('uses')).toEqual({ uses: 1 });
    expect(await database.db('redemption').where({ code })).toHaveLength(1);
  });

  test('for several orders are used once by each, however often the same order asks at once', async () => {
    const code = await granted('several', 'C-2');
    await database.db('voucher').where({ code }).update({ uses_allowed: 3 });
    const results = await Promise.all(
      ['O-1', 'O-1', 'O-1', 'O-1', 'O-2', 'O-2', 'O-2'].map((orderId) =>
        redeemVoucher(database.db, { code, orderId, customerId: 'C-2', now }),
      ),
    );
    expect(results.filter((result) => result.kind === 'redeemed')).toHaveLength(2);
    expect(await database.db('voucher').where({ code }).first('uses')).toEqual({ uses: 2 });
  });

  test('an order that has the voucher already is told so', async () => {
    const code = await granted('retry', 'C-3');
    const request = { code, orderId: 'O-1', customerId: 'C-3', now };
    expect(await redeemVoucher(database.db, request)).toMatchObject({ kind: 'redeemed', off: 'your next order' });
    expect(await redeemVoucher(database.db, request)).toEqual({
      kind: 'refused',
      reason: 'voucher-used',
      sameOrder: true,
    });
    expect(await redeemVoucher(database.db, { ...request, orderId: 'O-2' })).toEqual({
      kind: 'refused',
      reason: 'voucher-used',
    });
  });

  test('are valid to the end of their last day where the customer lives, and not a moment longer', async () => {
    const code = await granted('validity', 'C-4');
    const redeemAt = (at: string) =>
      redeemVoucher(database.db, { code, orderId: 'O-1', customerId: 'C-4', now: instant(at) });
    expect(await redeemAt('2026-07-17T00:00:00+03:00')).toEqual({ kind: 'refused', reason: 'voucher-expired' });
    expect(await redeemAt('2026-07-16T23:59:59+03:00')).toMatchObject({ kind: 'redeemed' });
  });

  test('given to one customer are refused to another, used or not', async () => {
    const code = await granted('stolen', 'C-5');
    const foreign = { code, orderId: 'O-9', customerId: 'C-6', now };
    expect(await redeemVoucher(database.db, foreign)).toEqual({
      kind: 'refused',
      reason: 'voucher-of-another-customer',
    });
    await redeemVoucher(database.db, { ...foreign, customerId: 'C-5' });
    expect(await redeemVoucher(database.db, foreign)).toEqual({
      kind: 'refused',
      reason: 'voucher-of-another-customer',
    });
  });

  test('given for one order are refused for another', async () => {
    const code = await granted('bound', 'C-7');
    await database.db('voucher').where({ code }).update({ order_id: 'O-1' });
    const request = { code, customerId: 'C-7', now };
    expect(await redeemVoucher(database.db, { ...request, orderId: 'O-2' })).toEqual({
      kind: 'refused',
      reason: 'voucher-of-another-order',
    });
    expect(await redeemVoucher(database.db, { ...request, orderId: 'O-1' })).toMatchObject({ kind: 'redeemed' });
  });

  test('that were never given are unknown, mistyped or not', async () => {
    for (const code of [createVoucherCode(random), 'ABC', '', 'U'.repeat(18)]) {
      expect(await redeemVoucher(database.db, { code, orderId: 'O-1', customerId: 'C-1', now })).toEqual({
        kind: 'refused',
        reason: 'voucher-unknown',
      });
    }
  });

  test('are granted once for one occasion, and as often per customer as the offer allows', async () => {
    expect(await grant('limit', 'C-8', { perCustomer: 2 })).toMatchObject({ kind: 'granted' });
    expect(await grant('limit', 'C-8', { perCustomer: 2 })).toMatchObject({ kind: 'already granted' });
    expect(await grant('limit', 'C-8', { perCustomer: 2 }, 'second')).toMatchObject({ kind: 'granted' });
    expect(await grant('limit', 'C-8', { perCustomer: 2 }, 'third')).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('2 times'),
    });
  });

  test('of an offer for 10 in total are 10, when 30 customers come at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) => grant('budget', `C-${index + 1}`, { inTotal: 10 })),
    );
    expect(results.filter((result) => result.kind === 'granted')).toHaveLength(10);
    expect(results.filter((result) => result.kind === 'refused')).toHaveLength(20);
    expect(await database.db('voucher').where({ rule: 'budget' })).toHaveLength(10);
  });
});
