import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountCycle } from '../../engine/model.ts';
import type { BegunSession } from '../../engine/usage-details.ts';

interface BegunRow extends BegunSession {
  readonly place: number;
}

/**
 * The cycles with what earlier cycles have charged of the sessions that go on in them: parts that started before and were counted then. Asks
 * the database only where a part of a session is among the usage.
 */
export async function withSessions(db: Knex, cycles: readonly AccountCycle[]): Promise<readonly AccountCycle[]> {
  const wanted = cycles.flatMap(({ account, bounds, usage }, index) => {
    const parts = usage.flatMap(({ source, part }) => (part ? [JSON.stringify([source, part.session])] : []));
    return [...new Set(parts)].map((key) => {
      const [source, session] = JSON.parse(key) as [string, string];
      const from = startOfAccountDay(account, bounds.from);
      return { place: index, accountId: account.id, source, session, from, day: bounds.from };
    });
  });
  if (wanted.length === 0) return cycles;
  const { rows } = await db.raw<{ rows: BegunRow[] }>(
    `
    select w.place, e.source, e.session, max(e.part_number) as "upTo", sum(e.duration_ms)::bigint as "durationMs",
           sum(e.bytes)::bigint as bytes, sum(e.messages)::bigint as messages
    from unnest(?::int[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::date[]) as w (place, account_id, source, session, from_ms, day)
    join account_cycle p on p.account_id = w.account_id and p.period_until = w.day
    join usage_version e on e.account_id = w.account_id and e.source = w.source and e.session = w.session
      and e.start_at < w.from_ms and e.file_id <= p.usage_cut and (e.known_until is null or e.known_until > p.usage_cut)
    group by 1, 2, 3 order by 1, 2, 3`,
    [
      wanted.map((one) => one.place),
      wanted.map((one) => one.accountId),
      wanted.map((one) => one.source),
      wanted.map((one) => one.session),
      wanted.map((one) => one.from),
      wanted.map((one) => one.day),
    ],
  );
  return cycles.map((cycle, index) => {
    const sessions = rows.flatMap(({ place, ...session }) => (place === index ? [session] : []));
    return sessions.length > 0 ? { ...cycle, sessions } : cycle;
  });
}
