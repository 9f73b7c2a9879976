import type { Knex } from 'knex';
import type { CreditBalance } from '../../engine/carried.ts';
import { groupBy } from '../../engine/group-by.ts';
import type { LocalDate } from '../../engine/model.ts';
import { add, formatAmount, parseDecimal, type Rational, sum } from '../../engine/money.ts';
import { taxOn } from '../../engine/tax.ts';
import { isOwing } from '../corrections/owing-accounts.ts';

/** Credit that the last bill of an account carries forward and that is not released yet, a row a tax group. */
export interface CarriedCredit {
  /** The cycle that would start on this day would use it. */
  readonly knownFrom: LocalDate;
  readonly credits: readonly (CreditBalance & { readonly tax: string })[];
  /** With tax. */
  readonly total: string;
  /** Day of the invoice that carries it forward. */
  readonly issuedOn: LocalDate;
  /** No bill will use it: the account is closed, its last cycle is decided, and no correction waits to be charged. */
  readonly isFinal: boolean;
}

/** What is left to release of the credit that an account's last bill carries forward; undefined if nothing is. */
export async function readCarriedCredit(
  db: Knex,
  accountId: string,
  currency: string,
): Promise<CarriedCredit | undefined> {
  const { rows } = await db.raw<{ rows: CarriedRow[] }>(
    `with done as (
       select max(period_until) filter (where state = 'invoiced') as day, max(period_until) as decided, bool_and(state in ('invoiced', 'rejected')) as all_decided
       from account_cycle where account_id = :accountId)
     select c.subscription_id as "subscriptionId", c.tax_category as "taxCategory", c.tax_percent as "taxPercent", c.left_over::text as amount,
            d.day as "knownFrom", coalesce(a.closed_on <= d.decided and d.all_decided, false) as "isDone",
            (select max(i.issued_on) from invoice i where i.account_id = a.account_id and i.period_until = d.day) as "issuedOn"
     from done d join billing_account a on a.account_id = :accountId cross join lateral (
       select b.*, b.amount - coalesce((
         select sum(r.amount) from released_credit r
         where (r.account_id, r.known_from, r.tax_category, r.tax_percent) = (b.account_id, b.known_from, b.tax_category, b.tax_percent)), 0) as left_over
       from credit_balance b where b.account_id = a.account_id and b.known_from = d.day) c
     where c.left_over > 0 order by c.tax_category collate "C", c.tax_percent collate "C"`,
    { accountId },
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const credits = rows.map(({ subscriptionId, taxCategory, taxPercent, amount }) => {
    const net = parseDecimal(amount);
    const tax = formatAmount(taxOn(net, taxPercent, currency), currency);
    return { subscriptionId, taxCategory, taxPercent, amount: formatAmount(net, currency), tax };
  });
  const worth = ({ amount, tax }: (typeof credits)[number]): Rational => add(parseDecimal(amount), parseDecimal(tax));
  return {
    knownFrom: first.knownFrom,
    credits,
    total: formatAmount(sum(credits.map(worth)), currency),
    issuedOn: first.issuedOn,
    isFinal: first.isDone && !(await isOwing(db, accountId)),
  };
}

interface CarriedRow extends CreditBalance {
  readonly knownFrom: LocalDate;
  readonly isDone: boolean;
  readonly issuedOn: LocalDate;
}

/**
 * Releases credit that no bill will use: it becomes credit of the account, settles open invoices, and what is left can be paid out. To be called
 * while no rating can begin.
 */
export async function releaseCredit(
  trx: Knex,
  { knownFrom, credits }: CarriedCredit,
  {
    payOut,
    accountId,
    currency,
    on,
    by,
    reason,
  }: Readonly<Record<'payOut' | 'accountId' | 'currency' | 'on' | 'by' | 'reason', string>>,
): Promise<void> {
  const before: { tax_category: string; tax_percent: string }[] = await trx('released_credit')
    .where({ account_id: accountId, known_from: knownFrom })
    .select('tax_category', 'tax_percent');
  await trx('released_credit').insert(
    credits.map(({ subscriptionId, taxCategory, taxPercent, amount, tax }) => ({
      pay_out: payOut,
      account_id: accountId,
      known_from: knownFrom,
      tax_category: taxCategory,
      tax_percent: taxPercent,
      number: 1 + before.filter((one) => one.tax_category === taxCategory && one.tax_percent === taxPercent).length,
      subscription_id: subscriptionId,
      currency,
      amount,
      tax,
      released_on: on,
      said_by: by,
      reason,
    })),
  );
}

/** What a pay-out has released, with tax; absent if nothing. */
export async function readReleased(
  db: Knex,
  payOut: string,
): Promise<{ accountId: string; total: string } | undefined> {
  const { rows } = await db.raw<{ rows: { accountId: string; total: string }[] }>(
    `select account_id as "accountId", sum(amount + tax)::text as total from released_credit where pay_out = ? group by 1`,
    [payOut],
  );
  return rows[0];
}

/** What was paid out of the credit of an account that the cycle starting on a day would have used, a row a tax group. */
export type PaidOutCredit = (accountId: string, knownFrom: LocalDate) => readonly CreditBalance[];

/** What was paid out of the credit that bills of some accounts carried forward. */
export async function readPaidOutCredit(db: Knex, accountIds: readonly string[]): Promise<PaidOutCredit> {
  const { rows } = await db.raw<{ rows: (CreditBalance & { accountId: string; knownFrom: LocalDate })[] }>(
    `select account_id as "accountId", known_from as "knownFrom", min(subscription_id) as "subscriptionId", tax_category as "taxCategory",
            tax_percent as "taxPercent", sum(amount)::text as amount
     from released_credit where account_id = any(?) group by account_id, known_from, tax_category, tax_percent
     order by account_id collate "C", known_from, tax_category collate "C", tax_percent collate "C"`,
    [[...accountIds]],
  );
  const groups = groupBy(rows, ({ accountId, knownFrom }) => `${knownFrom} ${accountId}`);
  return (account, day) =>
    (groups.get(`${day} ${account}`) ?? []).map(({ accountId: _, knownFrom: __, ...credit }) => credit);
}
