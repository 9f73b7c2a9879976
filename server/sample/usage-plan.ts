/** How many records each subscription makes in its cycle, by kind and day. Exact: the days add up to the plan. */
import type { SampleAccount, SampleSubscription } from './company.ts';
import { type DayNumber, isWeekend } from './dates.ts';
import { randomStream, topic, whole } from './random.ts';

export const kinds = ['voice', 'sms', 'data', 'roaming'] as const;
export type Kind = (typeof kinds)[number];
export type Counts = Readonly<Record<Kind, number>>;

export interface UsagePlan {
  readonly account: SampleAccount;
  readonly subscription: SampleSubscription;
  readonly counts: Counts;
  /** Share of the cycle's records made before each active day, 0 to 1; one more entry than days. */
  readonly cumulative: Float64Array;
  readonly trip: Float64Array;
}

/** Fewer records than this per subscription would leave no realistic month. */
export const fewestPerSubscription = 50;

/**
 * Spreads `records` over all subscriptions but the hand-checked one, by activity and days in service.
 * Throws RangeError if there are too few for the company.
 */
export function planUsage(seed: number, company: readonly SampleAccount[], records: number): readonly UsagePlan[] {
  const pairs = company
    .slice(1)
    .flatMap((account) => account.subscriptions.map((subscription) => ({ account, subscription })));
  if (records < pairs.length * fewestPerSubscription) {
    throw new RangeError(
      `${records} records are too few for ${pairs.length} subscriptions: at least ${fewestPerSubscription} each`,
    );
  }
  const weights = pairs.map(({ account, subscription }) => weightOf(account, subscription));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let used = 0;
  let before = 0;
  return pairs.map(({ account, subscription }, position) => {
    used += weights[position] as number;
    const after = position === pairs.length - 1 ? records : Math.round((records * used) / total);
    const counts = countsOf(account, subscription, after - before);
    before = after;
    return { account, subscription, counts, ...daysOf(seed, subscription) };
  });
}

/** Position of the first record of a kind on a day; that of the next day bounds it. */
export function firstOn(plan: UsagePlan, kind: Kind, day: number): number {
  const share = (kind === 'roaming' ? plan.trip : plan.cumulative)[day] as number;
  const phase = ((plan.subscription.index * 7 + kinds.indexOf(kind) * 3) % 10) / 10;
  return Math.floor(plan.counts[kind] * share + phase);
}

function weightOf(account: SampleAccount, { habits, active }: SampleSubscription): number {
  const inService = (active.until - active.from) / (account.cycle.until - account.cycle.from);
  return (account.abnormal === null ? habits.activity : 1.2) * inService;
}

function countsOf(account: SampleAccount, { habits }: SampleSubscription, records: number): Counts {
  // Shock accounts talk: their premium calls come out of the voice share.
  const dataShare = account.abnormal === 'bill_shock' ? 0.3 : habits.dataShare;
  const roaming = habits.roams === null ? 0 : Math.min(habits.roams === 'zone_1' ? 22 : 10, Math.round(records * 0.14));
  const data = Math.round((records - roaming) * dataShare);
  const sms = Math.round((records - roaming) * habits.smsShare);
  return { voice: records - roaming - data - sms, sms, data, roaming };
}

function daysOf(
  seed: number,
  { index, active, habits }: SampleSubscription,
): { cumulative: Float64Array; trip: Float64Array } {
  const random = randomStream(seed, topic.dayWeight, index);
  const days = active.until - active.from;
  const length = Math.min(days, whole(random, 4, 9));
  const start = whole(random, 0, days - length);
  const weight = (day: DayNumber): number =>
    (habits.worksInOffice && isWeekend(active.from + day) ? 0.25 : 1) * (0.4 + 1.2 * random());
  return {
    cumulative: cumulate(days, weight),
    trip: cumulate(days, (day) => (day >= start && day < start + length ? 1 : 0)),
  };
}

function cumulate(days: number, weight: (day: number) => number): Float64Array {
  const sums = new Float64Array(days + 1);
  for (let day = 0; day < days; day++) sums[day + 1] = (sums[day] as number) + weight(day);
  const total = sums[days] as number;
  return sums.map((sum, day) => (day === days ? 1 : sum / total));
}
