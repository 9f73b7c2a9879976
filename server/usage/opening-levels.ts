import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountCycle } from '../../engine/model.ts';
import type { OpeningLevel } from '../../engine/usage-details.ts';

/**
 * The cycles with the levels that they open with: the sum of all changes before, late ones included. There is no level that could be raised twice.
 *
 * @param cuts of each cycle the last delivery that counts.
 */
export async function withLevels(
  db: Knex,
  cycles: readonly AccountCycle[],
  cuts: readonly number[],
): Promise<readonly AccountCycle[]> {
  const { rows } = await db.raw<{ rows: (OpeningLevel & { readonly place: number })[] }>(
    `
    select w.place, e.subscription_id as "subscriptionId", e.service, sum(e.change)::bigint as level
    from unnest(?::text[], ?::bigint[], ?::int[]) with ordinality as w (account_id, from_ms, cut, place)
    join usage_version e on e.account_id = w.account_id and e.change is not null and e.start_at < w.from_ms and e.file_id <= w.cut
      and (e.known_until is null or e.known_until > w.cut)
    group by 1, 2, 3 having sum(e.change) <> 0 order by 1, 2, 3`,
    [
      cycles.map(({ account }) => account.id),
      cycles.map(({ account, bounds }) => startOfAccountDay(account, bounds.from)),
      [...cuts],
    ],
  );
  if (rows.length === 0) return cycles;
  return cycles.map((cycle, index) => {
    const levels = rows.flatMap(({ place, ...level }) => (place === index + 1 ? [level] : []));
    return levels.length > 0 ? { ...cycle, levels } : cycle;
  });
}
