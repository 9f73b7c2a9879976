import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assignPayment } from '../../server/receivables/assign-payment.ts';
import { askLedger } from '../../server/receivables/ledger-faults.ts';
import { payOut } from '../../server/receivables/pay-out.ts';
import { returnPayment } from '../../server/receivables/return-payment.ts';
import { takePayment } from '../../server/receivables/take-payment.ts';
import { writeOff } from '../../server/receivables/write-off.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';
import { giveBack, issue } from './ledger-books.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const accounts = ['A-C-1', 'A-C-2'] as const;
const cents = fc.integer({ min: 1, max: 30_000 });
const pick = fc.nat({ max: 1_000 });
const what = fc.oneof(
  fc.record({
    kind: fc.constant('invoice' as const),
    account: fc.constantFrom(...accounts),
    net: fc.integer({ min: 0, max: 20_000 }),
  }),
  fc.record({
    kind: fc.constant('payment' as const),
    account: fc.constantFrom(...accounts, undefined),
    invoice: fc.option(pick),
    amount: cents,
  }),
  fc.record({ kind: fc.constant('credit note' as const), invoice: pick, amount: cents }),
  fc.record({
    kind: fc.constant('return' as const),
    payment: pick,
    way: fc.constantFrom('return', 'chargeback', 'refund'),
    amount: fc.option(cents),
  }),
  fc.record({ kind: fc.constant('assignment' as const), payment: pick, account: fc.constantFrom(...accounts) }),
  fc.record({ kind: fc.constant('dispute' as const), invoice: pick }),
  fc.record({ kind: fc.constant('write-off' as const), invoice: pick, amount: fc.option(cents) }),
  fc.record({ kind: fc.constant('pay-out' as const), account: fc.constantFrom(...accounts), amount: fc.option(cents) }),
);

type Step = typeof what extends fc.Arbitrary<infer One> ? One : never;

const money = (amount: number) => (amount / 100).toFixed(2);
const now = instant('2026-06-16T12:00:00+02:00');

test('whatever is invoiced, paid, returned, given back, disputed, assigned, written off and paid out, in any order: the ledger is true after every step', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(what, { minLength: 1, maxLength: 14 }), async (steps) => {
      await database.db
        .transaction(async (db) => {
          for (const id of ['C-1', 'C-2']) await enrol(db, id);
          for (const [index, step] of steps.entries()) {
            await take(db, step, index);
            expect(await askLedger(db)).toEqual([]);
            expect(await overpaid(db)).toEqual([]);
          }
          throw new Undone();
        })
        .catch((error) => {
          if (!(error instanceof Undone)) throw error;
        });
    }),
    { numRuns: 25 },
  );
});

/** Every example begins with empty books. */
class Undone extends Error {}

async function take(db: Knex, step: Step, index: number): Promise<void> {
  const one = async (table: string, key: string, nth: number): Promise<string | undefined> => {
    const keys = await db(table).orderBy(key).pluck<string[]>(key);
    return keys[nth % Math.max(1, keys.length)];
  };
  switch (step.kind) {
    case 'invoice':
      return issue(db, `NM-2026-0${100 + index}`, {
        account: step.account,
        net: money(step.net),
        tax: money(Math.round(step.net * 0.19)),
        from: `2020-01-${10 + index}`,
      });
    case 'payment': {
      const invoiceNumber = step.invoice === null ? undefined : await one('invoice', 'number', step.invoice);
      const named = { ...(step.account && { accountId: step.account }), ...(invoiceNumber && { invoiceNumber }) };
      const payment = {
        provider: 'shop',
        id: `P-${index}`,
        receivedOn: '2026-06-10',
        currency: 'EUR',
        method: 'card' as const,
        amount: money(step.amount),
      };
      await takePayment(db, storyDeps(db), { ...payment, ...named }, now);
      return;
    }
    case 'credit note': {
      const number = await one('invoice', 'number', step.invoice);
      const most = number === undefined ? 0 : await centsLeftOf(db, number);
      // What an invoice has been lowered to is the most that can be given back; more is refused, and tested elsewhere.
      if (most > 0) await giveBack(db, `N-${index}`, String(number), money(Math.min(step.amount, most)), '0.00');
      return;
    }
    case 'return': {
      const paymentId = await one('payment', 'payment_id', step.payment);
      if (paymentId === undefined) return;
      const amount = step.amount === null ? {} : { amount: money(step.amount) };
      await returnPayment(
        db,
        {
          id: `R-${index}`,
          paymentId,
          kind: step.way as 'return',
          returnedOn: '2026-06-16',
          reason: '',
          by: 'the bank',
          ...amount,
        },
        now,
      );
      return;
    }
    case 'assignment': {
      const paymentId = await one('payment', 'payment_id', step.payment);
      if (paymentId !== undefined)
        await assignPayment(db, storyDeps(db), { paymentId, accountId: step.account, by: 'Ines', reason: 'Test' }, now);
      return;
    }
    case 'write-off': {
      const invoiceNumber = await one('invoice', 'number', step.invoice);
      const amount = step.amount === null ? {} : { amount: money(step.amount) };
      if (invoiceNumber !== undefined)
        await writeOff(
          db,
          { id: `W-${index}`, invoiceNumber, ...amount, on: '2026-06-16', by: 'Ines', reason: 'Test' },
          '2026-06-16',
        );
      return;
    }
    case 'pay-out': {
      const amount = step.amount === null ? {} : { amount: money(step.amount) };
      const asked = { id: `O-${index}`, accountId: step.account, on: '2026-06-16', by: 'Ines', reason: 'Test' };
      await payOut(db, { ...asked, ...amount }, { now, today: '2026-06-16' });
      return;
    }
    case 'dispute': {
      const number = await one('invoice', 'number', step.invoice);
      if (number !== undefined)
        await db('invoice_dispute')
          .insert({ invoice_number: number, disputed_at: '2026-06-16T10:00:00Z' })
          .onConflict('invoice_number')
          .ignore();
    }
  }
}

/**
 * Nobody is paid out more than he paid beyond what he owed: what an account has paid, less what went back, is at least its invoices less credit notes,
 * less what is open or written off; worked out from the documents alone, without their allocations but for what was given up.
 */
async function overpaid(db: Knex): Promise<readonly unknown[]> {
  const { rows } = await db.raw(`
    select a.account_id, paid - gone as kept, owed - given as due, unpaid from billing_account a,
      lateral (select coalesce(sum(amount), 0) as paid from payment p where p.account_id = a.account_id) p,
      lateral (select coalesce(sum(r.amount), 0) as gone from payment_return r join payment p using (payment_id) where p.account_id = a.account_id) r,
      lateral (select coalesce(sum(total), 0) as owed from invoice i where i.account_id = a.account_id) i,
      lateral (select coalesce(sum(total), 0) as given from credit_note n where n.account_id = a.account_id) n,
      lateral (select coalesce((select sum(open) from open_invoice o where o.account_id = a.account_id), 0)
                    + coalesce((select sum(amount) from allocation w where w.account_id = a.account_id and w.kind = 'write-off'), 0) as unpaid) u
    where paid - gone < owed - given - unpaid`);
  return rows;
}

async function centsLeftOf(db: Knex, number: string): Promise<number> {
  const given = db('credit_note').where({ corrects: number }).sum('total');
  const row = await db('invoice')
    .where({ number })
    .first(db.raw('((total - coalesce((?), 0)) * 100)::int as cents', [given]));
  return row.cents;
}
