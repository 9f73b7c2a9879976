/** The account cycle that a test describes: what it does not say is that of an ordinary customer in the middle of a contract. */
import type { AccountCycle } from './model.ts';
import { addDays, cycleBounds, cycleIndex, cycleStart, localDate } from './period.ts';
import { versionsOf } from './plans.ts';
import type { RuleSet } from './rule-set.ts';
import type { TestSetting } from './test-case.ts';

const cycleDay = 1;
const msisdn = '+10000000000';

/** The cycle is the calendar month of the clock, or else of the last event; the contract began a year before. */
export function cycleOf(given: TestSetting, document: RuleSet): AccountCycle {
  const zone = text(given, 'customer.zone') ?? given.zone ?? 'UTC';
  const planId = given.plan ?? text(given, 'subscription.plan') ?? document.plans[0]?.id ?? '';
  const bounds = cycleBounds({ cycleDay }, dateOf(given, planId, zone, document));
  const yearAgo = cycleStart(cycleDay, cycleIndex(cycleDay, bounds.from) - 12);
  const [plan] = versionsOf(document, planId);
  const subscription = {
    id: 'subscription',
    plan: planId,
    msisdn,
    payment: 'manual' as const,
    acceptedOn: date(given, 'subscription.accepted_on') ?? yearAgo,
    activatedOn: date(given, 'subscription.activated_on') ?? yearAgo,
  };
  return {
    account: { id: 'account', currency: plan?.currency ?? 'EUR', zone, cycleDay, openedOn: yearAgo },
    customer: {
      id: 'customer',
      name: 'Customer',
      category: 'consumer',
      country: 'DE',
      taxCountry: 'DE',
      language: 'en',
      zone,
      interests: [],
      profile: '',
    },
    subscriptions: [subscription],
    usage: given.usage.map((event) => ({ ...event, msisdn })),
    balances: [],
    history: given.history.map((past) => ({ ...past, subscriptionId: subscription.id })),
    ...(given.told && { told: given.told }),
    bounds,
    stated: given.facts,
  };
}

function dateOf(given: TestSetting, planId: string, zone: string, document: RuleSet): string {
  const at = given.now ?? given.usage.reduce((last, event) => Math.max(last, event.startAt), Number.NEGATIVE_INFINITY);
  if (Number.isFinite(at)) return localDate(at, zone);
  return versionsOf(document, planId).at(-1)?.from ?? '2026-01-01';
}

function text({ facts }: TestSetting, name: string): string | undefined {
  const value = facts[name];
  return typeof value === 'string' ? value : undefined;
}

function date({ facts }: TestSetting, name: string): string | undefined {
  const value = facts[name];
  return typeof value === 'number' ? addDays('1970-01-01', value) : undefined;
}
