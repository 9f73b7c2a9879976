/** Whatever an account's cycle day and zone, and however often they change: time is billed once, all of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accountDate, startOfAccountDay } from '../../engine/account-days.ts';
import type { AccountTimes } from '../../engine/billing-account.ts';
import { cycleBounds, cycleNumber, numberedCycle } from '../../engine/cycles.ts';
import type { Fee } from '../../engine/fee.ts';
import { feesOf } from '../../engine/fees.ts';
import type { Subscription } from '../../engine/model.ts';
import { addDays, daysIn } from '../../engine/period.ts';
import type { Policies } from '../../engine/policies.ts';
import { tenuresOf } from '../../engine/tenures.ts';
import { accountCycle, fee, plan, ruleSet, subscription } from './fixture.ts';

/** Every kind of zone there is: whole, half and quarter hours, clocks that change at midnight, both sides of the date line. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/Juneau',
  'America/Havana',
  'America/Santiago',
  'America/St_Johns',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Pago_Pago',
  'Pacific/Kiritimati',
];

const dayFrom = (first: string, days: number) => fc.nat(days).map((after) => addDays(first, after));

const times: fc.Arbitrary<AccountTimes> = fc
  .record({
    zone: fc.constantFrom(...zones),
    cycleDay: fc.integer({ min: 1, max: 31 }),
    changes: fc.uniqueArray(
      fc.record(
        {
          from: dayFrom('2026-01-01', 900),
          zone: fc.constantFrom(...zones),
          cycleDay: fc.integer({ min: 1, max: 31 }),
          bridge: fc.constantFrom('shorter' as const, 'longer' as const),
        },
        { requiredKeys: ['from'] },
      ),
      { maxLength: 4, selector: ({ from }) => from },
    ),
  })
  .map(({ changes, ...account }) => ({ ...account, changes: changes.sort((a, b) => (a.from < b.from ? -1 : 1)) }));

test('The cycles of an account follow each other without gap or overlap, in days and in instants', () => {
  fc.assert(
    fc.property(times, dayFrom('2026-01-01', 900), fc.nat(86_399_999), (account, day, offset) => {
      const first = cycleNumber(account, '2025-12-01');
      for (let number = first; number < first + 36; number += 1) {
        const { from, until, nextUntil } = numberedCycle(account, number);
        const next = numberedCycle(account, number + 1);
        expect([until, nextUntil]).toEqual([next.from, next.until]);
        expect(from < until).toBe(true);
        // A bridging cycle can be long, never longer than two months.
        expect(daysIn({ from, until })).toBeLessThanOrEqual(62);
        expect(startOfAccountDay(account, from)).toBeLessThanOrEqual(startOfAccountDay(account, until));
        expect([cycleNumber(account, from), cycleNumber(account, addDays(until, -1))]).toEqual([number, number]);
      }
      const { from, until } = cycleBounds(account, day);
      expect(from <= day && day < until).toBe(true);
      // Any instant lies in the one day that has begun and is not over.
      const at = startOfAccountDay(account, day) + offset;
      const date = accountDate(account, at);
      expect(startOfAccountDay(account, date)).toBeLessThanOrEqual(at);
      expect(at).toBeLessThan(startOfAccountDay(account, addDays(date, 1)));
    }),
  );
});

const recurring: fc.Arbitrary<Partial<Fee>> = fc.record({
  interval: fc.constantFrom('daily', 'weekly', 'monthly', 'quarterly', 'yearly'),
  every: fc.constantFrom(1, 2, 5),
  due: fc.constantFrom('in advance', 'in arrears'),
  prorated: fc.constantFrom('by day', 'by second'),
});

/** Activation, then changes of plan and pauses in order, then perhaps the end. */
const life: fc.Arbitrary<Subscription> = fc
  .record({
    activatedOn: dayFrom('2026-01-01', 60),
    steps: fc.array(fc.record({ kind: fc.constantFrom('plan', 'pause'), days: fc.integer({ min: 1, max: 70 }) }), {
      maxLength: 4,
    }),
    rest: fc.nat(200),
    isCancelled: fc.boolean(),
  })
  .map(({ activatedOn, steps, rest, isCancelled }) => {
    const planChanges: { from: string; plan: string }[] = [];
    const pauses: { from: string; until: string }[] = [];
    let day = activatedOn;
    for (const [index, { kind, days }] of steps.entries()) {
      day = addDays(day, days);
      if (kind === 'plan') planChanges.push({ from: day, plan: index % 2 === 0 ? 'max' : 'flex' });
      else {
        const until = addDays(day, days);
        pauses.push({ from: day, until });
        day = until;
      }
    }
    const cancelledOn = isCancelled ? addDays(day, rest) : undefined;
    return subscription({ activatedOn, planChanges, pauses, ...(cancelledOn && { cancelledOn }) });
  });

const policies: fc.Arbitrary<Policies> = fc.record({
  cancellationDay: fc.constantFrom('free', 'billed'),
  planChangeDay: fc.constantFrom('new plan', 'old plan'),
});

test('Fees pay for every day of service once, in advance or in arrears, through changes of plan, zone and cycle day, pauses and the end', () => {
  fc.assert(
    fc.property(times, life, recurring, policies, (account, who, terms, said) => {
      const fees = [fee(terms)];
      const both = ['flex', 'max'].map((id) => plan({ id, from: '2025-01-01', fees, policies: said }));
      const document = ruleSet({ plans: both });
      const paid = new Map<string, number>();
      const first = cycleNumber(account, who.activatedOn);
      // Six years of bills: what is paid in arrears for five years is over by then.
      for (let number = first; number < first + 75; number += 1) {
        const cycle = accountCycle({ account, subscriptions: [who], bounds: numberedCycle(account, number) });
        for (const { kind, days } of feesOf(cycle, who, document))
          for (let day = days.from; day < days.until; day = addDays(day, 1))
            paid.set(day, (paid.get(day) ?? 0) + (kind === 'fee' ? 1 : -1));
      }
      const billed = tenuresOf(who);
      const last = billed.at(-1);
      const hasLastDay = last?.endsBy === 'cancellation' && said.cancellationDay === 'billed';
      for (let day = addDays(who.activatedOn, -40); day < addDays(who.activatedOn, 300); day = addDays(day, 1)) {
        const isServed = billed.some(({ from, until }) => from <= day && (until === undefined || day < until));
        const isLast = hasLastDay && day === last?.until;
        expect([day, paid.get(day) ?? 0]).toEqual([day, isServed || isLast ? 1 : 0]);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
