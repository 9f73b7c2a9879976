import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { EpochMs } from '../../engine/model.ts';
import { readAccountChanges } from '../accounts/account-changes.ts';
import type { Refusal } from './quarantine-reasons.ts';

/** Usage that started longer before its account's open cycle is not billed without a person. */
const lookBackMs = 60 * 86_400_000;

export interface Subscriber {
  readonly subscriptionId: string;
  readonly accountId: string;
  /** When the account's open cycle began; usage before it is late. */
  readonly openFrom: EpochMs;
  readonly activeFrom: EpochMs;
  readonly activeUntil: EpochMs;
}

export type SubscriberDirectory = ReadonlyMap<string, readonly Subscriber[]>;

/** Who has which number, read once per collection: it must not cost a query per record. */
export async function readSubscriberDirectory(db: Knex): Promise<SubscriberDirectory> {
  const rows: DirectoryRow[] = await db('subscription as s')
    .join('billing_account as a', 'a.account_id', 's.account_id')
    .select(
      's.subscription_id',
      's.account_id',
      's.msisdn',
      's.activated_on',
      's.cancelled_on',
      'a.zone',
      'a.cycle_day',
    )
    .select(
      db.raw(
        'coalesce((select max(i.period_until) from invoice i where i.account_id = a.account_id), a.opened_on) as open_from',
      ),
    )
    .orderBy('s.subscription_id');
  const changes = await readAccountChanges(db);
  const directory = new Map<string, Subscriber[]>();
  for (const row of rows) {
    const times = { zone: row.zone, cycleDay: row.cycle_day, ...changes.get(row.account_id) };
    const subscriber: Subscriber = {
      subscriptionId: row.subscription_id,
      accountId: row.account_id,
      openFrom: startOfAccountDay(times, row.open_from),
      activeFrom: startOfAccountDay(times, row.activated_on),
      activeUntil: row.cancelled_on ? startOfAccountDay(times, row.cancelled_on) : Number.POSITIVE_INFINITY,
    };
    directory.set(row.msisdn, [...(directory.get(row.msisdn) ?? []), subscriber]);
  }
  return directory;
}

/** The subscription that had the number when the event started, or why there is none. A number may change hands. */
export function findSubscriber(directory: SubscriberDirectory, msisdn: string, startAt: EpochMs): Subscriber | Refusal {
  const holders = directory.get(msisdn);
  const subscriber = holders?.find((one) => startAt >= one.activeFrom && startAt < one.activeUntil) ?? holders?.[0];
  if (!subscriber) return { reason: 'unknown-subscriber', detail: `no subscription has the number ${msisdn}` };
  if (startAt < subscriber.openFrom - lookBackMs) {
    return {
      reason: 'too-old',
      detail: `started ${new Date(startAt).toISOString()}, more than 60 days before the open cycle`,
    };
  }
  return subscriber;
}

interface DirectoryRow {
  readonly subscription_id: string;
  readonly account_id: string;
  readonly msisdn: string;
  readonly activated_on: string;
  readonly cancelled_on: string | null;
  readonly zone: string;
  readonly cycle_day: number;
  readonly open_from: string;
}
