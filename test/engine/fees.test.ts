/** Fees that are not monthly by day: once, by the week, by the second. The others are in `bill.test.ts`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import type { Fee } from '../../engine/fee.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { BillLine, Subscription } from '../../engine/model.ts';
import { formatExact, multiply, parseExact, rational, sum } from '../../engine/money.ts';
import { addDays, daysIn, intersect } from '../../engine/period.ts';
import {
  accountCycle,
  type CycleParts,
  call,
  fee,
  flatRate,
  perMinute,
  plan,
  ruleSet,
  standardTax,
  subscription,
} from './fixture.ts';

const feesOn = (parts: Partial<Fee>) => {
  const fees = [fee(parts)];
  const loaded = loadRuleSet(ruleSet({ plans: [plan({ from: '2025-01-01', fees })], decisions: [standardTax] }));
  return (on: string, who: Partial<Subscription> = {}, more: CycleParts = {}) =>
    evaluateCycle(accountCycle({ on, subscriptions: [subscription(who)], ...more }), loaded).bill.lines.filter(
      (line) => line.kind === 'fee' || line.kind === 'fee refund',
    );
};
const brief = (lines: readonly BillLine[]) =>
  lines.map((line) => [line.kind, line.from, line.until, line.amount, line.because.how]);
const starts = (lines: readonly BillLine[]) => lines.map((line) => line.from);

describe('A fee that is due once', () => {
  const { due: _, ...once } = fee({ interval: 'once', amount: '29.00', prorated: 'never' });
  const bill = feesOn({});
  const billOnce = (on: string, who: Partial<Subscription>) => {
    const document = ruleSet({ plans: [plan({ fees: [once] })], decisions: [standardTax] });
    return evaluateCycle(accountCycle({ on, subscriptions: [subscription(who)] }), loadRuleSet(document)).bill.lines;
  };

  test('comes with the bill of the cycle in which service begins, and never again', () => {
    const who = { activatedOn: '2026-05-21' };
    expect(brief(billOnce('2026-05-01', who))).toEqual([['fee', '2026-05-21', '2026-05-22', '29.00', '29.00 EUR']]);
    expect(billOnce('2026-06-01', who)).toEqual([]);
    expect(starts(bill('2026-06-01', who))).toEqual(['2026-07-01']);
  });

  test('is not due from who cancels before service begins, and not given back afterwards', () => {
    expect(billOnce('2026-05-01', { activatedOn: '2026-05-21', cancelledOn: '2026-05-21' })).toEqual([]);
    const who = { activatedOn: '2026-05-21', cancelledOn: '2026-05-25' };
    expect(billOnce('2026-05-01', who).map((line) => line.amount)).toEqual(['29.00']);
  });
});

describe('A weekly fee in monthly cycles', () => {
  const advance = feesOn({ interval: 'weekly', amount: '3.50' });
  const arrears = feesOn({ interval: 'weekly', amount: '3.50', due: 'in arrears' });

  test('is paid in advance for each week, counted from activation, that begins in the cycle to come', () => {
    // From 1 January every seventh day: 28 May, 4 June … 25 June, 2 July … 30 July.
    expect(starts(advance('2026-05-01'))).toEqual(['2026-06-04', '2026-06-11', '2026-06-18', '2026-06-25']);
    expect(starts(advance('2026-06-01'))).toHaveLength(5);
    expect(brief(advance('2026-05-01').slice(0, 1))).toEqual([['fee', '2026-06-04', '2026-06-11', '3.50', '3.50 EUR']]);
  });

  test('is paid for the weeks of the first cycle together with those of the second', () => {
    expect(starts(advance('2026-05-01', { activatedOn: '2026-05-21' }))).toEqual([
      '2026-05-21',
      '2026-05-28',
      '2026-06-04',
      '2026-06-11',
      '2026-06-18',
      '2026-06-25',
    ]);
  });

  test('is given back for the days of the week that are left when the subscription ends', () => {
    expect(brief(advance('2026-05-01', { cancelledOn: '2026-05-30' }))).toEqual([
      ['fee refund', '2026-05-30', '2026-06-04', '-2.50', '−3.50 EUR × 5/7 days'],
    ]);
    // The week began in May and was paid with the bill of April.
    expect(brief(advance('2026-06-01', { cancelledOn: '2026-06-03' }))).toEqual([
      ['fee refund', '2026-06-03', '2026-06-04', '-0.50', '−3.50 EUR × 1/7 days'],
      ...['04', '11', '18', '25'].map((day) => {
        const until = day === '25' ? '2026-07-02' : `2026-06-${Number(day) + 7}`;
        return ['fee refund', `2026-06-${day}`, until, '-3.50', '−3.50 EUR'];
      }),
    ]);
  });

  test('is paid in arrears for each week that ends in the cycle, and for the days up to the end', () => {
    expect(arrears('2026-05-01').map((line) => line.until)).toEqual([
      '2026-05-07',
      '2026-05-14',
      '2026-05-21',
      '2026-05-28',
    ]);
    expect(brief(arrears('2026-05-01', { cancelledOn: '2026-05-30' }).slice(-1))).toEqual([
      ['fee', '2026-05-28', '2026-05-30', '1.00', '3.50 EUR × 2/7 days'],
    ]);
  });

  test.each([
    ['in advance', advance],
    ['in arrears', arrears],
  ])('costs over all bills exactly half an euro a day, %s', (_, bill) => {
    const who = { activatedOn: '2026-02-11', cancelledOn: '2026-06-02' };
    const lines = ['2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01'].flatMap((on) => bill(on, who));
    // 18 days of February, 31 + 30 + 31 of March, April and May, one of June: 111 days.
    expect(formatExact(sum(lines.map((line) => parseExact(line.exact))))).toBe('111/2');
  });
});

describe('A fee that is not prorated', () => {
  const billed = (interval: 'in advance' | 'in arrears', who: Partial<Subscription>, on = '2026-05-01') => {
    const fees = [fee({ prorated: 'never', due: interval, amount: '5.00' })];
    const plans = ['flex', 'max'].map((id) =>
      plan({ id, from: '2025-01-01', fees: fees.map((one) => ({ ...one, id })) }),
    );
    const loaded = loadRuleSet(ruleSet({ plans, decisions: [standardTax] }));
    const cycle = accountCycle({ on, subscriptions: [subscription(who)] });
    return evaluateCycle(cycle, loaded).bill.lines.map(({ because, from, until, amount }) => [
      because.rule,
      from,
      until,
      amount,
    ]);
  };
  const changed = { planChanges: [{ from: '2026-05-11', plan: 'max' }] };

  test('is due once for its period from the plan that has it first, whatever plan follows', () => {
    expect(billed('in advance', changed)).toEqual([['max', '2026-06-01', '2026-07-01', '5.00']]);
    expect(billed('in arrears', changed)).toEqual([['flex', '2026-05-01', '2026-05-11', '5.00']]);
  });

  test('is not given back for a pause, and not due a second time after it', () => {
    const paused = { pauses: [{ from: '2026-05-11', until: '2026-05-20' }] };
    expect(billed('in advance', paused)).toEqual([['flex', '2026-06-01', '2026-07-01', '5.00']]);
  });

  test('is not due for a month that is all paused', () => {
    const paused = { pauses: [{ from: '2026-04-11', until: '2026-06-20' }] };
    expect(billed('in advance', paused)).toEqual([]);
    // June has ten days of service, and is charged like a whole month, as any part month; July follows.
    expect(billed('in advance', paused, '2026-06-01')).toEqual([
      ['flex', '2026-06-20', '2026-07-01', '5.00'],
      ['flex', '2026-07-01', '2026-08-01', '5.00'],
    ]);
  });

  test('is prorated in a bridging cycle all the same: nobody asked for less', () => {
    const fees = [fee({ prorated: 'never', amount: '6.20' })];
    const loaded = loadRuleSet(ruleSet({ plans: [plan({ fees })], decisions: [standardTax] }));
    const account = { changes: [{ from: '2026-05-20', cycleDay: 15 }] };
    const { bill } = evaluateCycle(accountCycle({ account }), loaded);
    expect(brief(bill.lines)).toEqual([['fee', '2026-06-01', '2026-06-15', '2.80', '6.20 EUR × 14/31 days']]);
  });
});

test('Usage while the service is paused is nobody’s: it is told, and not charged', () => {
  const rates = { voice: 'rate:flex.voice' };
  const loaded = loadRuleSet(
    ruleSet({ plans: [plan({ rates })], decisions: [flatRate('voice', perMinute('1.00')), standardTax] }),
  );
  const subscriptions = [subscription({ pauses: [{ from: '2026-05-10', until: '2026-05-20' }] })];
  const usage = ['2026-05-09T23:59:59+02:00', '2026-05-10T00:00+02:00', '2026-05-20T00:00+02:00'].map((at) =>
    call(at, 60),
  );
  const { bill, exceptions } = evaluateCycle(accountCycle({ subscriptions, usage }), loaded);
  expect(bill.net).toBe('2.00');
  expect(exceptions.map(({ code, evidence }) => [code, evidence])).toEqual([
    ['outside-subscription', '+491701234567 was not active on 2026-05-10 00:00:00.'],
  ]);
});

test('A fee prorated by second counts the hour that the clock skips; by day it does not', () => {
  // Berlin, March 2026: 31 days less an hour are 2,674,800 s, and from the 16th on there are 1,378,800.
  const bySecond = feesOn({ amount: '2674.80', due: 'in arrears', prorated: 'by second' });
  const who = { activatedOn: '2026-03-16' };
  expect(brief(bySecond('2026-03-01', who))).toEqual([
    ['fee', '2026-03-16', '2026-04-01', '1378.80', '2674.80 EUR × 1378800/2674800 s'],
  ]);
  expect(brief(bySecond('2026-03-01'))).toEqual([['fee', '2026-03-01', '2026-04-01', '2674.80', '2674.80 EUR']]);
  const byDay = feesOn({ amount: '2674.80', due: 'in arrears' });
  expect(brief(byDay('2026-03-01', who))).toEqual([
    ['fee', '2026-03-16', '2026-04-01', '1380.54', '2674.80 EUR × 16/31 days'],
  ]);
});

describe('After a bill that was rejected', () => {
  const skipped = { unbilledFrom: '2026-05-01' };

  test('the weeks that it would have charged in advance are charged with those of the next cycle', () => {
    const weekly = feesOn({ interval: 'weekly', amount: '3.50' });
    // Weeks from 1 January on: 28 May is a week of May, which the bill of April charged.
    const june = ['2026-06-04', '2026-06-11', '2026-06-18', '2026-06-25'];
    const july = ['2026-07-02', '2026-07-09', '2026-07-16', '2026-07-23', '2026-07-30'];
    expect(starts(weekly('2026-06-01'))).toEqual(july);
    expect(starts(weekly('2026-06-01', {}, skipped))).toEqual([...june, ...july]);
  });

  test('a year that an earlier one charged is not charged again, and one that begins now is', () => {
    const yearly = feesOn({ interval: 'yearly' });
    expect(starts(yearly('2026-06-01', { activatedOn: '2025-09-10' }, skipped))).toEqual([]);
    expect(starts(yearly('2026-06-01', { activatedOn: '2025-06-10' }, skipped))).toEqual(['2026-06-01']);
  });

  test('what it would have given back is given back by the next bill, the days of a cycle that nobody charged are not', () => {
    const monthly = feesOn({ amount: '31.00', prorated: 'by day' });
    // The bill of April charged May; 21 of its 31 days were without service.
    const inMay = { cancelledOn: '2026-05-11' };
    expect(brief(monthly('2026-06-01', inMay, skipped))).toEqual([
      ['fee refund', '2026-05-11', '2026-06-01', '-21.00', '−31.00 EUR × 21/31 days'],
    ]);
    expect(monthly('2026-07-01', inMay, skipped)).toEqual(monthly('2026-06-01', inMay, skipped));
    expect(monthly('2026-07-01', { cancelledOn: '2026-06-11' }, skipped)).toEqual([]);
    expect(monthly('2026-07-01', inMay, {})).toEqual([]);
  });

  test('whatever bills are rejected, who cancels has paid for the days before, or for none of a month, and never for days after', () => {
    const monthly = feesOn({ amount: '0.31', prorated: 'by day' });
    const months = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01'];
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 150 }),
        (rejected, day) => {
          const cancelledOn = addDays('2026-01-01', day);
          // Charged and given back, by the first day of the month; a bill of December charged January.
          const paid = new Map([['2026-01-01', rational(31, 100)]]);
          let unbilledFrom: string | undefined;
          months.forEach((on, index) => {
            // The last one is not rejected, so that all is settled in the end.
            if (rejected[index]) {
              unbilledFrom ??= on;
              return;
            }
            for (const line of monthly(
              on,
              { activatedOn: '2025-12-01', cancelledOn },
              unbilledFrom === undefined ? {} : { unbilledFrom },
            )) {
              const month = `${line.from.slice(0, 7)}-01`;
              paid.set(month, sum([paid.get(month) ?? rational(0), parseExact(line.exact)]));
            }
            unbilledFrom = undefined;
          });
          for (const [index, on] of months.slice(0, 5).entries()) {
            const days = daysIn(
              intersect({ from: on, until: months[index + 1] ?? '' }, { from: '2026-01-01', until: cancelledOn }),
            );
            const whole = daysIn({ from: on, until: months[index + 1] ?? '' });
            const due = multiply(rational(31, 100), rational(days, whole));
            const isGivenUp = index > 0 && rejected[index - 1] === true && rejected[index] === true;
            expect([on, formatExact(paid.get(on) ?? rational(0))]).toEqual([on, isGivenUp ? '0' : formatExact(due)]);
          }
        },
      ),
    );
  });

  test('a rental that only the next bill charges counts once towards the minimum spend of its cycle', () => {
    const rental = fee({ amount: '30.00', prorated: 'by day' });
    const minimum = {
      id: 'minimum',
      title: 'Minimum',
      amount: '40.00',
      of: { kind: 'all charges' as const },
      partCycle: 'whole' as const,
      at: { file: 'test', line: 1 },
    };
    const plans = [plan({ from: '2025-01-01', fees: [rental], minimums: [minimum] })];
    const rules = loadRuleSet(ruleSet({ plans, decisions: [standardTax] }));
    const { lines } = evaluateCycle(accountCycle({ on: '2026-06-01', ...skipped }), rules).bill;
    expect(lines.map(({ kind, from, amount }) => [kind, from, amount])).toEqual([
      ['fee', '2026-06-01', '30.00'],
      ['fee', '2026-07-01', '30.00'],
      ['minimum spend', '2026-06-01', '10.00'],
    ]);
  });
});
