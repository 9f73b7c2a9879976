import type { Knex } from 'knex';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import {
  add,
  compare,
  formatAmount,
  parseDecimal,
  type Rational,
  smaller,
  subtract,
  sum,
  zero,
} from '../../engine/money.ts';
import { amountFault } from './payment.ts';
import { returnPayment } from './return-payment.ts';

/** A person pays out what an account has too much. */
export interface PayOut {
  /** Unique for ever: told again it is the same pay-out. */
  readonly id: string;
  readonly accountId: string;
  /** Decimal text in the account's currency; all that can be paid out if absent. */
  readonly amount?: string;
  readonly on: LocalDate;
  readonly by: string;
  readonly reason: string;
}

/** Money that goes back to who paid it. */
export interface Refund {
  readonly paymentId: string;
  readonly amount: string;
  /** Where the payment came from; empty if nobody said. */
  readonly payerIban: string;
}

export type PayOutResult =
  | { readonly kind: 'paid out' | 'known'; readonly currency: string; readonly refunds: readonly Refund[] }
  /** Another pay-out was told under the same id. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'unknown account' }
  | { readonly kind: 'unfit'; readonly field: 'amount' | 'on'; readonly detail: string }
  /** Less than that can be paid out. */
  | { readonly kind: 'too much'; readonly available: string };

/**
 * Pays out credit that settles nothing: what was paid too much, and what credit notes gave back of invoices that were paid. All of it goes back as
 * refunds of payments. For a credit note, the payment of an invoice makes room: the note settles in its place, and so much of the payment is free.
 */
export async function payOut(trx: Knex, asked: PayOut, now: EpochMs): Promise<PayOutResult> {
  const account = await trx('billing_account').where({ account_id: asked.accountId }).first('currency');
  if (account === undefined) return { kind: 'unknown account' };
  await trx.raw('select lock_accounts(?::text[])', [[asked.accountId]]);
  const known = await toldBefore(trx, asked, account.currency);
  if (known !== undefined) return known;
  const wrong = asked.amount === undefined ? undefined : amountFault(asked.amount, account.currency);
  if (wrong !== undefined) return { kind: 'unfit', field: 'amount', detail: wrong };
  const sources = await readSources(trx, asked, account.currency);
  const available = sum(sources.map(({ amount }) => parseDecimal(amount)));
  const wanted = asked.amount === undefined ? available : parseDecimal(asked.amount);
  if (compare(wanted, available) > 0 || wanted.n === 0n)
    return { kind: 'too much', available: formatAmount(available, account.currency) };
  const refunds = new Map<string, Rational>();
  let left = wanted;
  for (const source of sources) {
    const part = smaller(left, parseDecimal(source.amount));
    if (part.n === 0n) continue;
    left = subtract(left, part);
    refunds.set(source.paymentId, add(refunds.get(source.paymentId) ?? zero, part));
    if (source.place) await swap(trx, source.paymentId, source.place, formatAmount(part, account.currency), asked);
  }
  const wrongDay = await refund(trx, asked, account.currency, refunds, now);
  return wrongDay ?? { kind: 'paid out', currency: account.currency, refunds: await readRefunds(trx, asked.id) };
}

/** What of a payment can go back. */
interface Source {
  readonly paymentId: string;
  readonly amount: string;
  /** Of what settles an invoice: the credit note that settles nothing, and takes its place. */
  readonly place?: { readonly note: string; readonly invoiceNumber: string };
}

async function readSources(trx: Knex, { accountId }: PayOut, currency: string): Promise<readonly Source[]> {
  const { rows: free } = await trx.raw<{ rows: Source[] }>(
    `select document as "paymentId", unused::text as amount from credit_source
     where account_id = ? and kind = 'payment' and unused > 0 order by since desc, document collate "C" desc`,
    [accountId],
  );
  const { rows: paid } = await trx.raw<{ rows: (Source & { readonly invoiceNumber: string })[] }>(
    `select document as "paymentId", invoice_number as "invoiceNumber", sum(amount)::text as amount from allocation
     where account_id = ? and kind = 'payment' group by 1, 2 having sum(amount) > 0
     order by max(allocated_on) desc, document collate "C" desc, invoice_number collate "C" desc`,
    [accountId],
  );
  const { rows: notes } = await trx.raw<{ rows: { note: string; corrects: string; unused: string }[] }>(
    `select s.document as note, n.corrects, s.unused::text from credit_source s join credit_note n on n.number = s.document
     where s.account_id = ? and s.kind = 'credit note' and s.unused > 0 order by s.since, s.document collate "C"`,
    [accountId],
  );
  const room = paid.map((one) => ({ ...one, left: parseDecimal(one.amount) }));
  const swaps = notes.flatMap(({ note, corrects, unused }) => {
    let open = parseDecimal(unused);
    // The payment of the invoice that the note corrects comes first.
    return [true, false].flatMap((isOwn) =>
      room.flatMap((one): readonly Source[] => {
        const part = smaller(open, one.left);
        if ((one.invoiceNumber === corrects) !== isOwn || part.n === 0n) return [];
        one.left = subtract(one.left, part);
        open = subtract(open, part);
        const { paymentId, invoiceNumber } = one;
        return [{ paymentId, amount: formatAmount(part, currency), place: { note, invoiceNumber } }];
      }),
    );
  });
  return [...free, ...swaps];
}

async function swap(
  trx: Knex,
  paymentId: string,
  { note, invoiceNumber }: NonNullable<Source['place']>,
  amount: string,
  { accountId, on }: PayOut,
): Promise<void> {
  await trx.raw(
    `insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
     select s.kind, s.document, :invoiceNumber, 1 + coalesce(max(a.place), 0), :accountId, s.amount::numeric,
            greatest(:on::date, max(a.allocated_on)), 'The credit note settles in place of the payment, which is paid out'
     from (values ('payment', :paymentId, '-' || :amount), ('credit note', :note, :amount)) s (kind, document, amount)
     left join allocation a on a.kind = s.kind and a.document = s.document and a.invoice_number = :invoiceNumber
     group by s.kind, s.document, s.amount`,
    { note, paymentId, invoiceNumber, amount, accountId, on },
  );
}

async function refund(
  trx: Knex,
  { id, on, by, reason }: PayOut,
  currency: string,
  refunds: ReadonlyMap<string, Rational>,
  now: EpochMs,
): Promise<PayOutResult | undefined> {
  for (const [index, [paymentId, amount]] of [...refunds].entries()) {
    const back = {
      paymentId,
      kind: 'refund' as const,
      amount: formatAmount(amount, currency),
      returnedOn: on,
      reason,
      by,
    };
    const result = await returnPayment(trx, { ...back, id: `${prefixOf(id)}${index + 1}` }, now);
    if (result.kind === 'unfit') return { kind: 'unfit', field: 'on', detail: result.detail };
    if (result.kind !== 'returned') throw new Error(`Payment ${paymentId} cannot be paid out: ${result.kind}`);
  }
  return undefined;
}

async function toldBefore(
  trx: Knex,
  { id, accountId, amount }: PayOut,
  currency: string,
): Promise<PayOutResult | undefined> {
  const { rows } = await trx.raw<{ rows: { account_id: string; amount: string }[] }>(
    `select p.account_id, sum(r.amount)::text as amount from payment_return r join payment p using (payment_id)
     where starts_with(r.return_id, ?) group by 1`,
    [prefixOf(id)],
  );
  const [told] = rows;
  if (told === undefined) return undefined;
  const isSame =
    told.account_id === accountId &&
    (amount === undefined || compare(parseDecimal(amount), parseDecimal(told.amount)) === 0);
  return isSame ? { kind: 'known', currency, refunds: await readRefunds(trx, id) } : { kind: 'differs' };
}

async function readRefunds(trx: Knex, id: string): Promise<readonly Refund[]> {
  const { rows } = await trx.raw<{ rows: Refund[] }>(
    `select r.payment_id as "paymentId", r.amount::text, p.payer_iban as "payerIban" from payment_return r join payment p using (payment_id)
     where starts_with(r.return_id, ?) order by length(r.return_id), r.return_id collate "C"`,
    [prefixOf(id)],
  );
  return rows;
}

function prefixOf(id: string): string {
  return `pay-out ${id}/`;
}
