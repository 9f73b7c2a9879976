/** Nordlicht Mobile's customers, accounts and subscriptions, each drawn from the seed by its number. */
import { cycleOf, type DayNumber, dayNumber, type Period, runIssuedOn } from './dates.ts';
import { type Habits, habitsOf, type PlanId } from './habits.ts';
import {
  austria,
  businessProfile,
  companyName,
  emailOf,
  finland,
  germany,
  interests,
  type Place,
  personName,
  portugal,
  salesManagers,
} from './people.ts';
import { pick, pickWeighted, type Random, randomStream, topic, whole } from './random.ts';

export interface SampleCustomer {
  readonly id: string;
  readonly name: string;
  readonly category: 'consumer' | 'business';
  readonly email: string;
  readonly phone: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly country: string;
  readonly taxCountry: string;
  readonly vatId: string | null;
  readonly language: string;
  readonly zone: string;
  readonly hasAppAccount: boolean | null;
  readonly interests: readonly string[];
  readonly profile: string;
  readonly salesManager: string | null;
  readonly promotionConsent: boolean;
}

export interface SampleSubscription {
  readonly id: string;
  /** From 0, over the whole company. */
  readonly index: number;
  readonly plan: PlanId;
  readonly msisdn: string;
  readonly payment: 'manual' | 'direct debit' | 'card';
  readonly acceptedOn: DayNumber;
  readonly activatedOn: DayNumber;
  readonly cancelledOn: DayNumber | null;
  readonly renewsOn: DayNumber | null;
  readonly paidUntil: DayNumber | null;
  /** Full cycles before the billed one, at most 3. */
  readonly pastCycles: number;
  readonly habits: Habits;
  /** Days of the billed cycle on which it is in service. */
  readonly active: Period;
}

export type Abnormality = 'usage_spike' | 'bill_shock';

export interface SampleAccount {
  readonly id: string;
  readonly customer: SampleCustomer;
  readonly cycleDay: number;
  readonly cycle: Period;
  readonly openedOn: DayNumber;
  readonly subscriptions: readonly SampleSubscription[];
  /** The anomaly rule that must hold its invoice. */
  readonly abnormal: Abnormality | null;
}

/** Numbers from here on belong to no subscriber. */
export const firstUnknownMsisdn = 4_915_799_000_000;

/** All accounts; the first is the one that the documentation bills by hand. */
export function foundCompany(seed: number, accounts: number): readonly SampleAccount[] {
  const company: SampleAccount[] = [];
  let subscriptions = 0;
  for (let number = 1; number <= accounts; number++) {
    const account = number === 1 ? handCheckedAccount(seed) : openAccount(seed, number, subscriptions);
    subscriptions += account.subscriptions.length;
    company.push(account);
  }
  return withAbnormalAccounts(company);
}

export function msisdnOf(index: number): string {
  return `+${4_915_790_000_001 + index * 37}`;
}

function openAccount(seed: number, number: number, firstIndex: number): SampleAccount {
  const random = randomStream(seed, topic.customer, number);
  const business = random() < 0.25;
  const place = placeOf(random, business);
  const cycleDay = pickWeighted(random, [
    [1, 45],
    [8, 30],
    [15, 22],
    [31, 3],
  ]);
  const cycle = cycleOf(cycleDay);
  const payment = pickWeighted(random, [
    ['manual', 25],
    ['direct debit', 50],
    ['card', 25],
  ] as const);
  const size = business ? whole(random, 1, 6) : 1;
  const subscriptions: SampleSubscription[] = [];
  for (let i = 0; i < size; i++)
    subscriptions.push(subscribe(seed, random, { index: firstIndex + i, business, cycleDay, cycle, payment }));
  return {
    id: `A-${digits(number)}`,
    customer: welcome(random, number, business, place),
    cycleDay,
    cycle,
    openedOn: Math.min(...subscriptions.map((subscription) => subscription.activatedOn)),
    subscriptions,
    abnormal: null,
  };
}

function placeOf(random: Random, business: boolean): Place {
  return pickWeighted<Place>(random, [
    [germany, 70],
    [portugal, 14],
    [finland, 13],
    [austria, business ? 6 : 0],
  ]);
}

function welcome(random: Random, number: number, business: boolean, place: Place): SampleCustomer {
  const name = business ? companyName(random, place) : personName(random, place);
  const [city, postcode] = pick(random, place.cities);
  const abroad = place.country !== 'DE';
  return {
    id: `C-${digits(number)}`,
    name,
    category: business ? 'business' : 'consumer',
    email: emailOf(name, number),
    phone: `+4930${5_550_000 + number}`,
    street: `${pick(random, place.streets)} ${whole(random, 1, 140)}`,
    postcode,
    city,
    country: place.country,
    // Private customers pay the tax of the seller's country; businesses that of their own.
    taxCountry: business ? place.country : 'DE',
    vatId: business && random() < (abroad ? 0.85 : 0.9) ? place.vat(random) : null,
    language: random() < 0.1 ? 'en' : place.language,
    zone: place.zone,
    hasAppAccount: pickWeighted(random, [
      [true, 60],
      [false, 27],
      [null, 13],
    ]),
    interests: interests.filter(() => random() < 0.2),
    profile: business ? businessProfile(random) : '',
    salesManager: business || random() < 0.35 ? pick(random, salesManagers) : null,
    promotionConsent: random() < 0.85,
  };
}

interface Terms {
  readonly index: number;
  readonly business: boolean;
  readonly cycleDay: number;
  readonly cycle: Period;
  readonly payment: SampleSubscription['payment'];
}

function subscribe(
  seed: number,
  random: Random,
  { index, business, cycleDay, cycle, payment }: Terms,
): SampleSubscription {
  const plan: PlanId = business
    ? pickWeighted(random, [
        ['business', 65],
        ['business_data', 35],
      ] as const)
    : pickWeighted(random, [
        ['flex', 70],
        ['talk', 30],
      ] as const);
  const story = pickWeighted(random, [
    ['long', 82],
    ['young', 9],
    ['new', 5],
    ['leaving', 4],
  ] as const);
  const pastCycles = story === 'new' ? 0 : story === 'young' ? whole(random, 1, 2) : 3;
  const activatedOn =
    story === 'new'
      ? whole(random, cycle.from + 1, cycle.until - 5)
      : story === 'young'
        ? cycleOf(cycleDay, pastCycles).from
        : whole(random, dayNumber(2023, 1, 1), dayNumber(2025, 12, 31));
  const cancelledOn = story === 'leaving' ? whole(random, cycle.from + 4, cycle.until - 3) : null;
  const renewsOn = cancelledOn === null ? runIssuedOn + whole(random, 1, payment === 'manual' ? 45 : 330) : null;
  const paidAhead = random() < 0.15;
  return {
    id: `S-${digits(index + 1)}`,
    index,
    plan,
    msisdn: msisdnOf(index),
    payment,
    acceptedOn: activatedOn - whole(random, 0, 9),
    activatedOn,
    cancelledOn,
    renewsOn,
    paidUntil: payment === 'manual' && renewsOn !== null ? renewsOn + (paidAhead ? 365 : 0) : null,
    pastCycles,
    habits: habitsOf(randomStream(seed, topic.habits, index), plan),
    active: { from: Math.max(cycle.from, activatedOn), until: Math.min(cycle.until, cancelledOn ?? cycle.until) },
  };
}

/** Every hundredth account, at least two: users of moderate habits with a full history, whose month goes wrong. */
function withAbnormalAccounts(company: readonly SampleAccount[]): readonly SampleAccount[] {
  const wanted = Math.max(2, Math.round(company.length / 100));
  const candidates = company.filter(
    ({ subscriptions: [only, ...others] }, position) =>
      position > 0 &&
      only !== undefined &&
      others.length === 0 &&
      only.plan === 'flex' &&
      only.pastCycles === 3 &&
      only.cancelledOn === null &&
      only.habits.appetite === 'normal' &&
      only.habits.roams === null,
  );
  if (candidates.length < wanted)
    throw new RangeError(
      `A sample company of ${company.length} is too small to draw ${wanted} accounts from that go wrong: ask for 30 accounts or more`,
    );
  const chosen = new Map<string, Abnormality>();
  for (let i = 0; i < wanted; i++) {
    const account = candidates[Math.floor(((i + 0.5) * candidates.length) / wanted)] as SampleAccount;
    chosen.set(account.id, i % 2 === 0 ? 'usage_spike' : 'bill_shock');
  }
  return company.map((account) => ({ ...account, abnormal: chosen.get(account.id) ?? null }));
}

/** Anna Petersen: plan flex, in service for years, and nothing unusual, so that her invoice can be followed by hand. */
function handCheckedAccount(seed: number): SampleAccount {
  const cycle = cycleOf(1);
  const customer: SampleCustomer = {
    id: 'C-000001',
    name: 'Anna Petersen',
    category: 'consumer',
    email: emailOf('Anna Petersen', 1),
    phone: '+49305550001',
    street: 'Torstraße 12',
    postcode: '10119',
    city: 'Berlin',
    country: 'DE',
    taxCountry: 'DE',
    vatId: null,
    language: 'de',
    zone: 'Europe/Berlin',
    hasAppAccount: true,
    interests: ['music'],
    profile: '',
    salesManager: null,
    promotionConsent: true,
  };
  const subscription: SampleSubscription = {
    id: 'S-000001',
    index: 0,
    plan: 'flex',
    msisdn: msisdnOf(0),
    payment: 'direct debit',
    acceptedOn: dayNumber(2024, 2, 20),
    activatedOn: dayNumber(2024, 3, 1),
    cancelledOn: null,
    renewsOn: dayNumber(2027, 3, 1),
    paidUntil: null,
    pastCycles: 3,
    habits: {
      ...habitsOf(randomStream(seed, topic.habits, 0), 'flex'),
      appetite: 'normal',
      bytes: 12_000_000_000,
      roams: null,
    },
    active: cycle,
  };
  return {
    id: 'A-000001',
    customer,
    cycleDay: 1,
    cycle,
    openedOn: subscription.activatedOn,
    subscriptions: [subscription],
    abnormal: null,
  };
}

function digits(number: number): string {
  return String(number).padStart(6, '0');
}
