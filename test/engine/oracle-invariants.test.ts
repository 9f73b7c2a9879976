/** What must hold for every bill, whatever its prices are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditsOf } from '../../engine/credit.ts';
import { evaluateCycle, priceCycle, rateCycle, validateCycle } from '../../engine/cycle.ts';
import type { AccountCycle, BillLine, Subscription } from '../../engine/model.ts';
import { type Life, life } from './oracle-customers.ts';
import { type Fraction, fraction, minus, over, plus, times, total, written } from './oracle-fraction.ts';
import { type Billed, billsOf, rules } from './oracle-life.ts';
import { termsOf } from './oracle-terms.ts';
import { daysOf } from './oracle-time.ts';
import { hasService } from './oracle-usage.ts';

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Most events at full hours, so that many start together. */
const crowded = life.map((drawn) => ({
  ...drawn,
  cycles: drawn.cycles.map(({ bounds, usage }) => ({
    bounds,
    usage: usage.map((event) => ({ ...event, startAt: event.startAt - (event.startAt % 3_600_000) })),
  })),
}));

function forEveryLife(lives: fc.Arbitrary<Life>, check: (bills: readonly Billed[], drawn: Life) => void): void {
  fc.assert(
    fc.property(lives, (drawn) => check(billsOf(drawn), drawn)),
    { numRuns: 60 },
  );
}

describe('The bill of one cycle', () => {
  it('is the same whether its way is recorded or not', () => {
    forEveryLife(life, (bills) => {
      for (const { cycle, evaluation } of bills)
        expect(evaluateCycle(cycle, rules, 'results')).toEqual({ ...evaluation, decisions: [], trace: [] });
    });
  });

  it('does not depend on the order in which usage, balances, credits and history arrive', () => {
    forEveryLife(crowded, (bills) => {
      for (const { cycle, evaluation } of bills) {
        const shuffled: AccountCycle = {
          ...cycle,
          usage: [...cycle.usage.slice(7), ...cycle.usage.slice(0, 7)].reverse(),
          balances: cycle.balances.toReversed(),
          credits: (cycle.credits ?? []).toReversed(),
          history: cycle.history.toReversed(),
        };
        expect(JSON.stringify(evaluateCycle(shuffled, rules))).toBe(JSON.stringify(evaluation));
      }
    });
  });

  it('comes out the same to the byte a second time, and nothing that came in is touched', () => {
    forEveryLife(crowded, (bills) => {
      for (const { cycle, evaluation } of bills) {
        const frozen = deepFrozen(json(cycle));
        expect(JSON.stringify(evaluateCycle(frozen, rules))).toBe(JSON.stringify(evaluation));
      }
    });
  });

  it('is the same when the results of its three steps are stored in between', () => {
    forEveryLife(life, (bills) => {
      for (const { cycle, evaluation } of bills) {
        const usage = deepFrozen(json(rateCycle(cycle, rules).usage));
        const bill = deepFrozen(json(priceCycle(cycle, usage, rules).bill));
        const { exceptions, intents } = json(validateCycle(cycle, usage, bill, rules));
        const { balances } = usage;
        expect({ bill, balances, exceptions, intents }).toEqual({
          bill: evaluation.bill,
          balances: evaluation.balances,
          exceptions: evaluation.exceptions,
          intents: evaluation.intents,
        });
      }
    });
  });

  it('adds up: portions to lines, lines to the net, lines and taxes to the total, which is never negative', () => {
    forEveryLife(crowded, (bills) => {
      for (const { bill, trace } of bills.map(({ evaluation }) => evaluation)) {
        for (const line of bill.lines.filter(({ kind }) => kind === 'usage' || kind === 'included usage')) {
          const portions = trace.filter((portion) => portion.lineId === line.id);
          expect(sumOf(portions.map(({ exact }) => exact))).toBe(line.exact);
          expect(portions.reduce((sum, portion) => sum + portion.quantity, 0)).toBe(line.quantity);
        }
        const lines = bill.lines.map(({ amount }) => amount);
        const taxes = bill.taxes.map(({ amount }) => amount);
        expect(sumOf(lines)).toBe(sumOf([bill.net]));
        expect(sumOf([...lines, ...taxes])).toBe(sumOf([bill.total]));
        expect(bill.total).not.toMatch(/^-/);
      }
    });
  });
});

describe('The bills of consecutive cycles', () => {
  it('rate every event once or say why not', () => {
    forEveryLife(life, (bills, drawn) => {
      const rated = bills.map(({ evaluation }) => [...new Set(evaluation.trace.map(({ eventId }) => eventId))]);
      const refused = bills.flatMap(({ evaluation }) =>
        evaluation.exceptions
          .filter(({ code }) => code === 'unknown-subscriber' || code === 'outside-subscription')
          .map(({ subject }) => subject),
      );
      const all = drawn.cycles.flatMap(({ usage }) => usage.map(({ source, id }) => `${source}/${id}`));
      expect([...rated.flat(), ...refused].toSorted()).toEqual(all.toSorted());
    });
  });

  it('charge each line the fee of exactly the days it was there', () => {
    forEveryLife(life, (bills, drawn) => {
      for (const subscription of drawn.subscriptions) {
        const charged = bills.flatMap(({ evaluation }) => evaluation.bill.lines).filter(isFeeOf(subscription));
        expect(sumOf(charged.map(({ exact }) => exact))).toBe(written(feesDue(subscription, drawn)));
      }
    });
  });

  it('use every cent of credit once', () => {
    forEveryLife(life, (bills) => {
      const own = bills.flatMap(({ evaluation }) =>
        evaluation.bill.lines.filter(({ kind }) => !kind.startsWith('credit')).map(({ amount }) => amount),
      );
      const last = bills.at(-1)?.evaluation.bill;
      const left = (last ? creditsOf(last) : []).map(({ amount }) => `-${amount}`);
      expect(sumOf([...bills.map(({ evaluation }) => evaluation.bill.net), ...left])).toBe(sumOf(own));
    });
  });
});

const isFeeOf =
  ({ id }: Subscription) =>
  ({ kind, subscriptionId }: BillLine): boolean =>
    subscriptionId === id && (kind === 'fee' || kind === 'fee refund');

/** Day by day; in advance, the bill before the first has charged its cycle, and the last charges the one to come. */
function feesDue(subscription: Subscription, { cycles }: Life): Fraction {
  const { rental, inAdvance } = termsOf(subscription.plan);
  const { activatedOn, cancelledOn } = subscription;
  const had = cycles.flatMap(({ bounds }) => {
    const days = daysOf(bounds.from, bounds.until);
    return days.filter((day) => hasService(subscription, day)).map(() => over(1, days.length));
  });
  const [first, last] = [cycles[0]?.bounds.from ?? '', cycles.at(-1)?.bounds.until ?? ''];
  const goesOn = (day: string) => activatedOn < day && (cancelledOn === undefined || day < cancelledOn);
  const before = inAdvance && goesOn(first) ? [minus(over(1, 1))] : [];
  const ahead = inAdvance && goesOn(last) ? [over(1, 1)] : [];
  return times(fraction(rental), total([...had, ...before, ...ahead]));
}

/** Of fractions ("59/120") or decimals ("-3.20"). */
function sumOf(amounts: readonly string[]): string {
  return written(amounts.map(read).reduce(plus, [0n, 1n]));
}

function read(text: string): Fraction {
  if (text.startsWith('-')) return minus(read(text.slice(1)));
  const [above = '', below] = text.split('/');
  return below === undefined ? fraction(above) : [BigInt(above), BigInt(below)];
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFrozen);
  return value;
}
