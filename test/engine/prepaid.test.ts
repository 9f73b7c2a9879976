import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { UsageEvent } from '../../engine/model.ts';
import { add, compare, multiply, parseDecimal, parseExact, rational, sum } from '../../engine/money.ts';
import type { PrepaidTerms } from '../../engine/outcomes.ts';
import type { PrepaidCredit } from '../../engine/prepaid-credit.ts';
import {
  accountCycle,
  decisionSet,
  fee,
  flatRate,
  otherwise,
  perMessage,
  perMinute,
  plan,
  ruleSet,
  standardTax,
  subscription,
  usage,
} from './fixture.ts';

const endings = ['last event cut', 'last event whole', 'last event refused', 'rest billed'] as const;
const orders = ['soonest to expire first', 'bonus first', 'paid first'] as const;

const rulesOf = (prepaid: PrepaidTerms) =>
  loadRuleSet(
    ruleSet({
      plans: [plan({ prepaid, rates: { voice: 'rate:flex.voice', sms: 'rate:flex.sms' } })],
      decisions: [flatRate('voice', perMinute('0.07')), flatRate('sms', perMessage('0.019')), standardTax],
    }),
  );
const loaded = new Map(
  endings.flatMap((atEnd) => orders.map((order) => [`${atEnd} ${order}`, rulesOf({ atEnd, order })])),
);
const rulesBy = (atEnd: (typeof endings)[number], order: (typeof orders)[number]) =>
  loaded.get(`${atEnd} ${order}`) ?? rulesOf({ atEnd, order });

const dayOfMay = (day: number) => Date.parse('2026-05-01T00:00:00+02:00') + day * 86_400_000;

const event = fc
  .tuple(
    fc.integer({ min: 0, max: 30 }),
    fc.integer({ min: 0, max: 80_000_000 }),
    fc.integer({ min: 0, max: 9_000 }),
    fc.boolean(),
  )
  .map(
    ([day, at, size, isCall]): UsageEvent => ({
      ...usage('2026-05-01T00:00+02:00', {}),
      startAt: dayOfMay(day) + at,
      ...(isCall ? { service: 'voice', durationMs: size * 1000 } : { service: 'sms', messages: size % 40 }),
    }),
  );

const credit = fc.record({
  kind: fc.constantFrom('paid' as const, 'bonus' as const),
  cents: fc.integer({ min: 1, max: 2_000 }),
  from: fc.integer({ min: -5, max: 30 }),
  until: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
});

const credits = fc.array(credit, { maxLength: 5 }).map((all) =>
  all.map(
    ({ kind, cents, from, until }, index): PrepaidCredit => ({
      id: `credit ${index}`,
      kind,
      amount: (cents / 100).toFixed(2),
      validFrom: dayOfMay(from),
      ...(until !== undefined && { expiresAt: dayOfMay(until) }),
    }),
  ),
);

const month = fc.record({
  usage: fc.array(event, { maxLength: 25 }),
  prepaid: credits,
  atEnd: fc.constantFrom(...endings),
  order: fc.constantFrom(...orders),
});

const evaluate = ({
  usage: events,
  prepaid,
  atEnd,
  order,
}: {
  usage: readonly UsageEvent[];
  prepaid: readonly PrepaidCredit[];
  atEnd: (typeof endings)[number];
  order: (typeof orders)[number];
}) => evaluateCycle(accountCycle({ usage: events, prepaid }), rulesBy(atEnd, order));

const amounts = (all: readonly { readonly amount: string }[]) => sum(all.map(({ amount }) => parseDecimal(amount)));

describe('Prepaid credit', () => {
  it('is used, expired or left, to the cent, and pays what the bill does not ask for', () => {
    fc.assert(
      fc.property(month, (drawn) => {
        const { bill, exceptions } = evaluate(drawn);
        expect(exceptions.filter(({ code }) => code !== 'credit-exhausted')).toEqual([]);
        fc.pre(drawn.prepaid.length > 0);
        const {
          used,
          expired,
          left,
          paid,
          due,
          rounding = '0',
        } = bill.prepaid ?? { used: [], left: [], expired: '', paid: '', due: '' };
        const opened = amounts(drawn.prepaid);
        expect(compare(opened, add(add(amounts(used), amounts(left)), parseDecimal(expired)))).toBe(0);
        expect(
          compare(add(parseDecimal(bill.total), parseDecimal(rounding)), add(parseDecimal(paid), parseDecimal(due))),
        ).toBe(0);
        for (const { amount } of [...used, ...left]) expect(parseDecimal(amount).n).toBeGreaterThan(0n);
      }),
      { numRuns: 300 },
    );
  });

  it('is never exceeded by a plan that cuts or refuses: nothing is to pay, to the cent', () => {
    fc.assert(
      fc.property(month, fc.constantFrom('last event cut' as const, 'last event refused' as const), (drawn, atEnd) => {
        const { bill } = evaluate({
          ...drawn,
          prepaid: [...drawn.prepaid, { id: 'last', kind: 'paid', amount: '0.01', validFrom: 0 }],
          atEnd,
        });
        expect(bill.prepaid?.due).toBe('0.00');
        // What rounding added and nobody pays is less than half a cent a line and tax.
        expect(Number(bill.prepaid?.rounding ?? '0')).toBeGreaterThanOrEqual(-0.02);
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order in which records and top-ups arrive', () => {
    fc.assert(
      fc.property(month, fc.infiniteStream(fc.nat()), (drawn, dice) => {
        const shuffled = <T>(all: readonly T[]) =>
          all
            .map((one) => [dice.next().value as number, one] as const)
            .sort(([a], [b]) => a - b)
            .map(([, one]) => one);
        const again = evaluate({ ...drawn, usage: shuffled(drawn.usage), prepaid: shuffled(drawn.prepaid) });
        const byId = <T extends { readonly credit?: string; readonly id?: string }>(all: readonly T[] = []) =>
          [...all].sort((a, b) => ((a.credit ?? a.id ?? '') < (b.credit ?? b.id ?? '') ? -1 : 1));
        const { bill } = evaluate(drawn);
        expect({ ...again.bill, prepaid: null }).toEqual({ ...bill, prepaid: null });
        expect(byId(again.bill.prepaid?.used)).toEqual(byId(bill.prepaid?.used));
        expect(byId(again.bill.prepaid?.left)).toEqual(byId(bill.prepaid?.left));
      }),
      { numRuns: 150 },
    );
  });

  it('charges exactly what its events are rated at, and draws no more than that with tax', () => {
    fc.assert(
      fc.property(month, (drawn) => {
        const { bill, trace } = evaluate(drawn);
        for (const line of bill.lines.filter(({ kind }) => kind === 'usage')) {
          const portions = trace.filter(({ lineId }) => lineId === line.id);
          expect(compare(sum(portions.map(({ exact }) => parseExact(exact))), parseExact(line.exact))).toBe(0);
          expect(parseExact(line.exact).n).toBeGreaterThanOrEqual(0n);
        }
        const charged = sum(bill.lines.filter(({ kind }) => kind === 'usage').map(({ exact }) => parseExact(exact)));
        const gross = multiply(charged, rational(119, 100));
        const used = amounts(bill.prepaid?.used ?? []);
        // Rounding of lines, taxes and gifts: a cent each.
        expect(compare(used, add(gross, rational(5, 100)))).toBeLessThanOrEqual(0);
      }),
      { numRuns: 150 },
    );
  });

  describe('with a gift', () => {
    const terms = { atEnd: 'last event cut', order: 'paid first' } as const;
    const bonus = (amount: string): PrepaidCredit => ({ id: 'bonus', kind: 'bonus', amount, validFrom: 0 });
    const paid = (id: string, amount: string): PrepaidCredit => ({ id, kind: 'paid', amount, validFrom: 0 });
    const messages = (count: number): UsageEvent => ({
      ...usage('2026-05-10T12:00+02:00', {}),
      service: 'sms',
      messages: count,
    });

    it('demands no cent for what a gift has paid of a message and rounding has left on the bill', () => {
      const { bill } = evaluateCycle(
        accountCycle({ usage: [messages(2)], prepaid: [bonus('0.01'), paid('a', '0.03'), paid('b', '0.01')] }),
        rulesOf(terms),
      );
      // 2 × 0.019 and tax are 0.04522: 0.04 is paid, the gift pays the rest, of which no line off the bill can be made.
      expect(bill.total).toBe('0.05');
      expect(bill.prepaid).toMatchObject({ paid: '0.04', rounding: '-0.01', due: '0.00' });
      expect(bill.prepaid?.left).toEqual([bonus('0.01')]);
    });

    it('asks for a fee in full where a discount has left less to take the gift from', () => {
      const half = decisionSet('discount', 'discount', 'all', 'subscription', [
        [
          'half',
          otherwise,
          {
            kind: 'discount',
            take: { kind: 'percent', percent: '50' },
            off: { kind: 'service', service: 'sms' },
            after: [],
            beside: [],
          },
          'Half of all usage',
        ],
      ]);
      const { bill } = evaluateCycle(
        accountCycle({
          usage: [messages(400)],
          prepaid: [bonus('20.00')],
          subscriptions: [subscription(), subscription({ id: 'S-2', plan: 'line', msisdn: '+4915112345679' })],
        }),
        loadRuleSet(
          ruleSet({
            plans: [
              plan({ prepaid: terms, rates: { sms: 'rate:flex.sms' } }),
              plan({ id: 'line', prepaid: terms, fees: [fee({ amount: '1.00' })] }),
            ],
            decisions: [flatRate('sms', perMessage('0.019')), half, standardTax],
          }),
        ),
      );
      expect(bill.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
        ['usage', '7.60'],
        ['discount', '-3.80'],
        ['discount', '-3.80'],
        ['fee', '1.00'],
      ]);
      expect(bill.prepaid).toMatchObject({ paid: '0.00', due: '1.19' });
      expect(bill.prepaid?.rounding).toBeUndefined();
    });
  });
});
