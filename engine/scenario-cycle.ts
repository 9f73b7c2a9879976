/** The account cycle that a test describes: what it does not say is that of an ordinary customer in the middle of a contract. */
import type { CommittedCycle } from './carried.ts';
import { cycleBounds } from './cycles.ts';
import type { AccountCycle } from './model.ts';
import { addDays, addMonths, localDate, startOfDay } from './period.ts';
import { agreedPlans, planOn, versionsOf } from './plans.ts';
import type { RuleSet } from './rule-set.ts';
import type { TestSetting } from './test-case.ts';

const cycleDay = 1;

/** The cycle is the calendar month of the clock, or else of the last event; the contract began a year before. */
export function cycleOf(given: TestSetting, document: RuleSet): AccountCycle {
  const zone = text(given, 'customer.zone') ?? given.zone ?? 'UTC';
  const contracts = document.contracts.filter(({ id }) => id.replace(/@.*/, '') === given.contract);
  const planId = given.plan ?? contracts[0]?.plan ?? text(given, 'subscription.plan') ?? document.plans[0]?.id ?? '';
  const bounds = cycleBounds({ cycleDay }, dateOf(given, planId, zone, document));
  const yearAgo = addMonths(bounds.from, -12);
  const [plan] = versionsOf(document, planId);
  const subscriptions = Array.from({ length: given.lines ?? 1 }, (_, index) => ({
    id: index === 0 ? 'subscription' : `line ${index + 1}`,
    plan: planId,
    msisdn: msisdnOf(index + 1),
    payment: 'manual' as const,
    acceptedOn: date(given, 'subscription.accepted_on') ?? yearAgo,
    activatedOn: date(given, 'subscription.activated_on') ?? yearAgo,
  }));
  const cycle: AccountCycle = {
    account: { id: 'account', currency: plan?.currency ?? 'EUR', zone, cycleDay, openedOn: yearAgo },
    customer: {
      id: text(given, 'customer.id') ?? contracts[0]?.customer ?? 'customer',
      name: 'Customer',
      category: 'consumer',
      country: 'DE',
      taxCountry: 'DE',
      language: 'en',
      zone,
      interests: [],
      profile: '',
    },
    subscriptions,
    usage: given.usage.map(({ line = 1, ...event }) => ({ ...event, msisdn: msisdnOf(line) })),
    balances: [],
    history: given.history.map((past) => ({ ...past, subscriptionId: 'subscription' })),
    ...(given.told && { told: given.told }),
    ...(given.prepaid && { prepaid: prepaidCredits(given, bounds.from, zone) }),
    levels: levelsOf(given, document),
    bounds,
    stated: given.facts,
  };
  return { ...cycle, balances: leftOver(given, cycle, document), committed: committed(given, cycle, document) };
}

function prepaidCredits(
  { prepaid = [] }: TestSetting,
  from: string,
  zone: string,
): NonNullable<AccountCycle['prepaid']> {
  return prepaid.map(({ kind, amount, validFrom = startOfDay(from, zone) }, index) => ({
    id: `credit ${index + 1}`,
    kind,
    amount,
    validFrom,
  }));
}

function msisdnOf(line: number): string {
  return `+1${String(line - 1).padStart(10, '0')}`;
}

/** What the cycle before left of the allowance that the plan has for a service now. */
function leftOver({ balances }: TestSetting, cycle: AccountCycle, document: RuleSet): AccountCycle['balances'] {
  const { account, customer, bounds, subscriptions } = cycle;
  const [subscription] = subscriptions;
  if (!balances || !subscription) return [];
  const plan = planOn(agreedPlans(document, subscription, customer.id), bounds.from);
  return balances.flatMap(({ service, remaining }) => {
    const allowance = plan?.allowances.find((one) => one.service === service);
    if (!allowance) return [];
    return [
      {
        subscriptionId: allowance.sharedByGroup ? account.id : subscription.id,
        allowance: allowance.id,
        service,
        remaining,
        grantedOn: cycleBefore(bounds.from),
        expiresOn: bounds.until,
      },
    ];
  });
}

/** What the cycle before left of a service in units is its level. */
function levelsOf({ balances = [] }: TestSetting, { services }: RuleSet): NonNullable<AccountCycle['levels']> {
  return balances.flatMap(({ service, remaining }) =>
    services.some(({ name, measure }) => name === service && measure === 'units')
      ? [{ subscriptionId: 'subscription', service, level: remaining }]
      : [],
  );
}

function committed(given: TestSetting, { bounds }: AccountCycle, document: RuleSet): readonly CommittedCycle[] {
  return (given.committed ?? []).flatMap(({ contract, charged }) =>
    document.contracts
      .filter(({ id }) => id.replace(/@.*/, '') === contract)
      .flatMap(({ commitments }) => commitments)
      .map(({ id }) => ({ commitment: id, from: cycleBefore(bounds.from), until: bounds.from, charged })),
  );
}

function cycleBefore(from: string): string {
  return addMonths(from, -1);
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
