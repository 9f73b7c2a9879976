/** The sample company's month as account cycles, without files and without books: for trying a change of the rules. */
import { cycleBounds } from '../../engine/cycles.ts';
import type { AccountCycle, Subscription, UsageEvent } from '../../engine/model.ts';
import { decodeUsageLine } from '../usage/decode-usage-csv.ts';
import { foundCompany, type SampleAccount, type SampleSubscription } from './company.ts';
import { isoDate } from './dates.ts';
import { handCheckedRecords } from './hand-checked.ts';
import { pastCyclesOf } from './history.ts';
import { recordLine, type UsageRecord } from './record.ts';
import { recordsOfDay } from './usage-day.ts';
import { planUsage, type UsagePlan } from './usage-plan.ts';

export interface SampleSize {
  readonly seed: number;
  readonly accounts: number;
  /** Usage records over all accounts. */
  readonly records: number;
}

/**
 * Every account's billed cycle, one after the other: its usage as it happened, without the records that the demo's files
 * spoil, repeat or deliver late.
 *
 * @throws RangeError if the records are too few for the accounts.
 */
export async function* sampleCycles({ seed, accounts, records }: SampleSize): AsyncGenerator<AccountCycle> {
  const company = foundCompany(seed, accounts);
  const plans = new Map(planUsage(seed, company, records).map((plan) => [plan.subscription.index, plan]));
  const services = new Set(['voice', 'sms', 'data']);
  let sequence = 0;
  for (const account of company) {
    const usage = account.subscriptions.flatMap((subscription) =>
      recordsOf(seed, subscription, plans.get(subscription.index)).map((record): UsageEvent => {
        const decoded = decodeUsageLine(recordLine(record, ++sequence), services);
        if (decoded.kind !== 'record')
          throw new Error(`The sample makes a record that cannot be read: ${decoded.kind}`);
        return { ...decoded.event, source: record.source };
      }),
    );
    yield { ...cycleOf(account), usage, history: pastCyclesOf(seed, account, plans) };
  }
}

/** The first subscription is billed by hand in the documents, and has records of its own. */
function recordsOf(
  seed: number,
  subscription: SampleSubscription,
  plan: UsagePlan | undefined,
): readonly UsageRecord[] {
  if (!plan) return handCheckedRecords(subscription).map(({ record }) => record);
  const { from, until } = subscription.active;
  return Array.from({ length: Math.max(0, until - from) }, (_, day) => recordsOfDay(seed, plan, from + day)).flat();
}

/** All but its usage and history. */
function cycleOf(sample: SampleAccount): Omit<AccountCycle, 'usage' | 'history'> {
  const { id, customer, cycleDay, cycle, openedOn } = sample;
  const { vatId, hasAppAccount } = customer;
  return {
    account: { id, currency: 'EUR', zone: customer.zone, cycleDay, openedOn: isoDate(openedOn) },
    customer: {
      id: customer.id,
      name: customer.name,
      category: customer.category,
      country: customer.country,
      taxCountry: customer.taxCountry,
      ...(vatId === null ? {} : { vatId }),
      language: customer.language,
      zone: customer.zone,
      ...(hasAppAccount === null ? {} : { hasAppAccount }),
      interests: customer.interests,
      profile: customer.profile,
      facts: {},
    },
    subscriptions: sample.subscriptions.map(subscriptionOf),
    balances: [],
    credits: [],
    bounds: cycleBounds({ cycleDay }, isoDate(cycle.from)),
  };
}

function subscriptionOf(sample: SampleSubscription): Subscription {
  const { id, plan, msisdn, payment, acceptedOn, activatedOn, cancelledOn, renewsOn, paidUntil } = sample;
  return {
    ...{ id, plan, msisdn, payment },
    acceptedOn: isoDate(acceptedOn),
    activatedOn: isoDate(activatedOn),
    ...(cancelledOn === null ? {} : { cancelledOn: isoDate(cancelledOn) }),
    ...(renewsOn === null ? {} : { renewsOn: isoDate(renewsOn) }),
    ...(paidUntil === null ? {} : { paidUntil: isoDate(paidUntil) }),
  };
}
