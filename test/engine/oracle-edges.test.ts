/** What the oracle cannot see, because the shipped price list has no such case: one small rulebook for each. */
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { creditsOf } from '../../engine/credit.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import { source } from '../dsl/sources.ts';
import { accountCycle, call, subscription } from './fixture.ts';

function rulesOf(text: string): LoadedRuleSet {
  const { ruleSet, diagnostics } = compileRules(source(text));
  if (!ruleSet) throw new Error(diagnostics.map((one) => `${one.line}: ${one.message}`).join('\n'));
  return loadRuleSet(ruleSet);
}

const linesOf = (cycle: Parameters<typeof evaluateCycle>[0], rules: LoadedRuleSet) =>
  evaluateCycle(cycle, rules).bill.lines.map((line) => `${line.title}: ${line.amount}`);

const plain = `
declare zone Europe/Berlin
plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 100.00 EUR monthly in arrears, prorated by day
  rate voice charge 0.06 EUR per min by 1 s
tax standard otherwise 19% category S
`;

describe('A chain of discounts', () => {
  const rules = rulesOf(`${plain}
discount early "First"
  take 10% off all charges
discount middle "Second"
  take 10% off all charges
  after early
discount late "Third"
  take 10% off all charges
  after middle
`);

  it('takes each off what all those before it have left', () => {
    expect(linesOf(accountCycle(), rules)).toEqual([
      'Line rental: 100.00',
      'First: -10.00',
      'Second: -9.00',
      'Third: -8.10',
    ]);
  });
});

describe('A discount for some cycles from acceptance', () => {
  const rules = rulesOf(`${plain}
discount welcome "Welcome"
  take 50% off fee "Line rental" for 3 cycles from acceptance
`);

  it.each([
    ['2026-06-10', ['Line rental: 100.00']],
    ['2026-05-31', ['Line rental: 100.00', 'Welcome: -50.00']],
    ['2026-03-01', ['Line rental: 100.00', 'Welcome: -50.00']],
    ['2026-02-28', ['Line rental: 100.00']],
  ])('accepted on %s gives the bill of May: %j', (acceptedOn, lines) => {
    expect(linesOf(accountCycle({ subscriptions: [subscription({ acceptedOn })] }), rules)).toEqual(lines);
  });
});

describe('A discounted fee that is given back', () => {
  const inAdvance = plain.replace('arrears', 'advance');
  const line = subscription({ acceptedOn: '2026-03-10', cancelledOn: '2026-05-11' });
  const lines = (discount: string, more: Partial<Parameters<typeof accountCycle>[0]> = {}) => {
    const { bill } = evaluateCycle(accountCycle({ subscriptions: [line], ...more }), rulesOf(inAdvance + discount));
    return bill.lines.filter(({ kind }) => !kind.startsWith('credit')).map((one) => `${one.title}: ${one.amount}`);
  };
  const welcome = (cycles: number) => `
discount welcome "Welcome"
  take 50% off fee "Line rental" for ${cycles} cycles from acceptance
`;

  it('gives back what was paid: the bill that charged it had taken the discount off', () => {
    // The bill of April charged May; April is the second cycle from acceptance.
    expect(lines(welcome(3))).toEqual(['Line rental: -67.74', 'Welcome: 33.87']);
    expect(lines(welcome(2))).toEqual(['Line rental: -67.74', 'Welcome: 33.87']);
    expect(lines(welcome(1))).toEqual(['Line rental: -67.74']);
  });

  it('asks for the discount as it was then, not for what happened since', () => {
    const busy = `
discount busy "Busy"
  when cycle.voice > 10 min
  take 10% off all charges
`;
    const usage = [call('2026-05-05T10:00:00+02:00', 1200)];
    const history = [
      { subscriptionId: 'S-1', from: '2026-04-01', until: '2026-05-01', usage: { voice: 660_000 }, charges: '100.66' },
    ];
    expect(lines(busy, { usage })).toEqual(['Line rental: -67.74', 'Voice: 1.20', 'Busy: -0.12']);
    expect(lines(busy, { history })).toEqual(['Line rental: -67.74', 'Busy: 6.77']);
  });
});

describe('Credit whose tax is not in the rules any more', () => {
  const rules = rulesOf(plain.replace('19%', '20%'));
  const credit = (amount: string) => ({ subscriptionId: 'S-1', taxCategory: 'S', taxPercent: '19', amount });

  it('is given back with the tax it was given with', () => {
    const { bill, exceptions } = evaluateCycle(accountCycle({ credits: [credit('10.00')] }), rules);
    expect(bill.taxes.map((tax) => [tax.percent, tax.base, tax.amount])).toEqual([
      ['19', '-10.00', '-1.90'],
      ['20', '100.00', '20.00'],
    ]);
    expect([bill.net, bill.tax, bill.total]).toEqual(['90.00', '18.10', '108.10']);
    expect(exceptions).toEqual([]);
  });

  it('pays as much as there is to pay, and only the rest is carried on, where the bill is too small for it', () => {
    const { bill, exceptions } = evaluateCycle(accountCycle({ credits: [credit('150.00')] }), rules);
    // 120.00 are due; 100.84 of the credit pay them, 19.16 of tax included. The rest is for the next bill.
    expect(bill.total).toBe('0.00');
    expect(creditsOf(bill)).toEqual([credit('49.16')]);
    expect(exceptions).toEqual([]);
  });
});

describe('A plan that has ended', () => {
  const rules = rulesOf(plain.replace('from 2026-01-01', 'from 2026-01-01 until 2026-05-01'));

  it('holds the account of whoever still has it, so that nobody rides for free', () => {
    const { exceptions } = evaluateCycle(accountCycle(), rules);
    expect(exceptions.map(({ code, action }) => [code, action])).toEqual([['unknown-plan', 'hold']]);
  });

  it('does not matter to whoever left in time', () => {
    const left = subscription({ cancelledOn: '2026-05-01' });
    expect(evaluateCycle(accountCycle({ subscriptions: [left] }), rules).exceptions).toEqual([]);
  });
});

describe('A plan whose later version begins in mid-cycle', () => {
  const rules = rulesOf(`${plain}
plan flex "Mobile Flex" in EUR, round up per line, split at boundaries
  from 2026-05-16
  fee "Line rental" 110.00 EUR monthly in arrears, prorated by day
  rate voice charge 0.07 EUR per min by 1 s
`);

  it('cuts the call that is going on, and rounds and explains each line by its own version', () => {
    const { bill } = evaluateCycle(accountCycle({ usage: [call('2026-05-15T23:59:00+02:00', 125)] }), rules);
    expect(bill.lines.map((line) => [line.exact, line.amount, line.because.how])).toEqual([
      ['100', '100.00', '100.00 EUR'],
      ['3/50', '0.06', '1 min × 0.06 EUR per min, 1 event'],
      ['91/1200', '0.08', '1:05 min × 0.07 EUR per min, 1 event'],
    ]);
    const rounded = evaluateCycle(accountCycle({ usage: [call('2026-05-17T10:00:00+02:00', 61)] }), rules);
    expect(rounded.bill.lines.at(-1)).toMatchObject({ exact: '427/6000', amount: '0.08' });
  });
});

describe('Increments of which the first is no multiple of the next', () => {
  const rules = rulesOf(plain.replace('by 1 s', 'by 30 s then 20 s'));

  it.each([
    [1, 30],
    [30, 30],
    [31, 50],
    [50, 50],
    [51, 70],
  ])('a call of %i s is billed as %i s', (seconds, billed) => {
    const { bill } = evaluateCycle(accountCycle({ usage: [call('2026-05-05T10:00:00+02:00', seconds)] }), rules);
    expect(bill.lines.at(-1)?.quantity).toBe(billed * 1000);
  });
});

describe('A number that changes hands at midnight', () => {
  const rules = rulesOf(plain);
  const subscriptions = [
    subscription({ id: 'S-1', cancelledOn: '2026-05-10' }),
    subscription({ id: 'S-2', activatedOn: '2026-05-10' }),
  ];

  it.each([
    ['2026-05-09T23:59:59.999+02:00', 'S-1'],
    ['2026-05-10T00:00:00+02:00', 'S-2'],
  ])('a call that starts at %s is of %s', (start, owner) => {
    const { trace } = evaluateCycle(accountCycle({ subscriptions, usage: [call(start, 60)] }), rules);
    expect(new Set(trace.map(({ subscriptionId }) => subscriptionId))).toEqual(new Set([owner]));
  });
});

describe('What is left of an allowance', () => {
  const rules = rulesOf(
    `${plain}  allowance 1 min of voice, rolls over 1 cycle\n`.replace(/(tax .*\n)(.*\n)$/, '$2$1'),
  );
  const left = {
    subscriptionId: 'S-1',
    allowance: 'flex.allowance.voice',
    service: 'voice',
    remaining: 60_000,
    grantedOn: '2026-03-01',
  };

  it.each([
    ['2026-05-01', 60_000],
    ['2026-06-01', 120_000],
  ])('with %s as its end covers, with the grant of May, %i ms', (expiresOn, covered) => {
    const usage = [call('2026-05-05T10:00:00+02:00', 600)];
    const { bill } = evaluateCycle(accountCycle({ usage, balances: [{ ...left, expiresOn }] }), rules);
    expect(bill.lines.find(({ kind }) => kind === 'included usage')?.quantity).toBe(covered);
  });
});

describe('An event that comes twice in two shapes', () => {
  const rules = rulesOf(plain);
  const start = '2026-05-05T10:00:00+02:00';
  const twice = [call(start, 60, { id: 'same' }), call(start, 120, { id: 'same' })];

  it('is rated the same way whichever comes first', () => {
    const bills = [twice, twice.toReversed()].map((usage) => evaluateCycle(accountCycle({ usage }), rules).bill);
    expect(bills[1]).toEqual(bills[0]);
  });
});
