import type { Knex } from 'knex';
import type { ToldAdvantage } from '../../engine/carried.ts';
import { groupBy } from '../../engine/group-by.ts';

interface ToldRow extends ToldAdvantage {
  readonly customer_id: string;
  readonly year: number;
}

/** What the invoices of each year have told some customers. */
export async function readTold(
  db: Knex,
  customerIds: readonly string[],
): Promise<(customerId: string, year: number) => readonly ToldAdvantage[]> {
  const rows: ToldRow[] = await db('told_advantage')
    .whereIn('customer_id', [...new Set(customerIds)])
    .groupBy('customer_id', 'year', 'rule')
    .orderBy('rule')
    .select('customer_id', 'year', 'rule', db.raw('sum(amount)::text as amount'));
  const told = groupBy(rows, ({ customer_id, year }) => `${year} ${customer_id}`);
  return (customerId, year) => (told.get(`${year} ${customerId}`) ?? []).map(({ rule, amount }) => ({ rule, amount }));
}

/** Of an ISO date. */
export function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}
