import type { Knex } from 'knex';

/** Closed accounts that a correction has found to owe more: their next cycle is opened for it. */
export async function readOwing(db: Knex): Promise<ReadonlySet<string>> {
  const { rows } = await db.raw<{ rows: { account_id: string }[] }>(
    `
    select distinct d.account_id from correction d join billing_account a using (account_id)
    where a.closed_on is not null and d.issued_on is not null and d.charged_on is null and d.charges <> '[]'
      and not exists (select from correction later where later.account_id = d.account_id and later.period_from = d.period_from
                        and later.number > d.number and later.issued_on is not null)`,
  );
  return new Set(rows.map(({ account_id }) => account_id));
}
