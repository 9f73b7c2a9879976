import type { Knex } from 'knex';

export interface LedgerBalance {
  readonly ledger: string;
  /** Of tax payable the category and percent, of clearing the way of payment; else empty. */
  readonly detail: string;
  readonly currency: string;
  /** Decimal text, debit above zero. */
  readonly balance: string;
}

/** The balance of every ledger that anything was posted to; those of one currency add up to zero. */
export async function readTrialBalance(db: Knex): Promise<readonly LedgerBalance[]> {
  const { rows } = await db.raw<{ rows: LedgerBalance[] }>(`
    select ledger, detail, currency, sum(amount)::text as balance from posting join journal_entry using (entry)
    group by 1, 2, 3 order by currency, ledger, detail`);
  return rows;
}
