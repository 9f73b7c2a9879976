import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { EpochMs } from '../../engine/model.ts';
import { readAccountChanges } from '../accounts/account-changes.ts';
import type { Refusal } from './quarantine-reasons.ts';
import type { UsageRecord } from './usage-record.ts';

/** Usage that started longer before its account's open cycle is not billed without a person. */
const lookBackMs = 60 * 86_400_000;

export interface Subscriber {
  readonly subscriptionId: string;
  readonly msisdn: string;
  readonly accountId: string;
  /** When the account's open cycle began; usage before it is late. */
  readonly openFrom: EpochMs;
  readonly activeFrom: EpochMs;
  readonly activeUntil: EpochMs;
}

export interface SubscriberDirectory {
  readonly byNumber: Holders;
  readonly byImsi: Holders;
  readonly bySubscription: Holders;
}

/** Who has, had or will have it; a number or SIM card may change hands. */
type Holders = ReadonlyMap<string, readonly Subscriber[]>;

/** Who has which number, read once per collection: it must not cost a query per record. */
export async function readSubscriberDirectory(db: Knex): Promise<SubscriberDirectory> {
  const rows: DirectoryRow[] = await db('subscription as s')
    .join('billing_account as a', 'a.account_id', 's.account_id')
    .select(
      's.subscription_id',
      's.account_id',
      's.msisdn',
      's.imsi',
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
  const holders = (): Map<string, Subscriber[]> => new Map();
  const directory = { byNumber: holders(), byImsi: holders(), bySubscription: holders() };
  for (const row of rows) {
    const times = { zone: row.zone, cycleDay: row.cycle_day, ...changes.get(row.account_id) };
    const subscriber: Subscriber = {
      subscriptionId: row.subscription_id,
      msisdn: row.msisdn,
      accountId: row.account_id,
      openFrom: startOfAccountDay(times, row.open_from),
      activeFrom: startOfAccountDay(times, row.activated_on),
      activeUntil: row.cancelled_on ? startOfAccountDay(times, row.cancelled_on) : Number.POSITIVE_INFINITY,
    };
    addHolder(directory.byNumber, row.msisdn, subscriber);
    if (row.imsi !== null) addHolder(directory.byImsi, row.imsi, subscriber);
    addHolder(directory.bySubscription, row.subscription_id, subscriber);
  }
  return directory;
}

function addHolder(holders: Map<string, Subscriber[]>, key: string, subscriber: Subscriber): void {
  const known = holders.get(key);
  if (known) known.push(subscriber);
  else holders.set(key, [subscriber]);
}

/**
 * The subscription that a record is of when it starts, or why there is none: the one that it names, else that with the number, else that
 * with the IMSI. Where it says more than one and they are known to be different subscriptions', it is nobody's.
 */
export function findServed(directory: SubscriberDirectory, record: UsageRecord): Subscriber | Refusal {
  const { subscription, msisdn, imsi, startAt } = record;
  const found =
    subscription !== undefined
      ? holderAt(directory.bySubscription, subscription, startAt)
      : msisdn !== undefined
        ? holderAt(directory.byNumber, msisdn, startAt)
        : holderAt(directory.byImsi, imsi ?? '', startAt);
  if (!found) return { reason: 'unknown-subscriber', detail: `no subscription ${inWords(record)}` };
  if (startAt < found.openFrom - lookBackMs) {
    return {
      reason: 'too-old',
      detail: `started ${new Date(startAt).toISOString()}, more than 60 days before the open cycle`,
    };
  }
  const isTorn =
    (subscription !== undefined && msisdn !== undefined && isOfAnother(found, directory.byNumber, msisdn, startAt)) ||
    (imsi !== undefined && isOfAnother(found, directory.byImsi, imsi, startAt));
  if (!isTorn) return found;
  const said = findNamed(directory, record).map(({ by, subscriber }) => `${by} is of ${subscriber.subscriptionId}`);
  return { reason: 'torn-subscriber', detail: said.join(', ') };
}

/** Whoever is known to have what a record says, with what that is, in words. */
export function findNamed(
  { bySubscription, byNumber, byImsi }: SubscriberDirectory,
  { subscription, msisdn, imsi, startAt }: UsageRecord,
): readonly { readonly by: string; readonly subscriber: Subscriber }[] {
  const keys = [
    [bySubscription, 'the id', subscription],
    [byNumber, `number ${msisdn}`, msisdn],
    [byImsi, `IMSI ${imsi}`, imsi],
  ] as const;
  return keys.flatMap(([holders, by, key]) => {
    const subscriber = key === undefined ? undefined : holderAt(holders, key, startAt);
    return subscriber ? [{ by, subscriber }] : [];
  });
}

function holderAt(holders: Holders, key: string, startAt: EpochMs): Subscriber | undefined {
  const known = holders.get(key);
  return known?.find((one) => startAt >= one.activeFrom && startAt < one.activeUntil) ?? known?.[0];
}

/** Whether somebody else is known to have the key. */
function isOfAnother(found: Subscriber, holders: Holders, key: string, startAt: EpochMs): boolean {
  const holder = holderAt(holders, key, startAt);
  return holder !== undefined && holder.subscriptionId !== found.subscriptionId;
}

function inWords({ subscription, msisdn, imsi }: UsageRecord): string {
  if (subscription !== undefined) return `has the id ${subscription}`;
  if (msisdn !== undefined) return `has the number ${msisdn}`;
  return imsi === undefined ? 'is named' : `has the IMSI ${imsi}`;
}

interface DirectoryRow {
  readonly subscription_id: string;
  readonly account_id: string;
  readonly msisdn: string;
  readonly imsi: string | null;
  readonly activated_on: string;
  readonly cancelled_on: string | null;
  readonly zone: string;
  readonly cycle_day: number;
  readonly open_from: string;
}
