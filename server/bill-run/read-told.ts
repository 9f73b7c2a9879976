import type { Knex } from 'knex';
import type { ToldAdvantage } from '../../engine/carried.ts';

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
  const told = new Map<string, ToldAdvantage[]>();
  for (const { customer_id, year, rule, amount } of rows) {
    const key = `${year} ${customer_id}`;
    told.set(key, [...(told.get(key) ?? []), { rule, amount }]);
  }
  return (customerId, year) => told.get(`${year} ${customerId}`) ?? [];
}

/** Of an ISO date. */
export function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}
