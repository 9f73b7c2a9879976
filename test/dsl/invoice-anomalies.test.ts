import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { anomalies } from '../../engine/anomalies.ts';
import { closedCycle } from '../../engine/facts.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Bill } from '../../engine/model.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { accountCycle, subscription } from '../engine/fixture.ts';
import { source } from './sources.ts';

const plan =
  'plan flex in EUR, round half even per line, split at boundaries\n  fee "Line rental" 100.00 EUR monthly in advance\ntax standard otherwise 19% category S\n';

function compiled(rules: string) {
  const { ruleSet, tests, diagnostics } = compileRules(source(plan + rules));
  expect(diagnostics).toEqual([]);
  if (!ruleSet) throw new Error('There is no rule set.');
  return { rules: loadRuleSet(ruleSet), tests };
}

const anomaly = (condition: string, evidence: string) =>
  `anomaly high\n  when ${condition}\n  hold invoice\n  because "${evidence}"\n`;
const given = 'test "t"\n  given plan flex\n    and it is 2026-05-31 12:00\n  expect';

describe('A rule that holds invoices', () => {
  it.each([
    ['invoice.total >= 119.00 EUR', 'anomaly high'],
    ['invoice.total > 119.00 EUR', 'no anomaly'],
    ['invoice.net > 99.99 EUR', 'anomaly high'],
    ['invoice.net > cycle.net', 'no anomaly'],
    ['invoice.net >= cycle.net and invoice.total > invoice.net', 'anomaly high'],
    ['account.cycle.charges > 99.99 EUR', 'anomaly high'],
  ])('reads the invoice and the account: %s', async (condition, expected) => {
    const { rules, tests } = compiled(`${anomaly(condition, 'Total {invoice.total}')}${given} ${expected}\n`);
    const [test] = tests;
    if (!test) throw new Error('There is no test.');
    expect((await runTestCase(test, rules)).failures).toEqual([]);
  });

  /** What two subscriptions on one invoice of 238.00 EUR are held for. */
  function subjects(condition: string) {
    const { rules } = compiled(anomaly(condition, 'Total {invoice.total}'));
    const cycle = accountCycle({ subscriptions: [subscription({ id: 'S-1' }), subscription({ id: 'S-2' })] });
    const bill = { currency: 'EUR', net: '200.00', total: '238.00', lines: [] } as unknown as Bill;
    const sheets = closedCycle(cycle, rules, { totals: [] }, []);
    return anomalies(cycle, bill, sheets, () => [], rules, []).map(({ subject, object, evidence }) => ({
      subject,
      object,
      evidence,
    }));
  }

  it('looks at the invoice once if it reads nothing of a subscription', () => {
    const [found, ...others] = subjects('invoice.total > 200.00 EUR');
    expect(found).toMatchObject({ subject: accountCycle().account.id, object: 'invoice' });
    expect(found?.evidence).toContain('238.00');
    expect(others).toEqual([]);
  });

  it('looks at each subscription if it reads something of one', () => {
    expect(subjects('invoice.total > 200.00 EUR and cycle.data < 1 GB').map(({ subject }) => subject)).toEqual([
      'S-1',
      'S-2',
    ]);
  });
});
