import { describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import type { CommittedCycle } from '../../engine/carried.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AllowanceBalance } from '../../engine/model.ts';
import { accountCycle, type CycleParts, GB, session, subscription } from './fixture.ts';

const head = 'in EUR, round half even per line, split at boundaries';
const tax = 'tax standard otherwise 19% category S\n';

function compiled(text: string) {
  const { ruleSet, diagnostics } = compileRules({ files: [{ path: 'terms.rules', text: `${text}\n${tax}` }] });
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  return ruleSet;
}

function bill(text: string, parts: CycleParts = {}) {
  return evaluateCycle(accountCycle(parts), loadRuleSet(compiled(text)));
}

const lines = (text: string, parts: CycleParts = {}) =>
  bill(text, parts).bill.lines.map(({ title, amount }) => `${title} ${amount}`);

describe('A minimum spend', () => {
  const easy = `plan flex "Easy" ${head}
  from 2026-01-01
  fee "Line rental" 12.00 EUR monthly in advance, prorated by day
  rate data charge 1.00 EUR per GB
  minimum spend 15.00 EUR per cycle of all charges`;

  test('counts the rental: 15.00 less 12.00', () => {
    expect(lines(easy)).toEqual(['Line rental 12.00', 'Minimum spend 3.00']);
  });

  test('is reached by usage as well', () => {
    expect(lines(easy, { usage: [session('2026-05-10T10:00', 3 * GB)] })).toEqual(['Line rental 12.00', 'Data 3.00']);
  });

  test('counts a rental that an earlier bill charged, less what is given back: 15.00 less 12.00 × 15/31', () => {
    const cancelled = [subscription({ cancelledOn: '2026-05-16' })];
    expect(lines(easy, { subscriptions: cancelled })).toEqual(['Line rental -6.19', 'Minimum spend 9.19']);
  });

  test('is lowered by the days of a part cycle where it is prorated: 15.00 × 15/31 less 12.00 × 15/31', () => {
    const cancelled = [subscription({ cancelledOn: '2026-05-16' })];
    expect(lines(`${easy}, prorated`, { subscriptions: cancelled })).toContain('Minimum spend 1.45');
  });

  test('is not lowered by a discount', () => {
    const discounted = `${easy}\ndiscount half\n  take 50% off all charges`;
    expect(lines(discounted)).toEqual(['Line rental 12.00', 'Minimum spend 3.00', 'discount.half -6.00']);
  });
});

describe('An allowance shared by a group', () => {
  const family = (options: string) => `plan flex "Family" ${head}
  from 2026-01-01
  allowance 60 GB of data shared by group${options}
  rate data charge 1.00 EUR per GB`;
  const members = [1, 2, 3].map((number) => subscription({ id: `S-${number}`, msisdn: `+4917000000${number}` }));
  const used = (member: number, day: string, gigabytes: number) =>
    session(`2026-05-${day}T10:00`, gigabytes * GB, { msisdn: `+4917000000${member}`, id: `${member} ${day}` });
  const left = (text: string, parts: CycleParts) => bill(text, parts).balances.map(({ remaining }) => remaining / GB);

  test('is used by whoever comes first, whatever the order in which usage arrives', () => {
    const usage = [used(1, '03', 40), used(2, '01', 25), used(3, '02', 5)];
    const found = lines(family(''), { subscriptions: members, usage });
    expect(found.filter((line) => line.startsWith('Data'))).toEqual(['Data 10.00']);
    expect(lines(family(''), { subscriptions: members, usage: usage.toReversed() })).toEqual(found);
  });

  test('lets each member use no more than its share', () => {
    const usage = [used(1, '01', 30), used(1, '02', 1), used(2, '03', 20)];
    const found = lines(family(', at most 20 GB per member'), { subscriptions: members, usage });
    expect(found.filter((line) => line.startsWith('Data'))).toEqual(['Data 11.00']);
  });

  test('is granted once to the account, which keeps at most what is said', () => {
    const parts = { subscriptions: members, usage: [used(1, '01', 10)] };
    expect(left(family(', rolls over 1 cycle'), parts)).toEqual([50]);
    expect(left(family(', rolls over 1 cycle, at most 30 GB'), parts)).toEqual([30]);
    expect(left(family(''), parts)).toEqual([]);
  });

  test('keeps the newest where older and newer are too much together', () => {
    const old: AllowanceBalance = {
      subscriptionId: 'A-1',
      allowance: 'flex.allowance.data',
      service: 'data',
      remaining: 40 * GB,
      grantedOn: '2026-04-01',
      expiresOn: '2026-07-01',
    };
    const parts = { account: { id: 'A-1' }, subscriptions: members, balances: [old] };
    expect(left(family(', rolls over 2 cycles, at most 70 GB'), parts)).toEqual([10, 60]);
  });

  test('is granted for the days on which some member is active', () => {
    const late = [
      subscription({ activatedOn: '2026-05-12' }),
      subscription({ id: 'S-2', msisdn: '+49170', activatedOn: '2026-05-22' }),
    ];
    expect(left(family(', rolls over 1 cycle, prorated'), { subscriptions: late })).toEqual([38.709677419]);
  });
});

describe('What was left of an allowance', () => {
  const balance: AllowanceBalance = {
    subscriptionId: 'S-1',
    allowance: 'flex.allowance.data',
    service: 'data',
    remaining: 2 * GB,
    grantedOn: '2026-04-01',
    expiresOn: '2026-06-01',
  };
  const parts = { balances: [balance], usage: [session('2026-05-10T10:00', 4 * GB)] };

  test('goes on in a later version of the plan', () => {
    const version = (from: string) => `plan flex "Flex" ${head}
  from ${from}
  allowance 1 GB of data, rolls over 1 cycle
  rate data charge 1.00 EUR per GB
`;
    expect(lines(version('2026-01-01') + version('2026-05-01'), parts)).toContain('Data 1.00');
  });

  test('goes on when the plan and the allowance have new names', () => {
    const renamed = `plan light "Flex Light" ${head}
  renamed from flex
  from 2026-01-01
  allowance 1 GB of data, rolls over 1 cycle
    as mobile_data
    renamed from data
  rate data charge 1.00 EUR per GB`;
    expect(lines(renamed, parts)).toContain('Data 1.00');
  });
});

describe('A contract', () => {
  const plan = (from: string, price: string) => `plan flex "Business" ${head}
  from ${from}
  fee "Line rental" ${price} EUR monthly in arrears
  rate voice charge 0.60 EUR per min by 1 s
  rate data charge 1.00 EUR per GB
`;
  const acme = (terms: string) => `contract acme "Frame agreement" for customer "C-ACME" on plan flex
  ${terms}
`;
  const holder = { customer: { id: 'C-ACME' } };

  test('begins at midnight, in the middle of a call', () => {
    const text = `${plan('2026-01-01', '10.00')}${acme(`from 2026-05-10 for 12 months
  rate data charge 0.50 EUR per GB`)}`;
    const usage = [session('2026-05-09T10:00', GB, { id: 'a' }), session('2026-05-10T10:00', GB, { id: 'b' })];
    expect(bill(text, { ...holder, usage }).trace.map(({ rule, exact }) => [rule, exact])).toEqual([
      ['flex.data.otherwise', '1'],
      ['acme.data.otherwise', '1/2'],
    ]);
  });

  test('with locked prices keeps the plan of its first day, and without takes the later version', () => {
    const versions = plan('2026-01-01', '10.00') + plan('2026-04-01', '12.00');
    const own = (terms: string) => lines(versions + acme(terms), holder);
    expect(own('from 2026-03-01 for 12 months, price locked')).toEqual(['Line rental 10.00']);
    expect(own('from 2026-03-01 for 12 months, price locked until 2026-05-01')).toEqual(['Line rental 12.00']);
    expect(own('from 2026-03-01 for 12 months')).toEqual(['Line rental 12.00']);
    expect(lines(versions + acme('from 2026-03-01 for 12 months, price locked'))).toEqual(['Line rental 12.00']);
  });

  const committed = (from: string, until: string, charged: string): CommittedCycle => ({
    commitment: 'acme.commitment.charges',
    from,
    until,
    charged,
  });

  test('that begins in mid-cycle counts each cycle once: what ends within it, or what it ends in', () => {
    const text =
      plan('2026-01-01', '10.00') +
      acme(`from 2026-03-10 for 4 months
  commitment 100.00 EUR per 2 months, shortfall charged`);
    const march = committed('2026-03-01', '2026-04-01', '20.00');
    const april = committed('2026-04-01', '2026-05-01', '30.00');
    const may = committed('2026-05-01', '2026-06-01', '10.00');
    const on = (date: string, ...before: CommittedCycle[]) => lines(text, { ...holder, on: date, committed: before });
    expect(on('2026-04-01', march)).toEqual(['Line rental 10.00']);
    // The period until 10 May ends in this cycle: 100 − 20 − 30 − 10.
    expect(on('2026-05-01', march, april)).toEqual(['Line rental 10.00', 'Shortfall against commitment 40.00']);
    expect(on('2026-06-01', march, april, may)).toEqual(['Line rental 10.00']);
    // And the one until 10 July in that of July: 100 − 10 (June) − 10.
    const june = committed('2026-06-01', '2026-07-01', '10.00');
    expect(on('2026-07-01', march, april, may, june)).toEqual([
      'Line rental 10.00',
      'Shortfall against commitment 80.00',
    ]);
  });
});

describe('Between two versions of the rules', () => {
  const before = `plan flex "Flex" ${head}
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in advance
  allowance 1 GB of data
  rate data charge 1.00 EUR per GB
contract acme for customer "C-1" on plan flex
  from 2026-03-01 for 24 months
  rate data charge 0.50 EUR per GB
  commitment 100.00 EUR per 12 months, shortfall charged
`;
  const told = (after: string) =>
    diffRuleSets(compiled(before), compiled(after)).map(({ kind, ids, details }) => [kind, ids.join(', '), ...details]);

  test('a plan with a new name is renamed, and nothing of it is new or gone', () => {
    const after = before.replace('plan flex "Flex"', 'plan light "Flex"').replace('on plan flex', 'on plan light');
    const renamed = after.replace('  from 2026-01-01\n', '  renamed from flex\n  from 2026-01-01\n');
    expect(new Set(told(renamed).map(([kind, id]) => `${kind} ${id}`))).toEqual(
      new Set([
        'renamed plan light',
        'renamed light.fee.line-rental',
        'renamed light.allowance.data (included usage)',
        'renamed light.allowance.data',
        'renamed rate light.data',
        'renamed light.data.otherwise',
        'changed contract acme',
      ]),
    );
  });

  test('a change of a contract is a sentence', () => {
    expect(told(before.replace('100.00', '120.00'))).toEqual([
      ['changed', 'acme.commitment.charges', 'amount was 100.00 EUR, is now 120.00 EUR'],
    ]);
    expect(told(before.replace('for 24 months', 'for 12 months'))).toEqual([
      ['changed', 'contract acme', 'until was 2028-03-01, is now 2027-03-01'],
    ]);
  });
});
