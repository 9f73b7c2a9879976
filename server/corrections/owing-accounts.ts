import type { Knex } from 'knex';

/** Closed accounts that a correction has found to owe more: their next cycle is opened for it. */
export async function readOwing(db: Knex): Promise<ReadonlySet<string>> {
  const { rows } = await db.raw<{ rows: { account_id: string }[] }>(`select distinct d.account_id ${owed}`);
  return new Set(rows.map(({ account_id }) => account_id));
}

/** Whether an account is such a one. */
export async function isOwing(db: Knex, accountId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { owing: boolean }[] }>(
    `select exists (select ${owed} and d.account_id = ?) as owing`,
    [accountId],
  );
  return rows[0]?.owing === true;
}

const owed = `
  from correction d join billing_account a using (account_id)
  where a.closed_on is not null and d.issued_on is not null and d.charged_on is null and d.charges <> '[]'
    and not exists (select from correction later where later.account_id = d.account_id and later.period_from = d.period_from
                      and later.number > d.number and later.issued_on is not null)`;
