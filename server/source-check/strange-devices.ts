import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import { type Doubt, doubtIn, type RunCycle } from './run-cycles.ts';

/** How far back it is looked whose a device is. */
const lookBackMs = 92 * 86_400_000;
/** With fewer uses a device is nobody's. */
const fewestUses = 5;
/** Its subscription uses a device so many times as often as whoever is a stranger to it. */
const timesAsOften = 3;
/** Of more subscriptions a device tells nothing: some makers sell thousands under one number. */
const mostSubscriptions = 2;
/** So long before the end of the cycles there need not have been another use by the device's own subscription. */
const waitMs = 3 * 86_400_000;

interface StrangeUse {
  readonly device: string;
  readonly uses: number;
  readonly first: EpochMs;
  readonly stranger: string;
  readonly stranger_account: string;
  readonly owner: string;
  readonly owner_account: string;
  readonly owner_uses: number;
}

/**
 * Uses of the cycles by one subscription with the device of another one's, which used it before and uses it afterwards: a device that
 * is handed on does not come back, so the records are more likely booked on the wrong subscription. Both are doubted.
 *
 * Not so where several such uses follow each other while neither the stranger used another device nor the owner this one: that is what a card does
 * that is put into another one's device for a while.
 *
 * What a device is says the attribute `device` of a record (IMEI); records without it are not looked at. Subscriptions of one
 * account may share devices.
 */
export async function strangeDevices(db: Knex, cycles: ReadonlyMap<string, RunCycle>): Promise<readonly Doubt[]> {
  const bounds = [...cycles.values()];
  if (bounds.length === 0) return [];
  const from = bounds.reduce((least, one) => Math.min(least, one.from), Number.POSITIVE_INFINITY);
  const until = bounds.reduce((most, one) => Math.max(most, one.until), 0);
  const found = await db.transaction(async (trx): Promise<readonly StrangeUse[]> => {
    await trx.raw(usesSql, { since: from - lookBackMs, until });
    await trx.raw('analyze device_use');
    const { rows } = await trx.raw(strangeSql, {
      from,
      fewestUses,
      timesAsOften,
      mostSubscriptions,
      shortlyBefore: until - waitMs,
    });
    return rows;
  });
  return found.flatMap((use) => {
    const records = use.uses === 1 ? 'A record' : `${use.uses} records`;
    const evidence = `${records} of ${use.stranger} came of the device ${use.device}, the first at ${new Date(use.first).toISOString()}; it is that of ${use.owner}, which used it ${use.owner_uses} times before and after.`;
    const at = use.first;
    return [
      ...doubtIn(cycles, { accountId: use.stranger_account, subscriptionId: use.stranger, at }, evidence),
      ...doubtIn(cycles, { accountId: use.owner_account, subscriptionId: use.owner, at }, evidence),
    ];
  });
}

const usesSql = `
  create temporary table device_use on commit drop as
  select attributes->>'device' as device, subscription_id, account_id, min(start_at)::float8 as first, max(start_at)::float8 as last,
         count(*)::int as uses
  from usage_event
  where start_at >= :since and start_at < :until and known_until is null and attributes->>'device' <> ''
  group by 1, 2, 3`;

/** Whose a device is: who used it most. Whoever has another device since has handed it on. */
const strangeSql = `
  with own as (
    select distinct on (device) * from device_use order by device, uses desc, first, subscription_id),
  shared as (
    select device from device_use where first < :from group by 1 having count(*) > :mostSubscriptions)
  select s.device, s.uses, s.first, s.subscription_id as stranger, s.account_id as stranger_account,
         o.subscription_id as owner, o.account_id as owner_account, o.uses as owner_uses
  from device_use s join own o using (device)
  where s.account_id <> o.account_id and s.first >= :from and o.first < s.first
    and o.uses >= :fewestUses and o.uses >= :timesAsOften * s.uses
    and (o.last > s.last or s.last >= :shortlyBefore and not exists (
      select from device_use n where n.subscription_id = o.subscription_id and n.device <> o.device and n.first >= o.last))
    and device not in (select device from shared)
    and (s.uses = 1
      or exists (select from usage_event e where e.account_id = s.account_id and e.start_at > s.first and e.start_at < s.last
        and e.subscription_id = s.subscription_id and e.known_until is null and e.attributes->>'device' not in ('', s.device))
      or exists (select from usage_event e where e.account_id = o.account_id and e.start_at > s.first and e.start_at < s.last
        and e.subscription_id = o.subscription_id and e.known_until is null and e.attributes->>'device' = s.device))
  order by s.subscription_id, s.first, s.device`;
