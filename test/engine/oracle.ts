/**
 * A second opinion on every bill: the same cycle, worked out by the most naive means possible, for the price list in
 * `oracle-terms.ts`. It shares nothing with the engine but the types of what comes in, so that both are wrong together only
 * where the documents are.
 */
import type { CreditBalance } from '../../engine/carried.ts';
import type { AccountCycle, Subscription, UsageEvent } from '../../engine/model.ts';
import {
  amount,
  cents,
  type Fraction,
  fraction,
  least,
  minus,
  more,
  over,
  plus,
  times,
  total,
  written,
  zero,
} from './oracle-fraction.ts';
import { destinationOf, termsOf } from './oracle-terms.ts';
import { cycleMonth, cycleStart, daysOf, midnight } from './oracle-time.ts';
import { hasService, type UsedUsage, useOf } from './oracle-usage.ts';

/** One row of the bill in plain words; the engine's lines are put into the same words to be compared. */
export interface OracleLine {
  /** Subscription, then what for: "S-1 fee of this cycle", "S-1 voice.otherwise", "S-1 discount.welcome". */
  readonly key: string;
  readonly exact: string;
  readonly amount: string;
  readonly quantity?: number;
  readonly events?: number;
}

export interface OracleBill {
  readonly lines: readonly OracleLine[];
  readonly net: string;
  readonly taxes: readonly { readonly category: string; readonly base: string; readonly amount: string }[];
  readonly total: string;
  readonly balances: UsedUsage['balances'];
  readonly credits: readonly Pick<CreditBalance, 'taxCategory' | 'amount'>[];
  /** Ids of the events that are not billed. */
  readonly strangers: readonly string[];
  /** "rule subject" of every limit that was passed. */
  readonly anomalies: readonly string[];
}

interface Row {
  readonly key: string;
  readonly exact: Fraction;
  readonly quantity?: number;
  readonly events?: number;
}

/** The bill, its lines sorted by key. Knows the shipped price list, its discounts, taxes and limits; nothing else. */
export function oracleBill(cycle: AccountCycle): OracleBill {
  const guided = cycle.usage.map((event) => [event, ownerOf(event, cycle)] as const);
  const parts = cycle.subscriptions.map((subscription) => {
    const events = guided.filter(([, owner]) => owner === subscription).map(([event]) => event);
    const used = useOf(subscription, events, cycle);
    const rows = [...feesOf(subscription, cycle), ...usageRows(subscription, used)];
    const discounts = discountsOf(subscription, rows, used, cycle);
    return { subscription, events, used, rows: [...rows, ...discounts] };
  });
  const rows = parts.flatMap((part) => part.rows);
  const charged = total(rows.map(rounded));
  const owed = total((cycle.credits ?? []).map((credit) => fraction(credit.amount)));
  const rest = plus(charged, minus(owed));
  const net = more(rest, zero) ? rest : zero;
  const { category, percent } = taxOf(cycle);
  const tax = cents(times(net, percent), 'up');
  return {
    lines: rows.map(lineOf).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    net: amount(net),
    taxes: rows.length === 0 && !cycle.credits?.length ? [] : [{ category, base: amount(net), amount: amount(tax) }],
    total: amount(plus(net, tax)),
    balances: parts.flatMap((part) => part.used.balances),
    credits: more(zero, rest) ? [{ taxCategory: category, amount: amount(minus(rest)) }] : [],
    strangers: guided
      .filter(([, owner]) => owner === undefined)
      .map(([event]) => subjectOf(event))
      .toSorted(),
    anomalies: parts
      .flatMap((part) => limitsPassed(part.subscription, part.events, part.used, total(part.rows.map(rounded)), cycle))
      .toSorted(),
  };
}

/** Whoever had the number when the event started, if this bill may know it already. */
function ownerOf(event: UsageEvent, { subscriptions, account, bounds }: AccountCycle): Subscription | undefined {
  if (event.startAt >= midnight(bounds.until, account.zone)) return undefined;
  return subscriptions.find(
    ({ msisdn, activatedOn, cancelledOn }) =>
      msisdn === event.msisdn &&
      midnight(activatedOn, account.zone) <= event.startAt &&
      (cancelledOn === undefined || event.startAt < midnight(cancelledOn, account.zone)),
  );
}

function feesOf(subscription: Subscription, { bounds, account }: AccountCycle): readonly Row[] {
  const { rental, inAdvance } = termsOf(subscription.plan);
  const next = cycleStart(cycleMonth(bounds.from, account.cycleDay) + 2, account.cycleDay);
  const thisCycle = daysOf(bounds.from, bounds.until);
  const share = (days: number, of: number) => times(fraction(rental), over(days, of));
  const had = thisCycle.filter((day) => hasService(subscription, day)).length;
  if (!inAdvance) return had > 0 ? [{ key: `${subscription.id} fee`, exact: share(had, thisCycle.length) }] : [];

  const rows: Row[] = [];
  const { activatedOn, cancelledOn } = subscription;
  if (activatedOn >= bounds.from) {
    if (had > 0) rows.push({ key: `${subscription.id} fee`, exact: share(had, thisCycle.length) });
  } else if (cancelledOn !== undefined && cancelledOn > bounds.from) {
    // The bill before charged the whole of this cycle, as far as it could know.
    const lost = thisCycle.length - had;
    if (lost > 0) rows.push({ key: `${subscription.id} fee refund`, exact: minus(share(lost, thisCycle.length)) });
  }
  const nextCycle = daysOf(bounds.until, next);
  const goesOn = activatedOn < bounds.until && (cancelledOn === undefined || cancelledOn > bounds.until);
  if (goesOn) rows.push({ key: `${subscription.id} fee in advance`, exact: share(nextCycle.length, nextCycle.length) });
  return rows;
}

function usageRows(subscription: Subscription, used: UsedUsage): readonly Row[] {
  return [...used.lines].map(([key, { exact, quantity, events }]) => ({
    key: `${subscription.id} ${key}`,
    exact,
    quantity,
    events: events.size,
  }));
}

/** Off rounded amounts, before tax: loyalty, then volume off what loyalty left; half rental in the first three cycles. */
function discountsOf(subscription: Subscription, rows: readonly Row[], used: UsedUsage, cycle: AccountCycle): Row[] {
  const { plan, acceptedOn, id } = subscription;
  const chargesOf = (word: string) => total(rows.filter(({ key }) => key.startsWith(`${id} ${word}`)).map(rounded));
  const found: Row[] = [];
  // What rounds to nothing is not printed.
  const take = (name: string, exact: Fraction) => {
    if (more(cents(exact, 'even'), zero)) found.push({ key: `${id} discount.${name}`, exact: minus(exact) });
  };
  const isLoyal = plan.startsWith('business') && acceptedOn < '2025-05-01';
  const charges = total(rows.map(rounded));
  const loyalty = isLoyal ? times(charges, fraction('0.05')) : zero;
  take('business_loyalty', loyalty);
  if ((plan === 'flex' || plan === 'business_data') && used.bytes > 50e9) {
    // Loyalty left of each line the same share, counted on the cents that it really took.
    const left = plus(chargesOf('data.'), minus(shareOf(cents(loyalty, 'even'), chargesOf('data.'), charges)));
    take('volume_10', least(times(left, fraction('0.1')), fraction('20.00')));
  }
  const { cycleDay } = cycle.account;
  const cycles = cycleMonth(cycle.bounds.from, cycleDay) - cycleMonth(acceptedOn, cycleDay);
  const isWelcome = (number: number) => number >= 0 && number < 3;
  if (plan === 'flex' && acceptedOn >= '2026-02-01' && acceptedOn < '2026-07-01') {
    const refund = chargesOf('fee refund');
    if (isWelcome(cycles)) take('welcome', times(plus(chargesOf('fee'), minus(refund)), fraction('0.5')));
    // The bill before charged what is given back, so it is its discount that the refund is less.
    const tooMuch = times(minus(refund), fraction('0.5'));
    if (isWelcome(cycles - 1) && more(cents(tooMuch, 'even'), zero)) {
      found.push({ key: `${id} discount.welcome given back`, exact: tooMuch });
    }
  }
  return found;
}

function shareOf(taken: Fraction, part: Fraction, whole: Fraction): Fraction {
  return whole[0] === 0n ? zero : times(taken, times(part, [whole[1], whole[0]]));
}

function taxOf({ customer }: AccountCycle): { readonly category: string; readonly percent: Fraction } {
  const eu = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');
  const { category, taxCountry, vatId } = customer;
  const isReversed = category === 'business' && taxCountry !== 'DE' && eu.includes(taxCountry) && vatId !== undefined;
  return isReversed ? { category: 'AE', percent: zero } : { category: 'S', percent: fraction('0.19') };
}

function limitsPassed(
  subscription: Subscription,
  events: readonly UsageEvent[],
  used: UsedUsage,
  net: Fraction,
  cycle: AccountCycle,
): readonly string[] {
  const past = cycle.history.filter((one) => one.subscriptionId === subscription.id);
  const frauds = events
    .filter((event) => event.service === 'voice' && destinationOf(event.calledNumber) === 'premium')
    .filter((event) => event.direction === 'outgoing')
    .filter((event) => event.durationMs > 4 * 3_600_000)
    .map((event) => `anomaly.voice_fraud ${subjectOf(event)}`);
  const found = [...frauds];
  if (past.length === 0) return found;
  const bytes = median(past.map((one) => fraction(one.usage.data ?? 0)));
  const charges = median(past.map((one) => fraction(one.charges)));
  const usedBytes = fraction(used.bytes);
  const few = past.length >= 3 && past.length < 6;
  const highest = fraction(Math.max(...past.map((one) => one.usage.data ?? 0)));
  const trebled = more(usedBytes, times(fraction(3), highest));
  if (few && trebled && more(usedBytes, times(fraction(4), bytes)) && more(usedBytes, fraction(10e9))) {
    found.push(`anomaly.usage_spike ${subscription.id}`);
  }
  if (more(net, times(fraction(4), charges)) && more(net, fraction(100))) {
    found.push(`anomaly.bill_shock ${subscription.id}`);
  }
  return found;
}

/** An event's id is unique within its source. */
const subjectOf = ({ source, id }: UsageEvent): string => `${source}/${id}`;

function median(values: readonly Fraction[]): Fraction {
  const sorted = values.toSorted((a, b) => (more(a, b) ? 1 : -1));
  const at = (index: number) => sorted[index] ?? zero;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(half) : times(plus(at(half - 1), at(half)), over(1, 2));
}

const rounded = (row: Row): Fraction => cents(row.exact, 'even');

function lineOf({ key, exact, quantity, events }: Row): OracleLine {
  return {
    key,
    exact: written(exact),
    amount: amount(cents(exact, 'even')),
    ...(quantity !== undefined && { quantity }),
    ...(events !== undefined && { events }),
  };
}
