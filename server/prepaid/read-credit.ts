import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountCycle } from '../../engine/model.ts';
import type { PrepaidCredit } from '../../engine/prepaid-credit.ts';

/**
 * The cycles with the credit that each opens with or gains, oldest first: what was topped up, less what bills of earlier cycles have used.
 * What expired before the cycle is not there.
 */
export async function withCredit(db: Knex, cycles: readonly AccountCycle[]): Promise<readonly AccountCycle[]> {
  const { rows } = await db.raw<{ rows: (CreditRow & { readonly place: number })[] }>(
    `
    select w.place, t.credit, t.kind, t.received_at, t.expires_at, t.amount - coalesce(u.used, 0) as amount
    from unnest(?::text[], ?::date[], ?::bigint[], ?::bigint[]) with ordinality as w (account_id, period_from, from_ms, until_ms, place)
    join top_up t on t.account_id = w.account_id and t.received_at < w.until_ms and coalesce(t.expires_at > w.from_ms, true)
    left join lateral (select sum(amount) as used from credit_use u where u.credit = t.credit and u.period_from < w.period_from) u on true
    where t.amount > coalesce(u.used, 0)
    order by w.place, t.received_at, t.credit collate "C"`,
    [
      cycles.map(({ account }) => account.id),
      cycles.map(({ bounds }) => bounds.from),
      cycles.map(({ account, bounds }) => startOfAccountDay(account, bounds.from)),
      cycles.map(({ account, bounds }) => startOfAccountDay(account, bounds.until)),
    ],
  );
  if (rows.length === 0) return cycles;
  const credits = cycles.map((): PrepaidCredit[] => []);
  for (const row of rows) credits[row.place - 1]?.push(toCredit(row));
  return cycles.map((cycle, index) => {
    const prepaid = credits[index] ?? [];
    return prepaid.length > 0 ? { ...cycle, prepaid } : cycle;
  });
}

interface CreditRow {
  readonly credit: string;
  readonly kind: PrepaidCredit['kind'];
  readonly amount: string;
  readonly received_at: number;
  readonly expires_at: number | null;
}

function toCredit({ credit, kind, amount, received_at, expires_at }: CreditRow): PrepaidCredit {
  return {
    id: credit,
    kind,
    amount,
    validFrom: received_at,
    ...(expires_at !== null && { expiresAt: expires_at }),
  };
}
