/** One subscription's records of one day. */
import { type DayNumber, isWeekend } from './dates.ts';
import { gigabyte, type Zone } from './habits.ts';
import { homeNetwork, networkIn, numberIn } from './numbers.ts';
import { pick, pickWeighted, type Random, randomStream, topic, whole } from './random.ts';
import type { Source, UsageRecord } from './record.ts';
import { startText } from './start-text.ts';
import { firstOn, kinds, type UsagePlan } from './usage-plan.ts';

/** A shock account makes this many long premium calls in its cycle. */
const shockCalls = 14;

/** All records that start on the day, in no particular order; none if the subscription is not in service. */
export function recordsOfDay(seed: number, plan: UsagePlan, day: DayNumber): UsageRecord[] {
  const { active, index } = plan.subscription;
  const position = day - active.from;
  if (position < 0 || day >= active.until) return [];
  const random = randomStream(seed, topic.day, index, day);
  const records: UsageRecord[] = [];
  for (const kind of kinds) {
    const until = firstOn(plan, kind, position + 1);
    for (let nth = firstOn(plan, kind, position); nth < until; nth++) {
      const at = startText(
        plan.account.customer.zone,
        day,
        secondOfDay(random, plan.subscription.habits.worksInOffice, day),
      );
      records.push(
        kind === 'voice'
          ? call(random, plan, at, nth)
          : kind === 'sms'
            ? message(random, plan, at)
            : kind === 'data'
              ? session(random, plan, at)
              : abroad(random, plan, at),
      );
    }
  }
  return records;
}

/** A plain call at a given start, for late and faulty records. */
export function plainCall(random: Random, plan: UsagePlan, start: string): UsageRecord {
  return voice(plan, start, whole(random, 20, 180), numberIn(random, 'home'));
}

function call(random: Random, plan: UsagePlan, at: string, nth: number): UsageRecord {
  const { habits } = plan.subscription;
  if (plan.account.abnormal === 'bill_shock' && nth < shockCalls) {
    return voice(plan, at, whole(random, 1500, 2400), numberIn(random, 'premium'));
  }
  const zone = pickWeighted<Zone>(random, habits.calls);
  // Most calls are short, some are long: a spread of 0.2 to 2.6 times the average, and no long talk on a premium line.
  const seconds = Math.max(5, Math.round(habits.callSeconds * (0.2 + 2.4 * random() ** 2)));
  const incoming = zone === 'home' && random() < 0.18;
  return voice(plan, at, zone === 'premium' ? Math.min(seconds, 150) : seconds, numberIn(random, zone), incoming);
}

function voice(plan: UsagePlan, start: string, durationSeconds: number, other: string, incoming = false): UsageRecord {
  const { msisdn, index } = plan.subscription;
  return {
    source: index % 5 < 3 ? 'MSC1' : 'MSC2',
    msisdn,
    service: 'voice',
    start,
    durationSeconds,
    bytes: 0,
    messages: 0,
    direction: incoming ? 'incoming' : 'outgoing',
    called: incoming ? msisdn : other,
    calling: incoming ? other : msisdn,
    plmn: homeNetwork,
  };
}

function message(random: Random, plan: UsagePlan, start: string): UsageRecord {
  const { msisdn, habits } = plan.subscription;
  const zone = pickWeighted<Zone>(random, habits.calls);
  const incoming = zone === 'home' && random() < 0.25;
  const other = numberIn(random, zone === 'premium' ? 'home' : zone);
  return {
    source: 'SMSC',
    msisdn,
    service: 'sms',
    start,
    durationSeconds: 0,
    bytes: 0,
    messages: random() < 0.08 ? whole(random, 2, 3) : 1,
    direction: incoming ? 'incoming' : 'outgoing',
    called: incoming ? msisdn : other,
    calling: incoming ? other : msisdn,
    plmn: homeNetwork,
  };
}

function session(random: Random, plan: UsagePlan, start: string): UsageRecord {
  const { index, habits, msisdn } = plan.subscription;
  const average = cycleBytes(plan) / plan.counts.data;
  return data(
    index % 2 === 0 ? 'PGW1' : 'PGW2',
    msisdn,
    start,
    random,
    Math.round(average * (0.25 + 1.5 * random())),
    homeNetwork,
    habits.worksInOffice,
  );
}

/** What the subscription's data sessions of the billed cycle add up to, on average. */
function cycleBytes({ account, subscription: { habits, active } }: UsagePlan): number {
  if (account.abnormal === 'usage_spike') return Math.max(habits.bytes * 5, 12 * gigabyte);
  return (habits.bytes * (active.until - active.from)) / (account.cycle.until - account.cycle.from);
}

function data(
  source: Source,
  msisdn: string,
  start: string,
  random: Random,
  bytes: number,
  plmn: string,
  office: boolean,
): UsageRecord {
  return {
    source,
    msisdn,
    service: 'data',
    start,
    durationSeconds: whole(random, 40, office ? 3600 : 7200),
    bytes: Math.max(1000, bytes),
    messages: 0,
    direction: 'outgoing',
    called: '',
    calling: '',
    plmn,
  };
}

/** Records of a trip come by the partner networks' TAP files. */
function abroad(random: Random, plan: UsagePlan, start: string): UsageRecord {
  const { habits, msisdn } = plan.subscription;
  const zone = habits.roams ?? 'zone_1';
  const plmn = networkIn(random, zone);
  const what = pickWeighted(random, [
    ['data', 60],
    ['call', 28],
    ['message', 12],
  ] as const);
  if (what === 'data') {
    const megabytes = zone === 'zone_1' ? whole(random, 4, 180) : whole(random, 2, 60);
    return data(
      'TAP',
      msisdn,
      start,
      random,
      megabytes * 1_000_000 + whole(random, 0, 999_999),
      plmn,
      habits.worksInOffice,
    );
  }
  const made =
    what === 'call'
      ? voice(
          plan,
          start,
          whole(random, 20, 420),
          numberIn(random, pick(random, ['home', 'home', 'eu'] as const)),
          random() < 0.35,
        )
      : message(random, plan, start);
  return { ...made, source: 'TAP', plmn };
}

const officeHours = [1, 1, 0, 0, 0, 1, 4, 12, 28, 36, 38, 36, 24, 30, 36, 34, 30, 22, 12, 8, 6, 5, 3, 2].map(
  (weight, hour) => [hour, weight] as const,
);
const privateHours = [4, 2, 1, 1, 1, 2, 6, 14, 18, 16, 16, 18, 22, 18, 17, 19, 24, 30, 36, 40, 38, 30, 18, 9].map(
  (weight, hour) => [hour, weight] as const,
);

function secondOfDay(random: Random, worksInOffice: boolean, day: DayNumber): number {
  const hour = pickWeighted(random, worksInOffice && !isWeekend(day) ? officeHours : privateHours);
  return hour * 3600 + whole(random, 0, 3599);
}
