import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeStatementFile } from '../../server/receivables/take-statement.ts';
import { type CamtEntry, type CamtStatement, camt } from './camt.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';
import { issue, openAmounts, postingsOf, trialBalance } from './ledger-books.ts';

const now = instant('2026-06-16T12:00:00+02:00');
let database: TestDatabase;
let db: Knex;

beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
  await enrol(db, 'C-1');
  await enrol(db, 'C-2');
  await issue(db, 'NM-DE-2026-000001');
  await issue(db, 'NM-DE-2026-000002', { account: 'A-C-2' });
});
afterEach(() => database.close());

const takeIn = (bytes: Uint8Array) => takeStatementFile(storyDeps(db), { name: 'june.xml', bytes }, now);
const pays = (number: string, more: Partial<CamtEntry> = {}): CamtEntry => ({
  amount: '119.00',
  transactions: [{ text: ['Rechnung', number], name: 'Aino', iban: 'FI2112345600000785' }],
  ...more,
});
const isPaid = { 'NM-DE-2026-000001': '0.00' };

describe('an account statement is taken in', () => {
  test.each(['02', '08'] as const)(
    'in version %s: a credit by free text, one by structured reference',
    async (version) => {
      const byReference = { amount: '119.00', transactions: [{ reference: 'NM-DE-2026-000002' }] };
      // 1,000.00 + 119.00 + 119.00.
      const file = camt([{ closing: '1238.00', entries: [pays('NM-DE-2026-000001'), byReference] }], version);
      expect(await takeIn(file)).toEqual([
        {
          ...{ account: 'DE02120300000000202051', id: 'ST-1', currency: 'EUR', kind: 'taken' },
          ...{ opensOn: '2026-06-15', closesOn: '2026-06-15' },
          ...{ matched: 2, unmatched: 0, repeated: 0, returned: 0, unknownReturns: 0, notBooked: 0, ignored: 0 },
        },
      ]);
      expect(await openAmounts(db)).toEqual({ ...isPaid, 'NM-DE-2026-000002': '0.00' });
      expect(
        await db('payment').orderBy('payment_id').first('payment_id', 'payer_name', 'payer_iban', 'received_on'),
      ).toEqual({
        payment_id: 'bank:DE02120300000000202051/ST-1/1.1',
        payer_name: 'Aino',
        payer_iban: 'FI2112345600000785',
        received_on: '2026-06-15',
      });
    },
  );

  test('with the number cut by the end of a line', async () => {
    const cut = {
      amount: '119.00',
      transactions: [{ text: ['Danke fuer Ihre Rechnung NM-DE-2', '026-000001 gern wieder'] }],
    };
    await takeIn(camt([{ closing: '1119.00', entries: [cut] }]));
    expect(await openAmounts(db)).toMatchObject(isPaid);
  });

  test.each(['02', '08'] as const)(
    'with a batch of version %s, whose transactions are payments of their own',
    async (version) => {
      const batch = {
        amount: '238.00',
        code: 'IDDT/ESDD',
        transactions: [
          { amount: '119.00', endToEnd: 'NM-DE-2026-000001' },
          { amount: '119.00', endToEnd: 'NM-DE-2026-000002' },
        ],
      };
      expect(await takeIn(camt([{ closing: '1238.00', entries: [batch] }], version))).toMatchObject([{ matched: 2 }]);
      expect(await db('payment').distinct('method').pluck('method')).toEqual(['direct debit']);
    },
  );

  test('with several statements, in currencies of their own', async () => {
    const dollars: CamtStatement = {
      ...{ id: 'ST-2', iban: 'DE88500700100000000000', currency: 'USD', opening: '-5.00', closing: '45.00' },
      entries: [{ amount: '50.00', transactions: [{ text: ['NM-DE-2026-000001'] }] }],
    };
    const reports = await takeIn(camt([{ closing: '1119.00', entries: [pays('NM-DE-2026-000001')] }, dollars]));
    expect(reports).toMatchObject([{ matched: 1 }, { currency: 'USD', matched: 0, unmatched: 1 }]);
    expect(await db('exception').pluck('code')).toEqual(['payment-currency']);
  });

  test('without what is not booked, what the bank charges, and what it gives back of its charges', async () => {
    const entries: CamtEntry[] = [
      { amount: '7.77', status: 'PDNG', transactions: [{ text: ['NM-DE-2026-000001'] }] },
      { amount: '4.90', direction: 'DBIT', code: 'ACMT/MDOP' },
      { amount: '1.00', reversal: true },
    ];
    // 1,000.00 − 4.90 + 1.00; what is pending counts nothing.
    expect(await takeIn(camt([{ closing: '996.10', entries }]))).toMatchObject([
      { matched: 0, unmatched: 0, ignored: 3 },
    ]);
    expect(await db('payment')).toEqual([]);
  });

  test('once: again, in whatever file, it changes nothing; what else says so is refused', async () => {
    const statement = { closing: '1119.00', entries: [pays('NM-DE-2026-000001')] };
    await takeIn(camt([statement]));
    expect(await takeIn(camt([statement]))).toMatchObject([{ kind: 'known', matched: 0 }]);
    const other = camt([{ closing: '1100.00', entries: [pays('NM-DE-2026-000001', { amount: '100.00' })] }]);
    await expect(takeIn(other)).rejects.toThrow(
      'Statement ST-1 of DE02120300000000202051 was taken in from june.xml and said something else',
    );
    expect(await db('payment')).toHaveLength(1);
  });

  test('twice at once: one of them is first, the other finds nothing new', async () => {
    const file = camt([{ closing: '1119.00', entries: [pays('NM-DE-2026-000001')] }]);
    const kinds = (await Promise.all([takeIn(file), takeIn(file)])).map(([report]) => report?.kind);
    expect(kinds.sort()).toEqual(['known', 'taken']);
    expect(await db('payment')).toHaveLength(1);
  });

  test('with a booking that an earlier statement had told: it is the same money', async () => {
    const again = { amount: '119.00', transactions: [{ text: ['NM-DE-2026-000001'], bankReference: 'B-77' }] };
    await takeIn(camt([{ closing: '1119.00', entries: [again] }]));
    expect(await takeIn(camt([{ id: 'ST-2', closing: '1119.00', entries: [again] }]))).toMatchObject([
      { matched: 0, repeated: 1 },
    ]);
    expect((await trialBalance(db)).clearing).toBe('119.00');
  });

  test('with a booking of a name that the bank gives to many: of another payer, it is other money', async () => {
    const one = { text: ['NM-DE-2026-000001'], bankReference: 'NONREF', name: 'Ada One' };
    const other = { text: ['for the telephone'], bankReference: 'NONREF', name: 'Bo Other' };
    await takeIn(camt([{ closing: '1119.00', entries: [{ amount: '119.00', transactions: [one] }] }]));
    const second = camt([{ id: 'ST-2', closing: '1119.00', entries: [{ amount: '119.00', transactions: [other] }] }]);
    expect(await takeIn(second)).toMatchObject([{ repeated: 0, unmatched: 1 }]);
    expect((await trialBalance(db)).clearing).toBe('238.00');
  });

  test('without what is booked on a day to come: that waits for a person, the rest goes in', async () => {
    const ahead: CamtEntry = { ...pays('NM-DE-2026-000002'), on: '2028-02-10' };
    const back: CamtEntry = {
      ...{ amount: '119.00', direction: 'DBIT', code: 'IDDT/UPDD', on: '2028-02-10' },
      transactions: [{ endToEnd: 'NM-DE-2026-000001', returned: { code: 'AC04' } }],
    };
    const file = camt([{ closing: '1119.00', entries: [pays('NM-DE-2026-000001'), ahead, back] }]);
    expect(await takeIn(file)).toMatchObject([{ matched: 1, unmatched: 0, unknownReturns: 0, notBooked: 2 }]);
    expect(await db('payment').pluck('received_on')).toEqual(['2026-06-15']);
    expect(await openAmounts(db)).toEqual({ ...isPaid, 'NM-DE-2026-000002': '119.00' });
    expect(await db('exception').orderBy('subject').select('code', 'subject', 'evidence')).toEqual([
      {
        code: 'unbookable-payment',
        subject: 'bank:DE02120300000000202051/ST-1/2.1',
        evidence:
          'Statement ST-1, entry 2.1: 119.00 EUR of 2028-02-10 from Aino, FI2112345600000785, Rechnung NM-DE-2026-000002; its day lies in the future',
      },
      {
        code: 'unbookable-payment',
        subject: 'bank:DE02120300000000202051/ST-1/3.1',
        evidence:
          'Statement ST-1, entry 3.1: 119.00 EUR of 2028-02-10 went back to NM-DE-2026-000001; its day lies in the future',
      },
    ]);
  });

  test('written in Latin letters of old, and with entities of XML', async () => {
    const text = camt([
      { closing: '1119.00', entries: [pays('NM-DE-2026-000001 M&#252;ller &amp; Söhne')] },
    ]).toString();
    await takeIn(Buffer.from(text.replace('UTF-8', 'ISO-8859-1'), 'latin1'));
    expect(await db('payment').first('remittance')).toEqual({
      remittance: 'Rechnung NM-DE-2026-000001 Müller & Söhne',
    });
  });
});

describe('a direct debit that comes back', () => {
  const collected = {
    amount: '119.00',
    code: 'IDDT/ESDD',
    transactions: [{ endToEnd: 'NM-DE-2026-000001', iban: 'FI2112345600000785' }],
  };
  const debit = (amount: string, transaction: CamtEntry['transactions']): CamtStatement => ({
    ...{ id: 'ST-2', opening: '1119.00', closing: (1119 - Number(amount)).toFixed(2) },
    entries: [{ amount, direction: 'DBIT', code: 'IDDT/UPDD', ...(transaction && { transactions: transaction }) }],
  });
  beforeEach(() => takeIn(camt([{ closing: '1119.00', entries: [collected] }])));

  test('opens the invoice again; what the bank takes for it is a charge', async () => {
    const back = debit('122.50', [{ endToEnd: 'NM-DE-2026-000001', returned: { code: 'AC04', collected: '119.00' } }]);
    expect(await takeIn(camt([back]))).toMatchObject([{ returned: 1, unknownReturns: 0 }]);
    expect(await openAmounts(db)).toMatchObject({ 'NM-DE-2026-000001': '119.00' });
    // 122.50 − 119.00.
    expect(await postingsOf(db, 'return bank:DE02120300000000202051/ST-2/1.1')).toEqual([
      'clearing direct debit -122.50',
      'customer credit A-C-1 119.00',
      'bank charges 3.50',
    ]);
    expect(await db('payment_return').first('kind', 'reason')).toEqual({ kind: 'return', reason: 'AC04' });
  });

  test.each([
    ['the invoice in its text', [{ text: ['RUECKLASTSCHRIFT NM-DE-2026-000001'], returned: { code: 'MD06' } }]],
    ['the payer’s account', [{ iban: 'FI2112345600000785', returned: { code: 'MD06' } }]],
  ])('is found by %s', async (_, transactions) => {
    expect(await takeIn(camt([debit('119.00', transactions)], '02'))).toMatchObject([{ returned: 1 }]);
  });

  test.each([
    ['whose payment nobody knows', [{ endToEnd: 'X-1', returned: { code: 'AC04' } }], '119.00'],
    ['of another amount', [{ endToEnd: 'NM-DE-2026-000001', returned: { code: 'AC04' } }], '100.00'],
  ])('%s is left to a person, and opens nothing', async (_, transactions, amount) => {
    expect(await takeIn(camt([debit(amount, transactions)]))).toMatchObject([{ returned: 0, unknownReturns: 1 }]);
    expect(await db('exception').first('code', 'evidence')).toMatchObject({
      code: 'unknown-return',
      evidence: expect.stringMatching(/went back on 2026-06-15 \(AC04\).*No payment fits it/),
    });
    expect(await openAmounts(db)).toMatchObject(isPaid);
  });
});

describe('a file that cannot be right is refused, and nothing of it is stored', () => {
  const good = camt([{ closing: '1119.00', entries: [pays('NM-DE-2026-000001')] }]).toString();
  const batch = (amounts: readonly (string | undefined)[]): Uint8Array =>
    camt([
      {
        closing: '1238.00',
        entries: [{ amount: '238.00', transactions: amounts.map((amount) => (amount ? { amount } : {})) }],
      },
    ]);

  test.each<[string, Uint8Array, string]>([
    ['cut in half', Buffer.from(good.slice(0, good.length / 2)), 'it is not well-formed XML'],
    [
      'with a wrong closing balance',
      Buffer.from(good.replace('>1119.00<', '>1119.01<')),
      'Statement ST-1 does not add up: 1000.00 EUR at the beginning and 1 booked entries make 1119.00 EUR, but it closes with 1119.01 EUR',
    ],
    ['without a closing balance', Buffer.from(good.replace('CLBD', 'ITBD')), 'Statement ST-1 has no balance CLBD'],
    [
      'of another message',
      Buffer.from(good.replace('camt.053.001', 'camt.054.001')),
      'The file is a camt.054.001.08: send account statements',
    ],
    ['of no message at all', Buffer.from('<html/>'), 'The file is no message of ISO 20022'],
    [
      'with entities of its own',
      Buffer.from(good.replace('<Document', '<!DOCTYPE d [<!ENTITY x "y">]><Document')),
      'it has a document type or entities',
    ],
    ['nested as no bank does', Buffer.from(`${'<a>'.repeat(500)}${'</a>'.repeat(500)}`), 'The file cannot be read'],
    [
      'with an amount that is none',
      Buffer.from(good.replaceAll('>119.00<', '>1,19<')),
      'Statement ST-1, entry 1: “1,19” is no amount',
    ],
    [
      'booked on a day that is none',
      Buffer.from(good.replace('<BookgDt><Dt>2026-06-15', '<BookgDt><Dt>2026-02-30')),
      'Statement ST-1, entry 1: there is no day “2026-02-30” (BookgDt)',
    ],
    [
      'closing on a day that is none',
      Buffer.from(good.replaceAll('<Dt><Dt>2026-06-15', '<Dt><Dt>2026-06-31')),
      'Statement ST-1, balance OPBD: there is no day “2026-06-31” (Dt)',
    ],
    [
      'without a direction',
      Buffer.from(good.replace(/(Ntry><Amt.*?)<CdtDbtInd>CRDT/, '$1<CdtDbtInd>XXXX')),
      'entry 1 is neither credit nor debit',
    ],
    ['without its name', Buffer.from(good.replace('<Id>ST-1</Id>', '')), 'Statement 1 has no identification'],
    [
      'whose batch does not add up',
      batch(['119.00', '118.00']),
      'entry 1: the 2 transactions of the batch make 237.00, the entry says 238.00',
    ],
    ['whose batch has no amounts', batch([undefined, undefined]), 'entry 1: a transaction of the batch has no amount'],
    [
      'in letters that are not what it says',
      Buffer.from(good.replace('Aino', 'Ñ'), 'latin1'),
      'The file cannot be read',
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(takeIn(bytes)).rejects.toThrow(message);
    expect(await db('bank_statement')).toEqual([]);
    expect(await db('payment')).toEqual([]);
  });

  test('also if only its second statement is wrong', async () => {
    const right = { closing: '1119.00', entries: [pays('NM-DE-2026-000001')] };
    await expect(takeIn(camt([right, { id: 'ST-2', closing: '1.00', entries: [] }]))).rejects.toThrow('Statement ST-2');
    expect(await db('payment')).toEqual([]);
  });

  test('that is larger than any bank’s', async () => {
    await expect(takeIn(Buffer.alloc(20 * 1024 * 1024 + 1))).rejects.toThrow('more than 20 MiB');
  });
});
