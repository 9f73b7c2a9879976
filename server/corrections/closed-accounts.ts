import type { Knex } from 'knex';
import type { Exception } from '../../engine/model.ts';
import type { BillRun } from '../bill-run/bill-run.ts';
import { storeExceptions } from '../bill-run/store-exceptions.ts';
import { applyCorrections } from './ask-corrections.ts';

/**
 * Corrects what closed accounts were billed: no cycle of theirs opens again that could find it. Credit notes are issued at once; what is
 * owed more waits, and the account's next cycle is opened for nothing else. Done again, it finds nothing left.
 */
export async function correctClosedAccounts(db: Knex, run: BillRun): Promise<void> {
  const usageCut = run.usageCut ?? 0;
  const accounts = await readClosed(db, usageCut);
  const { refused } = await applyCorrections(
    db,
    { accounts },
    { by: `bill run ${run.id}`, why: 'The account is closed', today: run.issuedOn, run: { id: run.id, usageCut } },
  );
  await db.transaction((trx) =>
    storeExceptions(
      trx,
      refused.map(({ accountId, why, exception }) => ({
        runId: run.id,
        exception: flagged(exception, accountId, why),
      })),
    ),
  );
}

/** There is no bill to hold: a person looks at it and corrects the account by `ratebook correct`. */
function flagged(exception: Exception | undefined, accountId: string, why: string): Exception {
  const of = exception ?? { code: 'closed-account' as const, severity: 'high' as const };
  const evidence = `The closed account ${accountId} was not corrected. ${why}`;
  return { ...of, action: 'flag', object: 'account', subject: accountId, evidence };
}

/** Closed accounts whose last cycle was issued, and of which something has become known since. */
async function readClosed(db: Knex, usageCut: number): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { account_id: string }[] }>(
    `
    with closed as (
      select a.account_id, greatest(
          (select max(k.usage_cut) from account_cycle k where k.account_id = a.account_id and k.state = 'invoiced'),
          (select max(d.usage_cut) from correction d where d.account_id = a.account_id and d.issued_on is not null)) as known
      from billing_account a
      where a.closed_on <= (select max(k.period_until) from account_cycle k where k.account_id = a.account_id and k.state = 'invoiced'))
    select account_id from closed c
    where not exists (select from account_cycle k where k.account_id = c.account_id and k.state not in ('invoiced', 'rejected'))
      and (exists (select from unsettled_change u where u.account_id = c.account_id)
        or exists (select from usage_version e where e.account_id = c.account_id and e.file_id <= :cut
        and (e.arrived > c.known or e.file_id > c.known or (e.known_until > c.known and e.known_until <= :cut))))
    order by account_id collate "C"`,
    { cut: usageCut },
  );
  return rows.map(({ account_id }) => account_id);
}
