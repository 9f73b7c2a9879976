import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { message, source } from './sources.ts';

const plan = (name: string, currency: string) =>
  `plan ${name} in ${currency}, round half even per line, split at boundaries\n  fee "Line rental" 12.00 ${currency} monthly in advance\n`;
const euro = plan('flex', 'EUR');
const both = euro + plan('us', 'USD');

function found(rules: string) {
  const { diagnostics } = compileRules(source(rules, ...message('hello')));
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, span, message: text }) => [code, rules.slice(span.start, span.end), text]);
}

const discount = (plans: string, condition: string, take = 'take 5% off all charges') =>
  `discount d\n  ${plans}\n  when ${condition}\n  ${take}\n`;
const when = 'cycle.charges > 100.00 USD';

describe('Money in a rule', () => {
  it('is in the currency of the plans that the rule is for', () => {
    expect(found(euro + discount('for plan flex', when))).toEqual([
      ['mixed-currency', 'USD', 'this is in USD, but the bill is in EUR'],
    ]);
    expect(found(both + discount('for plan flex', when))).toEqual([
      ['mixed-currency', 'USD', 'this is in USD, but the bill is in EUR'],
    ]);
    expect(found(both + discount('for plan us', when))).toEqual([]);
  });

  it('is in the currency of the plan that a plan is like', () => {
    expect(found(`${euro}plan family like flex\n${discount('for plan family', when)}`)).toEqual([
      ['mixed-currency', 'USD', 'this is in USD, but the bill is in EUR'],
    ]);
  });

  it('cannot be compared where the bill may be in two currencies', () => {
    expect(found(both + discount('for plans flex and us', when))).toEqual([
      ['mixed-currency', 'USD', 'this is in USD, but the plans that it is for are in EUR or USD'],
    ]);
    expect(found(`${both}discount d\n  take 5% off all charges, at most 20.00 USD per cycle\n`)).toHaveLength(1);
    expect(found(`${both}anomaly a\n  when cycle.net > 100.00 EUR\n  hold invoice\n  because "x"\n`)).toHaveLength(1);
  });

  it('is in one currency in one rule', () => {
    const offer = (take: string) =>
      `offer o\n  on order placed\n  when order.value > 50.00 USD\n  give voucher ${take} off this order, valid 30 days\n`;
    expect(found(both + offer('5.00 USD'))).toEqual([]);
    expect(found(both + offer('5.00 EUR'))).toEqual([
      ['mixed-currency', 'EUR', 'this is in EUR, and another amount here is in USD'],
    ]);
    expect(
      found(
        `notify n\n  on order placed\n  when order.value > 50.00 USD and order.value < 90.00 EUR\n  send "hello" to customer\n`,
      ),
    ).toEqual([['mixed-currency', 'EUR', 'this is in EUR, and another amount here is in USD']]);
  });

  it('is in a currency that exists', () => {
    expect(found(`notify n\n  on order placed\n  when order.value > 50.00 EUX\n  send "hello" to customer\n`)).toEqual([
      ['mixed-currency', 'EUX', '`EUX` is not a currency'],
    ]);
  });

  it('is in the currency of the plan in a test too, in what is given and in what is expected', () => {
    const test = (given: string, expected: string) =>
      `${both}test "t"\n  given plan us\n    and it is 2026-05-31 12:00\n    and ${given}\n  expect ${expected}\n`;
    expect(found(test('no history', 'invoice total 12.00 USD'))).toEqual([]);
    expect(found(test('no history', 'invoice total 12.00 EUR'))).toHaveLength(1);
    expect(found(test('history of 3 cycles with 20.00 EUR of charges', 'no anomaly'))).toHaveLength(1);
    expect(found(test('cycle.charges is 20.00 EUR', 'no anomaly'))).toHaveLength(1);
  });
});
