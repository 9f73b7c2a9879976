import type { Knex } from 'knex';
import type { LocalDate } from '../../engine/model.ts';
import { divide, formatAmount, multiply, parseDecimal, rational, roundToInteger } from '../../engine/money.ts';
import { addDays } from '../../engine/period.ts';

/** Days that DSO looks back over unless told: the three months of a quarter, the usual period of the measure. */
export const usualDsoDays = 91;

export interface DaysSalesOutstanding {
  readonly on: LocalDate;
  readonly periodDays: number;
  readonly currency: string;
  /** One decimal, rounded half up; 0 if nothing was sold. */
  readonly days: number;
  /** Decimal texts, both with tax. */
  readonly receivables: string;
  readonly revenue: string;
  readonly formula: string;
}

/**
 * DSO = closing receivables ÷ revenue of the period × its days, from the postings up to the end of a day. Both are gross: receivables are what
 * customers owe with tax, credit that they have not used is not taken off; revenue is what was invoiced less what credit notes gave back, with tax.
 */
export async function readDso(
  db: Knex,
  { on, currency, periodDays = usualDsoDays }: { on: LocalDate; currency: string; periodDays?: number },
): Promise<DaysSalesOutstanding> {
  const { rows } = await db.raw<{ rows: { receivables: string; revenue: string }[] }>(
    `select coalesce(sum(p.amount) filter (where p.ledger = 'receivables'), 0)::text as receivables,
            coalesce(-sum(p.amount) filter (where p.ledger in ('revenue', 'tax payable') and j.posted_on >= :from::date), 0)::text as revenue
     from posting p join journal_entry j using (entry) where j.currency = :currency and j.posted_on <= :on::date`,
    { currency, on, from: addDays(on, 1 - periodDays) },
  );
  const [receivables, revenue] = [parseDecimal(rows[0]?.receivables ?? '0'), parseDecimal(rows[0]?.revenue ?? '0')];
  const tenths =
    revenue.n <= 0n ? 0n : roundToInteger(multiply(divide(receivables, revenue), rational(periodDays * 10)), 'half up');
  const show = (value: typeof revenue) => formatAmount(value, currency);
  return {
    on,
    periodDays,
    currency,
    days: Number(tenths) / 10,
    receivables: show(receivables),
    revenue: show(revenue),
    formula: `closing receivables ÷ revenue of the last ${periodDays} days × ${periodDays} = ${show(receivables)} ÷ ${show(revenue)} × ${periodDays}`,
  };
}
