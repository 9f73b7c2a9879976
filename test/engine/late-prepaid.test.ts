/** Corrections of prepaid lines, for random accounts whose usage becomes known late, is withdrawn or replaced, and whose credit expires. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, UsageEvent } from '../../engine/model.ts';
import { add, formatAmount, parseDecimal, type Rational, subtract, sum } from '../../engine/money.ts';
import type { PrepaidCredit } from '../../engine/prepaid-credit.ts';
import { source } from '../dsl/sources.ts';
import { billNext, billsInHindsight, type KnownUsage, noBooks } from './correction-books.ts';
import { usedBy } from './credit-books.ts';
import { accountCycle, GB, subscription, usage } from './fixture.ts';

const endings = ['last event cut', 'last event whole', 'last event refused', 'rest billed'];
const orders = ['soonest to expire first', 'bonus first', 'paid first'];
const rulesOf = (terms: string) => {
  const { ruleSet, diagnostics } = compileRules(
    source(`
plan flex "Prepaid" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  usage paid from credit, ${terms}
  fee "Line rental" 1.07 EUR monthly in advance, prorated by day
  allowance 1 GB of data, rolls over 1 cycle
  rate data graduated per cycle
    first 5 GB 0.83 EUR per GB
    beyond     0.31 EUR per GB
  rate sms charge 0.017 EUR per message

discount loyal "Volume discount"
  when cycle.data > 4 GB
  take 10% off data charges

tax free
  when line.service is sms
  7% category S

tax standard otherwise 19% category S
`),
  );
  if (!ruleSet) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return loadRuleSet(ruleSet);
};
const allRules = endings.flatMap((atEnd) => orders.map((order) => ({ atEnd, rules: rulesOf(`${atEnd}, ${order}`) })));

const months = ['2026-05', '2026-06', '2026-07', '2026-08'] as const;
const firsts = [...months, '2026-09'].map((month) => `${month}-01`);
const everything = 99;

const quantities = fc.oneof(
  fc.integer({ min: 1, max: 4000 }).map((megabytes) => ({ service: 'data', bytes: megabytes * (GB / 1000) })),
  fc.integer({ min: 1, max: 90 }).map((messages) => ({ service: 'sms', messages })),
);
const use = fc.record({
  month: fc.nat(3),
  day: fc.integer({ min: 1, max: 28 }),
  of: quantities,
  late: fc.constantFrom(0, 0, 1, 1, 2, 3),
  gone: fc.constantFrom(9, 9, 9, 1, 2),
  instead: fc.option(quantities, { nil: undefined }),
});
const topUp = fc.record({
  kind: fc.constantFrom('paid' as const, 'bonus' as const),
  cents: fc.integer({ min: 1, max: 900 }),
  on: fc.integer({ min: -10, max: 110 }),
  days: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
});

const dayMs = 86_400_000;
const start = Date.parse('2026-05-01T10:00:00Z');

const past = fc
  .record({
    uses: fc.array(use, { minLength: 1, maxLength: 12 }),
    topUps: fc.array(topUp, { minLength: 1, maxLength: 5 }),
  })
  .map(({ uses, topUps }) => {
    const event = (index: number, { month, day }: (typeof uses)[number], of: object): UsageEvent => ({
      ...usage(`${months[month]}-${String(day).padStart(2, '0')}T10:00:00Z`, { service: 'data', ...of }),
      id: `r${index}`,
    });
    const known =
      (run: number): KnownUsage =>
      (from) =>
        uses.flatMap((one, index) => {
          const comes = one.month + one.late;
          if (comes > run || firsts[one.month] !== from) return [];
          if (comes + one.gone > run) return [event(index, one, one.of)];
          return one.instead ? [event(index, one, one.instead)] : [];
        });
    const credits = topUps.map(
      ({ kind, cents, on, days }, index): PrepaidCredit => ({
        id: `credit ${index}`,
        kind,
        amount: (cents / 100).toFixed(2),
        validFrom: start + on * dayMs,
        ...(days !== undefined && { expiresAt: start + (on + days) * dayMs }),
      }),
    );
    const cycles = firsts.map((on): AccountCycle => {
      const cycle = accountCycle({ on, subscriptions: [subscription()] });
      const [from, until] = [cycle.bounds.from, cycle.bounds.until].map((day) => Date.parse(`${day}T00:00:00+02:00`));
      const prepaid = credits
        .filter(({ validFrom, expiresAt = Infinity }) => validFrom < (until ?? 0) && expiresAt > (from ?? 0))
        .sort((a, b) => a.validFrom - b.validFrom || (a.id < b.id ? -1 : 1));
      return prepaid.length > 0 ? { ...cycle, prepaid } : cycle;
    });
    return { cycles, known };
  });

const euros = (amounts: readonly Rational[]) => formatAmount(sum(amounts), 'EUR');
const shown = (uses: ReadonlyMap<string, Rational>) =>
  [...uses].map(([credit, amount]) => `${credit}: ${euros([amount])}`).sort();

test('credit pays, of original and corrections together, what it would have paid had all been known, and the same is left', () => {
  let corrections = 0;
  let givenBack = 0;
  fc.assert(
    fc.property(past, fc.constantFrom(...allRules), ({ cycles, known }, { rules }) => {
      const runs = [0, 1, 2, 3, everything];
      const books = runs.reduce(
        (so, run, index) => billNext(so, cycles[index] as AccountCycle, known(run), rules),
        noBooks,
      );
      const hindsight = billsInHindsight(cycles, known(everything), rules);
      const right = books.issued.map(({ standing }) => standing.bill);
      for (const [index, bill] of hindsight.entries()) {
        const { used = [], left = [], expired = '0.00', due = bill.total } = bill.prepaid ?? {};
        const own = right[index];
        const { prepaid = { used: [], left: [], expired: '0.00', due: own?.total } } = { ...own };
        expect({ total: own?.total, ...prepaid }).toMatchObject({ total: bill.total, used, left, expired, due });
      }
      const documents = [
        ...books.issued.map(({ bill }) => parseDecimal(bill.total)),
        ...books.creditNotes.map(({ total }) => subtract(parseDecimal('0'), parseDecimal(total))),
      ];
      const used = usedBy(hindsight, ['paid']);
      expect(shown(usedBy(right))).toEqual(shown(usedBy(hindsight)));
      const paid = [...books.credit.paid].map(([, amount]) => amount);
      const due = subtract(add(sum(documents), books.credit.rounding), sum(paid));
      const dueThen = hindsight.map(({ prepaid, total }) => parseDecimal(prepaid?.due ?? total));
      const unpaid = subtract(sum(used.values()), sum(paid));
      expect(euros([due])).toBe(euros([...dueThen, unpaid]));
      corrections += books.issued.flatMap(({ standing }) => standing.charges).length;
      givenBack += books.creditNotes.length;
    }),
    { numRuns: 300 },
  );
  expect([corrections > 50, givenBack > 50]).toEqual([true, true]);
});
