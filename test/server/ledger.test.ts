import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findLedgerFaults } from '../../server/receivables/ledger-faults.ts';
import { settleFromCredit } from '../../server/receivables/settle-from-credit.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol } from './engagement-books.ts';
import { giveBack, issue, openAmounts, pay, postingsOf, trialBalance } from './ledger-books.ts';

let database: TestDatabase;
let db: Knex;

beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
  await enrol(db, 'C-1');
  await enrol(db, 'C-2');
});
afterEach(() => database.close());

describe('an invoice is posted in the statement that issues it', () => {
  test('as what is owed, as revenue, and as tax by category and rate', async () => {
    // 100.00 net, of which 80.00 at 19 % are 15.20 and 20.00 at 7 % are 1.40 tax: 116.60.
    const taxes = [
      { category: 'S', percent: '19', amount: '15.20' },
      { category: 'S', percent: '7', amount: '1.40' },
    ];
    await issue(db, 'I-1', { tax: '16.60', taxes });
    expect(await postingsOf(db, 'invoice I-1')).toEqual([
      'receivables A-C-1 116.60',
      'revenue -100.00',
      'tax payable S 19 -15.20',
      'tax payable S 7 -1.40',
    ]);
    expect(await openAmounts(db)).toEqual({ 'I-1': '116.60' });
  });

  test('and not issued at all if its taxes do not add up to what it says', async () => {
    const taxes = [{ category: 'S', percent: '19', amount: '18.99' }];
    await expect(issue(db, 'I-1', { taxes })).rejects.toThrow('“invoice I-1” does not balance');
    expect(await db('invoice')).toEqual([]);
  });

  test('also if nothing is owed, which leaves an entry without postings', async () => {
    await issue(db, 'I-0', { net: '0.00', tax: '0.00' });
    expect(await db('journal_entry').pluck('entry')).toEqual(['invoice I-0']);
    expect(await db('posting')).toEqual([]);
  });

  test('many at once in one statement, each with an entry of its own', async () => {
    await db.raw(`insert into invoice
      select 'N-' || n, 'NM-DE', 'A-C-1', 'C-1', null, date '2000-01-01' + n, date '2000-01-02' + n, '2026-06-01', '2026-06-15', 'EUR', n, 0, n,
             '{"taxes": []}', null from generate_series(1, 500) n`);
    // 1 + 2 + … + 500 = 500 × 501 ÷ 2.
    expect(await trialBalance(db)).toEqual({ receivables: '125250', revenue: '-125250' });
    expect(await db('journal_entry')).toHaveLength(500);
  });
});

describe('the ledger refuses', () => {
  const entry = { entry: 'payment X', kind: 'payment', document: 'X', posted_on: '2026-06-01', currency: 'EUR' };
  const debit = { entry: 'payment X', place: 1, ledger: 'clearing', amount: '10.00' };
  const credit = { entry: 'payment X', place: 2, ledger: 'unmatched payments', amount: '-10.00' };

  test('an entry that does not balance, by however little', async () => {
    await db
      .transaction(async (trx) => {
        await trx('journal_entry').insert(entry);
        const wrong = trx('posting').insert([debit, { ...credit, amount: '-9.999999999999' }]);
        await expect(wrong).rejects.toThrow('does not balance: its postings add up to 0.000000000001');
        await trx.rollback();
      })
      .catch(() => {});
    expect(await db('journal_entry')).toEqual([]);
  });

  test('postings that are added to an entry later, even if they balance', async () => {
    await pay(db, 'X');
    const later = [
      { ...debit, place: 3 },
      { ...credit, place: 4 },
    ];
    await expect(db('posting').insert(later)).rejects.toThrow('“payment X” is posted already');
  });

  test('a second entry for the same document', async () => {
    await pay(db, 'X');
    await expect(db('journal_entry').insert(entry)).rejects.toThrow('journal_entry_pkey');
  });

  test.each([
    ['posting', { amount: '1' }],
    ['journal_entry', { posted_on: '2020-01-01' }],
    ['allocation', { amount: '1' }],
  ])('any change of a %s, and its deletion', async (table, change) => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { invoice: 'I-1' });
    await expect(db(table).update(change)).rejects.toThrow('what is posted never changes');
    await expect(db(table).delete()).rejects.toThrow('what is posted never changes');
  });

  test('any change of a payment, and to lose one', async () => {
    await pay(db, 'P-1');
    await expect(db('payment').update({ amount: '1' })).rejects.toThrow('payments never change (payment P-1)');
    await expect(db('payment').update({ account_id: 'A-C-2' })).rejects.toThrow('payments never change');
    await expect(db('payment').delete()).rejects.toThrow('payments never change');
  });

  test('to allocate more to an invoice than is open, or more of a payment than is left', async () => {
    await issue(db, 'I-1');
    await issue(db, 'I-2');
    await pay(db, 'P-1', { amount: '120.00', invoice: 'I-1' });
    await pay(db, 'P-2', { amount: '5.00' });
    const allocation = { kind: 'payment', place: 1, account_id: 'A-C-1', allocated_on: '2026-06-10', because: 'Test' };
    const tooMuch = { ...allocation, document: 'P-2', invoice_number: 'I-1', amount: '0.01' };
    await expect(db('allocation').insert(tooMuch)).rejects.toThrow('more would be allocated to invoice I-1');
    const notThere = { ...allocation, document: 'P-1', invoice_number: 'I-2', amount: '1.01' };
    await expect(db('allocation').insert(notThere)).rejects.toThrow('more would be allocated of P-1 than there is');
    const ofOthers = { ...allocation, document: 'P-9', invoice_number: 'I-2', amount: '1.00' };
    await expect(db('allocation').insert(ofOthers)).rejects.toThrow('more would be allocated of P-9 than there is');
  });

  test('a payment in another currency than its account’s', async () => {
    const dollars = { payment_id: 'P-1', account_id: 'A-C-1', received_on: '2026-06-10', amount: '1', method: 'card' };
    await expect(db('payment').insert({ ...dollars, currency: 'USD' })).rejects.toThrow('is in USD');
  });
});

describe('a payment', () => {
  test('settles the invoice that it names, and what is too much is credit of the account', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { amount: '150.00', invoice: 'I-1' });
    expect(await openAmounts(db)).toEqual({ 'I-1': '0.00' });
    expect(await postingsOf(db, 'payment P-1')).toEqual(['clearing manual 150.00', 'customer credit A-C-1 -150.00']);
    expect(await postingsOf(db, 'allocation payment P-1 I-1 1')).toEqual([
      'customer credit A-C-1 119.00',
      'receivables A-C-1 -119.00',
    ]);
    // 150.00 paid − 119.00 used.
    expect((await trialBalance(db))['customer credit']).toBe('-31.00');
  });

  test('that is too much settles the next invoice when it is issued, as far as it goes', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { amount: '150.00', invoice: 'I-1' });
    await issue(db, 'I-2', { issuedOn: '2026-07-01', dueOn: '2026-07-15' });
    // 119.00 − the 31.00 left over.
    expect(await openAmounts(db)).toEqual({ 'I-1': '0.00', 'I-2': '88.00' });
    expect(await db('allocation').where({ invoice_number: 'I-2' }).first('allocated_on', 'because')).toEqual({
      allocated_on: '2026-07-01',
      because: 'Credit of the account',
    });
  });

  test('that is too little leaves the rest open', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { amount: '100.00', invoice: 'I-1' });
    await pay(db, 'P-2', { amount: '10.00', invoice: 'I-1' });
    expect(await openAmounts(db)).toEqual({ 'I-1': '9.00' });
  });

  test('without a name settles the open invoices of its account, the first due first, once it is told to; disputed ones are left alone', async () => {
    await issue(db, 'I-1', { dueOn: '2026-06-30' });
    await issue(db, 'I-2', { dueOn: '2026-06-15' });
    await issue(db, 'I-3', { dueOn: '2026-06-01' });
    await db('invoice_dispute').insert({ invoice_number: 'I-3', disputed_at: '2026-06-05T10:00:00Z' });
    await pay(db, 'P-1', { amount: '50.00', on: '2026-06-10' });
    await pay(db, 'P-2', { amount: '100.00', on: '2026-06-11' });
    await settleFromCredit(db, ['A-C-1', 'A-C-2']);
    // 150.00: 119.00 for I-2 (50.00 and 69.00), 31.00 for I-1.
    expect(await openAmounts(db)).toEqual({ 'I-1': '88.00', 'I-2': '0.00', 'I-3': '119.00' });
    expect(
      await db('allocation').orderBy(['document', 'invoice_number']).select('document', 'invoice_number', 'amount'),
    ).toEqual([
      { document: 'P-1', invoice_number: 'I-2', amount: '50.00' },
      { document: 'P-2', invoice_number: 'I-1', amount: '31.00' },
      { document: 'P-2', invoice_number: 'I-2', amount: '69.00' },
    ]);
  });

  test('that comes twice at once is allocated once: the second is credit', async () => {
    await issue(db, 'I-1');
    await Promise.all([pay(db, 'P-1', { invoice: 'I-1' }), pay(db, 'P-2', { invoice: 'I-1' })]);
    expect(await openAmounts(db)).toEqual({ 'I-1': '0.00' });
    expect((await trialBalance(db))['customer credit']).toBe('-119.00');
  });

  test('that nobody knows stays unmatched until a person assigns it', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { account: null });
    expect((await trialBalance(db))['unmatched payments']).toBe('-119.00');
    await db('payment_assignment').insert({
      payment_id: 'P-1',
      place: 1,
      account_id: 'A-C-1',
      invoice_number: 'I-1',
      assigned_on: '2026-06-12',
      assigned_by: 'Ines',
      reason: 'Same name',
    });
    expect(await openAmounts(db)).toEqual({ 'I-1': '0.00' });
    expect(await postingsOf(db, 'assignment P-1 1')).toEqual([
      'unmatched payments 119.00',
      'customer credit A-C-1 -119.00',
    ]);
    expect(await db('payment').first('account_id', 'matched_by', 'because')).toEqual({
      account_id: 'A-C-1',
      matched_by: 'person',
      because: 'Assigned by Ines: Same name',
    });
  });

  test('that was assigned to the wrong account moves, and the wrong invoice is open again', async () => {
    await issue(db, 'I-1');
    await issue(db, 'I-2', { account: 'A-C-2' });
    await pay(db, 'P-1', { invoice: 'I-1' });
    await db('payment_assignment').insert({
      ...{ payment_id: 'P-1', place: 1, account_id: 'A-C-2', invoice_number: 'I-2' },
      ...{ assigned_on: '2026-06-12', assigned_by: 'Ines', reason: 'Mixed up' },
    });
    expect(await openAmounts(db)).toEqual({ 'I-1': '119.00', 'I-2': '0.00' });
  });
});

describe('money that goes back', () => {
  const back = { return_id: 'R-1', payment_id: 'P-1', returned_on: '2026-06-14', reason: 'AC04' };

  test('opens the invoice again, the credit first; the bank’s charge is ours', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { amount: '150.00', invoice: 'I-1' });
    await db('payment_return').insert({ ...back, kind: 'return', amount: '100.00', bank_charge: '3.50' });
    // 31.00 were left over: 69.00 are taken back from the invoice.
    expect(await openAmounts(db)).toEqual({ 'I-1': '69.00' });
    expect(await postingsOf(db, 'return R-1')).toEqual([
      'clearing manual -103.50',
      'customer credit A-C-1 100.00',
      'bank charges 3.50',
    ]);
  });

  test('never exceeds what was paid', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { invoice: 'I-1' });
    await db('payment_return').insert({ ...back, kind: 'chargeback', amount: '119.00' });
    const again = db('payment_return').insert({ ...back, return_id: 'R-2', kind: 'chargeback', amount: '0.01' });
    await expect(again).rejects.toThrow('payment P-1 has 0.01 less than the 0.01 that should go back');
  });

  test('as a refund takes only what settles nothing', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { amount: '150.00', invoice: 'I-1' });
    const refund = { ...back, kind: 'refund' };
    await expect(db('payment_return').insert({ ...refund, amount: '31.01' })).rejects.toThrow('has 0.01 less');
    await db('payment_return').insert({ ...refund, amount: '31.00' });
    expect(await openAmounts(db)).toEqual({ 'I-1': '0.00' });
    expect((await trialBalance(db))['customer credit']).toBe('0.00');
  });

  test('of a payment that nobody knew leaves nothing unmatched', async () => {
    await pay(db, 'P-1', { account: null });
    await db('payment_return').insert({ ...back, kind: 'return', amount: '119.00' });
    expect((await trialBalance(db))['unmatched payments']).toBe('0.00');
  });
});

describe('a credit note', () => {
  test('takes revenue and tax back and reduces what is open of its invoice', async () => {
    await issue(db, 'I-1');
    await giveBack(db, 'C-1', 'I-1', '10.00', '1.90');
    expect(await postingsOf(db, 'credit note C-1')).toEqual([
      'customer credit A-C-1 -11.90',
      'revenue 10.00',
      'tax payable S 19 1.90',
    ]);
    // 119.00 − 11.90.
    expect(await openAmounts(db)).toEqual({ 'I-1': '107.10' });
  });

  test('on an invoice that is paid becomes credit, which other open invoices use at once', async () => {
    await issue(db, 'I-1');
    await pay(db, 'P-1', { invoice: 'I-1' });
    await giveBack(db, 'C-1', 'I-1', '10.00', '1.90');
    expect((await trialBalance(db))['customer credit']).toBe('-11.90');
    await issue(db, 'I-2', { issuedOn: '2026-07-01' });
    await giveBack(db, 'C-2', 'I-1', '20.00', '3.80');
    // 119.00 − 11.90 − 23.80.
    expect(await openAmounts(db)).toEqual({ 'I-1': '0.00', 'I-2': '83.30' });
  });
});

describe('prepaid credit', () => {
  const topUp = () => db.raw("select post_top_up('T-1', 'A-C-1', 20.00, 'EUR', 'card', '2026-06-01')");
  const draw = (document: string, amount: string) =>
    db('allocation').insert({
      ...{ kind: 'prepaid credit', document, invoice_number: 'I-1', place: 1, account_id: 'A-C-1', amount },
      ...{ allocated_on: '2026-06-01', because: 'Paid from prepaid credit' },
    });

  test('comes from top-ups, each posted once, and pays invoices as far as it goes', async () => {
    await issue(db, 'I-1');
    await topUp();
    expect(await postingsOf(db, 'top-up T-1')).toEqual(['clearing card 20.00', 'prepaid credit A-C-1 -20.00']);
    await expect(topUp()).rejects.toThrow('journal_entry_pkey');
    await draw('D-1', '15.00');
    // 119.00 − 15.00, and 20.00 − 15.00 are left.
    expect(await openAmounts(db)).toEqual({ 'I-1': '104.00' });
    expect((await trialBalance(db))['prepaid credit']).toBe('-5.00');
    await expect(draw('D-2', '5.01')).rejects.toThrow('the prepaid credit of account A-C-1 does not suffice');
  });
});

test('what is untrue in the ledger is found and named', async () => {
  await issue(db, 'I-1');
  await db.raw('alter table posting disable trigger user');
  await db('posting').where({ ledger: 'receivables' }).update({ amount: '118.00' });
  const faults = await findLedgerFaults(db);
  await db('posting').where({ ledger: 'receivables' }).update({ amount: '119.00' });
  await db.raw('alter table posting enable trigger user');
  expect(faults).toEqual([
    {
      check: 'every entry balances in its currency',
      subject: 'invoice I-1',
      detail: '0 by the documents, -1.00 by the postings',
    },
    {
      check: 'the trial balance of every currency is zero',
      subject: 'EUR',
      detail: '0 by the documents, -1.00 by the postings',
    },
    {
      check: 'an invoice’s receivables are its open amount',
      subject: 'I-1',
      detail: '119.00 by the documents, 118.00 by the postings',
    },
    {
      check: 'an account owes its open invoices less its unused credit',
      subject: 'A-C-1',
      detail: '119.00 by the documents, 118.00 by the postings',
    },
  ]);
});
