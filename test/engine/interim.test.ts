/** Invoices in mid-cycle: whatever is used and whenever they are issued, all invoices of a cycle are together its bill without them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { evaluateCycle, evaluateInterim } from '../../engine/cycle.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, Bill, UsageEvent } from '../../engine/model.ts';
import { parseDecimal, type Rational, subtract, sum } from '../../engine/money.ts';
import { groupsOf, minus, netOf, only, plus, type TaxGroups } from '../../engine/tax-groups.ts';
import { source } from '../dsl/sources.ts';
import { withInterims } from './correction-books.ts';
import { accountCycle, GB, subscription, usage } from './fixture.ts';

const compiled = new Map<string, LoadedRuleSet>();

function rulesWith(terms: string, tax = 'round half up per rate'): LoadedRuleSet {
  const known = compiled.get(terms + tax);
  if (known) return known;
  const { ruleSet, diagnostics } = compileRules(
    source(`
plan flex "Mobile" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  minimum spend 1.00 EUR per cycle of all charges
  ${terms}
  fee "Line rental" 0.50 EUR monthly in advance, prorated by day
  allowance 10 min of voice
  rate voice graduated per cycle
    first 30 min 0.07 EUR per min
    beyond       0.03 EUR per min
  rate data volume per cycle
    first 5 GB  1.29 EUR per GB
    beyond      0.61 EUR per GB
  rate sms charge 0.09 EUR per message

discount loyal "Volume discount"
  when cycle.data > 4 GB
  take 10% off data charges, at most 2.00 EUR per cycle

discount frequent "For who calls much"
  when cycle.voice > 40 min
  take 3.00 EUR off all charges
  after loyal

tax free
  when line.service is sms
  0% category Z

tax reduced
  when line.service is data
  7% category S, ${tax}

tax standard otherwise 19% category S, ${tax}
`),
  );
  if (!ruleSet) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const rules = loadRuleSet(ruleSet);
  compiled.set(terms + tax, rules);
  return rules;
}

const numbers = ['+491701234567', '+491707654321'] as const;

const event: fc.Arbitrary<UsageEvent> = fc
  .record({
    day: fc.integer({ min: 1, max: 31 }),
    number: fc.constantFrom(...numbers),
    service: fc.constantFrom('voice', 'data', 'data', 'sms'),
    amount: fc.integer({ min: 1, max: 3000 }),
  })
  .map(({ day, number, service, amount }) => ({
    ...usage(`2026-05-${String(day).padStart(2, '0')}T10:00:00Z`, { service, msisdn: number }),
    durationMs: service === 'voice' ? amount * 1000 : 0,
    bytes: service === 'data' ? amount * (GB / 1000) : 0,
    messages: service === 'sms' ? amount % 40 : 0,
  }));

const drawn = fc.record({
  events: fc.array(event, { minLength: 1, maxLength: 14 }),
  terms: fc.constantFrom(
    'invoice at 2.00 EUR of usage',
    'invoice every 0.50 EUR of usage',
    'invoice at 1.00 EUR of usage, then every 0.10 EUR',
  ),
  tax: fc.constantFrom('round half up per rate', 'round half even per line'),
  days: fc.subarray(['2026-05-04', '2026-05-09', '2026-05-15', '2026-05-22', '2026-05-30']),
  // What an earlier invoice owed is on the bill without invoices in mid-cycle, too.
  credits: fc.constantFrom([], [{ subscriptionId: 'S-1', taxCategory: 'S', taxPercent: '19', amount: '0.70' }]),
});

function open(events: readonly UsageEvent[], more: Partial<AccountCycle> = {}): AccountCycle {
  const subscriptions = [subscription({ id: 'S-1' }), subscription({ id: 'S-2', msisdn: numbers[1] })];
  return accountCycle({ subscriptions, usage: events, ...more });
}

const groupsOfInterim = ({ interim = [] }: AccountCycle): TaxGroups =>
  plus(
    ...interim.flatMap(({ shares }) =>
      shares.map((share) =>
        groupsOf({
          lines: [share],
          taxes: [{ category: share.taxCategory, percent: share.taxPercent, amount: share.tax }],
        }),
      ),
    ),
  );

const carried = ({ lines }: Bill): Rational =>
  sum(lines.filter(({ kind }) => kind === 'credit carried forward').map(({ amount }) => parseDecimal(amount)));
const isSomething = (group: Parameters<typeof netOf>[0]) => netOf(group).n !== 0n || group.tax.n !== 0n;

test('invoices in mid-cycle and the bill of the cycle are together the bill without them, by tax to the cent; what they charge too much is credit', () => {
  let exact = 0;
  let withCredit = 0;
  fc.assert(
    fc.property(drawn, ({ events, terms, tax, days, credits }) => {
      const rules = rulesWith(terms, tax);
      const cycle = withInterims(open(events, { credits }), events, days, rules);
      const { bill, exceptions } = evaluateCycle(cycle, rules);
      const { bill: plain } = evaluateCycle(open(events, { credits }), rules);
      expect(exceptions.filter(({ code }) => code !== 'repeated-usage')).toEqual([]);
      expect(parseDecimal(bill.total).n).toBeGreaterThanOrEqual(0n);
      for (const { shares } of cycle.interim ?? [])
        expect(sum(shares.flatMap(({ amount, tax: its }) => [amount, its].map(parseDecimal))).n).toBeGreaterThan(0n);
      const difference = minus(plus(groupsOf(bill), groupsOfInterim(cycle)), groupsOf(plain));
      // What an earlier invoice owed may be more than the bill without invoices in mid-cycle charges: that it carries, too.
      const credit = subtract(carried(bill), carried(plain));
      if (credit.n === 0n) expect([...only(difference, isSomething)]).toEqual([]);
      else expect(sum([...difference.values()].map(netOf))).toEqual(credit);
      if ((cycle.interim ?? []).length > 0 && credit.n === 0n) exact += 1;
      if (credit.n > 0n) withCredit += 1;
    }),
    { numRuns: 300 },
  );
  expect([exact > 50, withCredit > 3]).toEqual([true, true]);
});

test('an amount is invoiced for once: asked again on the same day, or with no more use, there is nothing', () => {
  fc.assert(
    fc.property(drawn, ({ events, terms, days }) => {
      const rules = rulesWith(terms);
      const [day = '2026-05-30'] = days;
      const cycle = withInterims(open(events), events, [day], rules);
      const known = events.filter(({ startAt }) => startAt < Date.parse(`${day}T00:00Z`));
      expect(evaluateInterim({ ...cycle, usage: known }, day, rules)).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

const data = (day: string, gigabytes: number) => usage(`${day}T10:00:00Z`, { service: 'data', bytes: gigabytes * GB });

test('several amounts that are passed at once are one invoice, for the highest of them', () => {
  const rules = rulesWith('invoice at 1.00 EUR of usage, then every 0.50 EUR');
  const found = evaluateInterim(open([data('2026-05-03', 2)]), '2026-05-04', rules);
  // 2 GB × 1.29 EUR = 2.58 EUR: 1.00, 1.50, 2.00 and 2.50 are passed.
  expect(found?.passed).toEqual([{ subscriptionId: 'S-1', threshold: '2.50' }]);
  expect(found?.bill).toMatchObject({ net: '2.58', tax: '0.18', total: '2.76', until: '2026-05-05' });
});

test('what is exactly reached counts, and a cent less does not', () => {
  const at = (amount: string) =>
    evaluateInterim(open([data('2026-05-03', 2)]), '2026-05-04', rulesWith(`invoice at ${amount} EUR of usage`));
  expect(at('2.58')?.passed).toEqual([{ subscriptionId: 'S-1', threshold: '2.58' }]);
  expect(at('2.59')).toBeUndefined();
});

test('the usage of an account that has prepaid credit is not invoiced before its bill', () => {
  const prepaid = [{ id: 'A', kind: 'paid', amount: '10.00', validFrom: Date.parse('2026-04-01T00:00Z') }] as const;
  const rules = rulesWith('invoice at 1.00 EUR of usage');
  expect(evaluateInterim(open([data('2026-05-03', 2)], { prepaid }), '2026-05-04', rules)).toBeUndefined();
});
