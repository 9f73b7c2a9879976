/** Random customers for the oracle: awkward zones, cycle days, dates and moments, over one to three cycles. */
import fc from 'fast-check';
import type { BillingAccount } from '../../engine/billing-account.ts';
import type { AccountCycle, Customer, Subscription, UsageEvent } from '../../engine/model.ts';
import type { PastCycle } from '../../engine/past-cycle.ts';
import { cycleStart, daysOf, midnight, shifted } from './oracle-time.ts';

/** A customer's life over consecutive cycles. Balances and credits come from the bill before. */
export interface Life {
  readonly account: BillingAccount;
  readonly customer: Customer;
  readonly subscriptions: readonly Subscription[];
  readonly history: readonly PastCycle[];
  readonly cycles: readonly Pick<AccountCycle, 'bounds' | 'usage'>[];
}

const zones = ['Europe/Berlin', 'Europe/Lisbon', 'Europe/Helsinki', 'America/New_York', 'Asia/Kathmandu'] as const;
const numbers = ['+491701111111', '+491702222222'] as const;
const calledNumbers = [
  '+4930123456',
  '+4315550100',
  '+41445550100',
  '+499001234567',
  '+12125550100',
  '+4990',
  '',
] as const;
const networks = ['26299', '20801', '310260', '99999'] as const;
const plans = ['flex', 'talk', 'business', 'business_data'] as const;

interface Frame {
  readonly account: BillingAccount;
  readonly customer: Customer;
  /** First days of the cycles, and of the one after them. */
  readonly starts: readonly string[];
}

const frame: fc.Arbitrary<Frame> = fc
  .record({
    zone: fc.constantFrom(...zones),
    ownZone: fc.option(fc.constantFrom(...zones), { freq: 3 }),
    cycleDay: fc.constantFrom(1, 15, 29, 30, 31),
    // Months with changing clocks, Easter, Christmas and the leap February of 2028 come most often.
    month: fc.oneof(
      fc.integer({ min: 2026 * 12 + 2, max: 2028 * 12 + 11 }),
      fc.constantFrom(2026 * 12 + 2, 2026 * 12 + 9, 2027 * 12 + 11, 2028 * 12, 2028 * 12 + 1),
    ),
    cycles: fc.integer({ min: 1, max: 3 }),
    category: fc.constantFrom('consumer' as const, 'business' as const),
    taxCountry: fc.constantFrom('DE', 'FR', 'AT', 'CH'),
    vatId: fc.option(fc.constant('X123'), { nil: undefined }),
  })
  .map(({ zone, ownZone, cycleDay, month, cycles, category, taxCountry, vatId }) => ({
    account: { id: 'A-1', currency: 'EUR', zone, cycleDay, openedOn: '2020-01-01' },
    customer: {
      id: 'C-1',
      name: 'Random',
      category,
      country: taxCountry,
      taxCountry,
      ...(vatId !== undefined && { vatId }),
      language: 'en',
      zone: ownZone ?? zone,
      interests: [],
      profile: '',
    },
    starts: Array.from({ length: cycles + 2 }, (_, index) => cycleStart(month + index, cycleDay)),
  }));

function subscriptionIn({ starts }: Frame, index: number): fc.Arbitrary<Subscription> {
  const [first = '', last = ''] = [starts[0], starts.at(-2)];
  const length = daysOf(first, last).length;
  return fc
    .record({
      plan: fc.constantFrom(...plans),
      activated: fc.oneof(fc.integer({ min: -90, max: -1 }), fc.integer({ min: -2, max: length + 2 })),
      service: fc.option(fc.integer({ min: 0, max: length + 30 }), { freq: 2 }),
      accepted: fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(0, 500, 1200)),
    })
    .map(({ plan, activated, service, accepted }) => {
      const activatedOn = shifted(first, activated);
      return {
        id: `S-${index + 1}`,
        plan,
        msisdn: numbers[index] ?? '',
        payment: 'card' as const,
        acceptedOn: shifted(activatedOn, -accepted),
        activatedOn,
        ...(service !== null && { cancelledOn: shifted(activatedOn, service) }),
      };
    });
}

/** A moment anywhere, or right at the edge of a day, a band or a cycle. */
function momentIn({ starts, account, customer }: Frame): fc.Arbitrary<number> {
  const [first = '', last = ''] = [starts[0], starts.at(-2)];
  const days = daysOf(shifted(first, -9), shifted(last, 1));
  const holidays = days.filter((day) => /-(01-01|05-01|10-03|12-25|12-26)$/.test(day));
  const hour = 3_600_000;
  const near = fc.integer({ min: -3000, max: 20 }).map((seconds) => seconds * 1000);
  const ofDay = fc
    .tuple(fc.constantFrom(...days, ...holidays, ...holidays, ...holidays), fc.constantFrom(0, 3, 8, 20), near)
    .map(([day, hours, offset]) => midnight(day, customer.zone) + hours * hour + offset);
  const ofCycle = fc.tuple(fc.constantFrom(...starts.slice(0, -1)), near);
  return fc.oneof(
    fc
      .integer({
        min: midnight(shifted(first, -9), account.zone) / 1000,
        max: midnight(last, account.zone) / 1000 + 999,
      })
      .map((at) => at * 1000),
    ofDay,
    ofCycle.map(([day, offset]) => midnight(day, account.zone) + offset),
    ofDay.map((at) => at + 7),
  );
}

const seconds = fc.oneof(
  fc.integer({ min: 1, max: 95 }),
  fc.integer({ min: 96, max: 4000 }),
  fc.constantFrom(30, 31, 60, 61, 3600, 9000, 17_990),
);
const whole = seconds.map((value) => value * 1000);
const durations = fc.oneof(whole, whole, whole, fc.integer({ min: 1, max: 100_000 }));
const volumes = fc.oneof(
  fc.integer({ min: 1, max: 400_000_000 }),
  fc.integer({ min: 1, max: 70 }).map((gigabytes) => gigabytes * 1e9),
  fc.integer({ min: 1, max: 120e9 }),
  fc.constantFrom(100_000_000, 100_000_001, 10e9, 40e9, 50e9, 50e9 + 1),
);

function usageIn(frame: Frame): fc.Arbitrary<readonly UsageEvent[]> {
  const one = fc.record({
    startAt: momentIn(frame),
    service: fc.constantFrom('voice', 'voice', 'voice', 'data', 'sms'),
    durationMs: durations,
    bytes: volumes,
    messages: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 120 })),
    msisdn: fc.constantFrom(numbers[0], numbers[0], numbers[1], '+491709999999'),
    calledNumber: fc.constantFrom(...calledNumbers),
    visitedNetwork: fc.constantFrom(...networks),
    direction: fc.constantFrom('outgoing' as const, 'outgoing' as const, 'outgoing' as const, 'incoming' as const),
  });
  // Who of two that start together gets the last included minute is nobody's business: no two start together.
  return fc.uniqueArray(one, { selector: ({ startAt }) => startAt, maxLength: 30 }).map((drawn) =>
    drawn.map((event, index) => ({
      ...event,
      id: `e${index}`,
      source: 'msc',
      sequence: index,
      calledNumber: event.service === 'data' ? '' : event.calledNumber,
      callingNumber: event.msisdn,
      durationMs: event.service === 'sms' ? 0 : event.durationMs,
      bytes: event.service === 'data' ? event.bytes : 0,
      messages: event.service === 'sms' ? event.messages : 0,
    })),
  );
}

function historyOf(ids: readonly string[]): fc.Arbitrary<readonly PastCycle[]> {
  const one = fc.record({
    subscriptionId: fc.constantFrom(...ids),
    from: fc.constant('2025-11-01'),
    until: fc.constant('2025-12-01'),
    usage: fc.record({ data: fc.integer({ min: 0, max: 20e9 }) }),
    charges: fc.integer({ min: 0, max: 6000 }).map((value) => (value / 100).toFixed(2)),
  });
  return fc.array(one, { maxLength: 5 });
}

/** Usage is billed by the cycle it starts in; a few events come in only with the one after. */
export const life: fc.Arbitrary<Life> = frame.chain((drawn) =>
  fc
    .record({
      subscriptions: fc.oneof(
        fc.tuple(subscriptionIn(drawn, 0)),
        fc.tuple(subscriptionIn(drawn, 0), subscriptionIn(drawn, 1)),
      ),
      usage: usageIn(drawn),
      history: historyOf(['S-1', 'S-2']),
      delayed: fc.array(fc.nat(29), { maxLength: 4 }),
    })
    .map(({ subscriptions, usage, history, delayed }) => {
      const { account, customer, starts } = drawn;
      const days = starts.map((day) => midnight(day, account.zone));
      const cycles = starts.slice(0, -2).map((from, index) => ({
        bounds: { from, until: starts[index + 1] ?? '', nextUntil: starts[index + 2] ?? '' },
        usage: usage.filter((event, number) => {
          // What started before the first cycle comes late with it; what starts after the last is a stranger there.
          const own = Math.max(
            0,
            days.findLastIndex((at) => at <= event.startAt),
          );
          const due = Math.min(own + (delayed.includes(number) ? 1 : 0), starts.length - 3);
          return due === index;
        }),
      }));
      return { account, customer, subscriptions, history, cycles };
    }),
);
