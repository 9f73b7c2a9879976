import type { Knex } from 'knex';
import { interimShares } from '../../engine/already-invoiced.ts';
import type { InterimInvoice, PassedThreshold } from '../../engine/interim-invoice.ts';
import type { AccountCycle, Bill } from '../../engine/model.ts';

/** The cycles with what has been invoiced of each before its end, in the order of issue. */
export async function withInterim(db: Knex, cycles: readonly AccountCycle[]): Promise<readonly AccountCycle[]> {
  const { rows } = await db.raw<{ rows: InterimRow[] }>(
    `
    select w.place, i.number, i.issued_on, i.bill,
      (select jsonb_agg(jsonb_build_object('subscriptionId', p.subscription_id, 'threshold', p.threshold::text) order by p.subscription_id collate "C")
       from passed_threshold p where p.invoice_number = i.number) as passed
    from unnest(?::text[], ?::date[]) with ordinality as w (account_id, period_from, place)
    join invoice i on i.account_id = w.account_id and i.period_from = w.period_from and i.interim > 0
    order by w.place, i.interim`,
    [cycles.map(({ account }) => account.id), cycles.map(({ bounds }) => bounds.from)],
  );
  if (rows.length === 0) return cycles;
  const found = cycles.map((): InterimInvoice[] => []);
  for (const { place, number, issued_on, bill, passed } of rows)
    found[place - 1]?.push({ number, issuedOn: issued_on, shares: interimShares(bill), passed });
  return cycles.map((cycle, index) => {
    const interim = found[index] ?? [];
    return interim.length > 0 ? { ...cycle, interim } : cycle;
  });
}

interface InterimRow {
  readonly place: number;
  readonly number: string;
  readonly issued_on: string;
  readonly bill: Bill;
  readonly passed: readonly PassedThreshold[];
}
