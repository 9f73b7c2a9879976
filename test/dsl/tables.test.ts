import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Facts } from '../../engine/rule-set.ts';
import { source } from './sources.ts';

const plan = 'plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries\n';

/** What a table says of facts, read through a rule that compares it with a value it never has. */
function lookedUp(table: string, csv: string, condition: string, facts: Facts) {
  const rules = `${table}\n${plan}\ndiscount d\n  when ${condition}\n  take 1% off all charges\n`;
  const { ruleSet, diagnostics } = compileRules(source(rules, { path: 'tables/t.csv', text: csv }));
  expect(diagnostics).toEqual([]);
  if (!ruleSet) throw new Error('The rules do not compile.');
  const { derive } = loadRuleSet(ruleSet);
  return [derive('t', facts), derive('t.known', facts)];
}

function faults(table: string, csv: string) {
  const { diagnostics } = compileRules(source(table, { path: 'tables/t.csv', text: csv }));
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code, message }) => [code, message]);
}

const byRange = 'table t from "tables/t.csv" by range of cycle.data';

describe('A table of ranges', () => {
  const csv = 'at_least (GB),t\n0,small\n2.5,large\n';
  it.each([
    [0, 'small'],
    [2_499_999_999, 'small'],
    [2_500_000_000, 'large'],
    [9e15, 'large'],
  ])('has its lower bounds included and its upper bounds not: %d bytes are %s', (bytes, word) => {
    expect(lookedUp(byRange, csv, 't is known and t is large', { 'cycle.data': bytes })).toEqual([word, true]);
  });

  it('ends where a row says so, and has nothing beyond', () => {
    const ended = 'at_least (GB),below,t\n1,2,small\n2,3,large\n';
    const read = (bytes: number) => lookedUp(byRange, ended, 't is known and t is large', { 'cycle.data': bytes });
    expect(read(2_999_999_999)).toEqual(['large', true]);
    expect(read(3_000_000_000)).toEqual(['', false]);
    expect(read(999_999_999)).toEqual(['', false]);
  });

  it.each([
    [
      'at_least (GB),below,t\n1,3,a\n2,4,b\n',
      'tables/t.csv has ranges from 1 GB (line 2) and from 2 GB (line 3) that overlap',
    ],
    ['at_least (GB),below,t\n3,2,a\n', 'tables/t.csv has a range from 3 GB to 2 GB (line 2), which is none'],
    ['at_least (GB),t\n1,a\n1,b\n', 'tables/t.csv has two rows for 1 GB (line 2 and line 3)'],
    [
      '# Bounds\nat_least (GB),below (MB),t\n2,4000,b\n\n0.5,2500,"a"\n',
      'tables/t.csv has ranges from 0.5 GB (line 5) and from 2 GB (line 3) that overlap',
    ],
    ['at_least (GB),t\nmany,a\n', 'tables/t.csv has `many` for many, but column `at_least` is a data volume'],
  ])('is refused where a number would be in doubt: %s', (text, message) => {
    expect(faults(byRange, text)).toEqual([['broken-table', message]]);
  });

  it('is of amounts', () => {
    expect(faults('table t from "tables/t.csv" by range of customer.country', 'a,t\n1,x\n')).toEqual([
      ['wrong-type', '`customer.country` is a text, and ranges are of amounts'],
    ]);
  });
});

describe('Rows with days', () => {
  const table = 'table t from "tables/t.csv" by longest prefix of event.called_number, otherwise none';
  const csv = 'prefix,t,from,until\n+49,old,,2026-06-01\n+49,new,2026-06-01,\n+4930,berlin,2026-01-01,2026-02-01\n';
  const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
  const read = (date: string) => {
    const rules = `${table}\n${plan}  allowance 1 min of voice to old or new\n`;
    const { ruleSet, diagnostics } = compileRules(source(rules, { path: 'tables/t.csv', text: csv }));
    expect(diagnostics).toEqual([]);
    if (!ruleSet) throw new Error('The rules do not compile.');
    return loadRuleSet(ruleSet).derive('t', { 'event.called_number': '+4930123456', date: day(date) });
  };

  it.each([
    ['2026-01-31', 'berlin'],
    ['2026-02-01', 'old'],
    ['2026-05-31', 'old'],
    ['2026-06-01', 'new'],
  ])('are in force from their first day to the day before their last: on %s it is %s', (date, word) => {
    expect(read(date)).toBe(word);
  });

  it.each([
    [
      'prefix,t,from,until\n+49,a,,2026-06-01\n+49,b,2026-05-01,\n',
      'tables/t.csv has two rows for +49 (line 2 and line 3)',
    ],
    ['prefix,t,until\n+49,a,2026-02-30\n', 'tables/t.csv has `2026-02-30` for +49, but column `until` is a day'],
    [
      'prefix,t,from,until\n+49,a,2026-02-01,2026-02-01\n',
      'tables/t.csv has a row for +49 (line 2) that ends on 2026-02-01, before it begins',
    ],
  ])('are refused where a day would be in doubt: %s', (text, message) => {
    expect(faults(table, text)).toEqual([['broken-table', message]]);
  });
});

describe('Columns with units', () => {
  const csv =
    'country,limit (GB),budget (EUR),share (%),since (date),first (time),vip (yes/no)\nDE,2.5,9.99,12.5,2026-01-31,20:30,yes\n';
  const table = 'table deck from "tables/t.csv" by exact customer.country';
  const rules = (condition: string) =>
    `${table}\n${plan}\ndiscount d\n  when ${condition}\n  take 1% off all charges\n`;
  const facts = { 'customer.country': 'DE' };

  it('hold amounts as facts do, exactly', () => {
    const text = rules(
      'deck is known and deck.budget is known and deck.share is known and deck.since is known and deck.vip is known and cycle.data > deck and cycle.charges > deck.budget and deck.share > 10% and deck.since < 2026-02-01 and deck.vip is yes',
    );
    const { ruleSet, diagnostics } = compileRules(source(text, { path: 'tables/t.csv', text: csv }));
    expect(diagnostics).toEqual([]);
    if (!ruleSet) throw new Error('The rules do not compile.');
    const { derive } = loadRuleSet(ruleSet);
    expect(['deck', 'deck.budget', 'deck.share', 'deck.since', 'deck.vip'].map((name) => derive(name, facts))).toEqual([
      2_500_000_000,
      9_990_000,
      125_000,
      20_484,
      true,
    ]);
  });

  it('are compared with what is measured alike, and with nothing else', () => {
    const { diagnostics } = compileRules(
      source(rules('deck is known and cycle.voice > deck'), { path: 'tables/t.csv', text: csv }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['wrong-unit']);
  });

  it.each([
    ['country,limit (GiGB)\nDE,1\n', 'tables/t.csv gives column `limit` the unit `GiGB`'],
    ['country,limit (GB)\nDE,2.5 GB\n', 'tables/t.csv has `2.5 GB` for DE, but column `limit` is a data volume'],
    ['country,budget (EUR)\nDE,0.0000001\n', 'tables/t.csv has `0.0000001` for DE, but column `budget` is money'],
    ['country,vip (yes/no)\nDE,maybe\n', 'tables/t.csv has `maybe` for DE, but column `vip` is yes or no'],
  ])('are refused where a cell is not what they say: %s', (text, message) => {
    expect(faults(table, text)).toEqual([['broken-table', message]]);
  });

  it('have an amount for everything else where one is said', () => {
    const text = `table deck from "tables/t.csv" by exact customer.country, otherwise 1.5 GB\n${plan}\ndiscount d\n  when cycle.data > deck\n  take 1% off all charges\n`;
    const { ruleSet, diagnostics } = compileRules(source(text, { path: 'tables/t.csv', text: csv }));
    expect(diagnostics).toEqual([]);
    if (!ruleSet) throw new Error('The rules do not compile.');
    expect(loadRuleSet(ruleSet).derive('deck', { 'customer.country': 'FR' })).toBe(1_500_000_000);
  });
});

describe('The keys of a table', () => {
  const keyed = (by: string, keys: readonly string[]) =>
    compileRules(
      source(
        `table t from "tables/t.csv" by ${by}, otherwise none\ndiscount d\n  for plan flex\n  take 5% off all charges\n`,
        {
          path: 'tables/t.csv',
          text: `key,t\n${keys.map((key) => `${key},a\n`).join('')}`,
        },
      ),
    )
      .diagnostics.filter(({ code }) => code === 'unmatched-key')
      .map(({ severity, file, line, help }) => `${severity} ${file}:${line} ${help}`);

  it('are warned of in their line where no number ever is one', () => {
    const keys = ['+1', '49', 'abc', '0049', '+4930 12', '110', '116117', '493012345', '030'];
    const remedy = 'write the number as +493012345, without blanks';
    expect(keyed('longest prefix of event.called_number', keys)).toEqual([
      'warning tables/t.csv:3 did you mean `+49`?',
      `warning tables/t.csv:4 ${remedy}`,
      'warning tables/t.csv:5 did you mean `+49`?',
      `warning tables/t.csv:6 ${remedy}`,
      'warning tables/t.csv:9 did you mean `+493012345`?',
      `warning tables/t.csv:10 ${remedy}`,
    ]);
    expect(keyed('longest prefix of event.calling_number', ['abc', '49'])).toEqual([
      'warning tables/t.csv:3 did you mean `+49`?',
    ]);
  });

  it('are warned of where no network ever is one', () => {
    const help = 'write the code of the country and of the network (MCC and MNC), such as 26201';
    expect(keyed('exact event.visited_network', ['26201', 'xyz', '310260', '262'])).toEqual([
      `warning tables/t.csv:3 ${help}`,
      `warning tables/t.csv:5 ${help}`,
    ]);
    expect(keyed('longest prefix of event.visited_network', ['262'])).toEqual([]);
  });
});
