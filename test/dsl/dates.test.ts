import { Engine } from 'json-rules-engine';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { localDayNumber } from '../../engine/period.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { eventFacts } from '../../server/engagement/event-facts.ts';
import type { Subject } from '../../server/engagement/subjects.ts';
import { source } from './sources.ts';

const zones = ['Europe/Lisbon', 'Europe/Berlin', 'Europe/Helsinki'] as const;
const firstOfJune = 20605;

const rules = `
plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  fee "Line rental" 10.00 EUR monthly in arrears
  rate voice charge 0.05 EUR per min

discount june
  from 2026-06-01 until 2026-07-01
  take 10% off all charges

tax old
  until 2026-06-01
  16% category S
tax new
  from 2026-06-01
  19% category S

anomaly long_call
  from 2026-06-01
  when event.duration > 1 h
  flag event
  because "A call of {event.duration}."
`;

/** The outcome of a test in a zone, by the words of its failures. */
async function failures(zone: string, given: string, expected: string) {
  const text = `${rules}\ntest "t"\n  given plan flex\n    and zone ${zone}\n    and ${given}\n  expect ${expected}\n`;
  const { ruleSet, tests, diagnostics } = compileRules(source(text));
  expect(diagnostics).toEqual([]);
  const [test] = tests;
  if (!ruleSet || !test) throw new Error('There is nothing to run.');
  return (await runTestCase(test, loadRuleSet(ruleSet))).failures;
}

describe('A dated rule', () => {
  it.each(zones)('is not yet in force at the end of the cycle of May, in %s', async (zone) => {
    expect(await failures(zone, 'it is 2026-05-31 23:59', 'no discount june')).toEqual([]);
    expect(await failures(zone, 'it is 2026-05-31 23:59', 'tax 1.60 EUR by old')).toEqual([]);
  });

  it.each(zones)('is in force at the end of the cycle of June, in %s', async (zone) => {
    expect(await failures(zone, 'it is 2026-06-01 00:00', 'discount june 1.00 EUR')).toEqual([]);
    expect(await failures(zone, 'it is 2026-06-01 00:00', 'tax 1.71 EUR by new')).toEqual([]);
  });

  it.each(zones)('begins at midnight on the clocks of the account, in %s', async (zone) => {
    expect(await failures(zone, 'a voice event of 2 h at 2026-05-31 23:59', 'no anomaly')).toEqual([]);
    expect(await failures(zone, 'a voice event of 2 h at 2026-06-01 00:00', 'anomaly long_call')).toEqual([]);
  });

  it('sees one instant as different days east and west', async () => {
    const call = 'a voice event of 2 h at 2026-05-31 22:30 Etc/UTC';
    expect(await failures('Europe/Lisbon', call, 'no anomaly')).toEqual([]);
    expect(await failures('Europe/Berlin', call, 'anomaly long_call')).toEqual([]);
    expect(await failures('Europe/Helsinki', call, 'anomaly long_call')).toEqual([]);
  });

  it('is an ordinary rule to a stock engine', async () => {
    const set = compileRules(source(rules)).ruleSet?.decisions.find(({ id }) => id === 'discount');
    const fired = async (date: number) => {
      const engine = new Engine(JSON.parse(JSON.stringify(set?.rules)));
      return (await engine.run({ date })).events.length;
    };
    expect(await fired(firstOfJune - 1)).toBe(0);
    expect(await fired(firstOfJune)).toBe(1);
    expect(await fired(firstOfJune + 30)).toBe(0);
  });
});

describe('The day of a business event', () => {
  const customer = (zone: string) => ({ zone, facts: {}, interests: [], bought: [], vatId: null, hasAppAccount: null });
  const noRules = loadRuleSet(compileRules(source('declare zone Etc/UTC\n')).ruleSet!);
  const subject = (zone: string, account?: string): Subject =>
    ({ customer: customer(zone), ...(account && { account: { id: 'A', zone: account } }) }) as unknown as Subject;
  const midnightInBerlin = Date.parse('2026-05-31T22:00:00Z');
  const dayOf = (about: Subject) => eventFacts(about, midnightInBerlin, noRules).date;

  it('is the customer’s where no account is concerned', () => {
    expect(zones.map((zone) => dayOf(subject(zone)))).toEqual([firstOfJune - 1, firstOfJune, firstOfJune]);
  });

  it('is the account’s where one is', () => {
    expect(dayOf(subject('Europe/Berlin', 'Europe/Lisbon'))).toBe(firstOfJune - 1);
    expect(dayOf(subject('Europe/Lisbon', 'Europe/Berlin'))).toBe(firstOfJune);
  });
});

describe('The day of an instant', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T22:59:59.999Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T22:00:00Z', '2026-03-30'],
    ['Europe/Lisbon', '2026-10-24T22:59:59.999Z', '2026-10-24'],
    ['Europe/Lisbon', '2026-10-24T23:00:00Z', '2026-10-25'],
    ['Europe/Lisbon', '2026-10-25T23:59:59.999Z', '2026-10-25'],
    ['Asia/Kathmandu', '2026-05-31T18:15:00Z', '2026-06-01'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', '2026-04-05'],
  ])('in %s at %s is %s', (zone, at, day) => {
    expect(localDayNumber(Date.parse(at), zone)).toBe(Date.parse(day) / 86_400_000);
  });
});

describe('A rule that is said again with a later first day', () => {
  const versions = `
plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  fee "Line rental" 10.00 EUR monthly in arrears

tax vat otherwise 16% category S
tax vat
  from 2026-06-01
  otherwise
  19% category S

discount spring "10% in spring"
  take 10% off all charges
discount spring "5% from June on"
  from 2026-06-01 until 2026-09-01
  take 5% off all charges
discount more
  take 1.00 EUR off all charges
  after spring
`;
  const check = async (given: string, expected: string) => {
    const text = `${versions}\ntest "t"\n  given plan flex\n    and it is ${given} 12:00 UTC\n  expect ${expected}\n`;
    const { ruleSet, tests, diagnostics } = compileRules(source(text.replaceAll(' UTC', '')));
    expect(diagnostics).toEqual([]);
    const [test] = tests;
    if (!ruleSet || !test) throw new Error('There is nothing to run.');
    return (await runTestCase(test, loadRuleSet(ruleSet))).failures.map(({ actual }) => actual);
  };

  it.each([
    ['2026-05-31', 'discount spring 1.00 EUR'],
    ['2026-05-31', 'tax 1.28 EUR by vat'],
    ['2026-06-30', 'discount spring 0.50 EUR'],
    ['2026-06-30', 'tax 1.62 EUR by vat'],
    ['2026-09-30', 'no discount spring'],
    ['2026-09-30', 'discount more 1.00 EUR'],
  ])('is replaced from that day on: on %s, %s', async (day, expected) => {
    expect(await check(day, expected)).toEqual([]);
  });

  it('is known by its first day, and its predecessor by its name', () => {
    const names = compileRules(source(versions)).ruleSet?.decisions.flatMap(({ rules: all }) =>
      all.map(({ name }) => name),
    );
    expect(names).toEqual(
      expect.arrayContaining(['discount.spring', 'discount.spring@2026-06-01', 'tax.vat', 'tax.vat@2026-06-01']),
    );
  });

  it.each([
    [
      'discount a\n  from 2026-01-01\n  take 1% off all charges\ndiscount a\n  from 2026-01-01\n  take 2% off all charges\n',
      'versions-overlap',
    ],
    ['discount a\n  take 1% off all charges\ndiscount a\n  take 2% off all charges\n', 'duplicate-name'],
  ])('is refused where both would be in force: %s', (text, code) => {
    expect(compileRules(source(text)).diagnostics.map((found) => found.code)).toEqual([code]);
  });
});
