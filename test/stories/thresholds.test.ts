/** Stories of invoices in mid-cycle: the rules as the analyst writes them, what was used, and every invoice of the month, worked out by hand. */
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { interimShares } from '../../engine/already-invoiced.ts';
import { evaluateCycle, evaluateInterim } from '../../engine/cycle.ts';
import type { InterimInvoice } from '../../engine/interim-invoice.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { AccountCycle, UsageEvent } from '../../engine/model.ts';
import { source } from '../dsl/sources.ts';
import { accountCycle, GB, usage } from '../engine/fixture.ts';
import { invoice } from './story.ts';

const rules = (terms: string, price: string) => `
plan flex "Metered" in EUR, round half up per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 10.00 EUR monthly in arrears
  ${terms}
  rate data ${price}
tax standard otherwise 20% category S
`;

/** The invoices of May: those issued on the days, and the bill of the cycle. */
function invoices(text: string, events: readonly UsageEvent[], days: readonly string[]): readonly string[] {
  const { ruleSet, diagnostics } = compileRules(source(text));
  if (!ruleSet || diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const loaded = loadRuleSet(ruleSet);
  const interim: InterimInvoice[] = [];
  const cycle = (until: string): AccountCycle =>
    accountCycle({ usage: events.filter(({ startAt }) => startAt < Date.parse(`${until}T00:00Z`)), interim });
  const printed: string[] = [];
  for (const day of days) {
    const found = evaluateInterim(cycle(day), day, loaded);
    if (!found) continue;
    printed.push(invoice({ ...evaluateCycle(cycle(day), loaded), ...found }));
    interim.push({
      number: `M-${interim.length + 1}`,
      issuedOn: day,
      shares: interimShares(found.bill),
      passed: found.passed,
    });
  }
  return [...printed, invoice(evaluateCycle(cycle('2026-06-01'), loaded))];
}

const gigabytes = (day: string, count: number) =>
  usage(`2026-05-${day}T10:00:00Z`, { service: 'data', bytes: count * GB });

test('At 100 EUR, then every 50 EUR: two invoices in May, and the bill charges what is left of it', () => {
  const used = [gigabytes('03', 60), gigabytes('10', 45), gigabytes('12', 20), gigabytes('20', 50), gigabytes('29', 5)];
  const days = ['2026-05-04', '2026-05-11', '2026-05-13', '2026-05-21', '2026-05-30'];
  // 60 | 105: the first | 125 | 175: one of 70, since 150 is passed | 180. In all 180 + 10, and 20 %: 228.00 = 126 + 84 + 18.
  expect(
    invoices(rules('invoice at 100.00 EUR of usage, then every 50.00 EUR', 'charge 1.00 EUR per GB'), used, days),
  ).toEqual([
    `
Data  | 105 GB × 1.00 EUR per GB, 2 events | 105.00
Net   |                                    | 105.00
VAT   | 20 % of 105.00 EUR                 |  21.00
Total | EUR                                | 126.00
`,
    `
Data                    | 175 GB × 1.00 EUR per GB, 4 events                          |  175.00
Already invoiced by M-1 | 105.00 EUR and 21.00 EUR of tax, invoiced on 2026-05-11     | -105.00
Net                     |                                                             |   70.00
VAT                     | 20 % of 175.00 EUR, less 21.00 EUR that was invoiced before |   14.00
Total                   | EUR                                                         |   84.00
`,
    `
Line rental 2026-05-01 – 2026-06-01 | 10.00 EUR                                                   |   10.00
Data                                | 180 GB × 1.00 EUR per GB, 5 events                          |  180.00
Already invoiced by M-1             | 105.00 EUR and 21.00 EUR of tax, invoiced on 2026-05-11     | -105.00
Already invoiced by M-2             | 70.00 EUR and 14.00 EUR of tax, invoiced on 2026-05-21      |  -70.00
Net                                 |                                                             |   15.00
VAT                                 | 20 % of 190.00 EUR, less 35.00 EUR that was invoiced before |    3.00
Total                               | EUR                                                         |   18.00
`,
  ]);
});

test('A price by volume falls after the invoice: the month costs less than was invoiced, and the rest is credit', () => {
  const price = `volume per cycle
    first 100 GB  1.00 EUR per GB
    beyond        0.50 EUR per GB`;
  // 90.00 are invoiced; 110 GB cost 55.00, with the rental 65.00: 25.00 before tax are left for June.
  expect(
    invoices(rules('invoice at 80.00 EUR of usage', price), [gigabytes('03', 90), gigabytes('20', 20)], ['2026-05-04']),
  ).toEqual([
    `
Data  | 90 GB × 1.00 EUR per GB, 1 event; for all of it the price of tier 1 |  90.00
Net   |                                                                     |  90.00
VAT   | 20 % of 90.00 EUR                                                   |  18.00
Total | EUR                                                                 | 108.00
`,
    `
Line rental 2026-05-01 – 2026-06-01 | 10.00 EUR                                                             |  10.00
Data                                | 110 GB × 0.50 EUR per GB, 2 events; for all of it the price of tier 2 |  55.00
Already invoiced by M-1             | 90.00 EUR and 18.00 EUR of tax, invoiced on 2026-05-04                | -90.00
Credit for the next invoice         | the invoice would be negative: 25.00 EUR are left for the next one    |  25.00
Net                                 |                                                                       |   0.00
VAT                                 | 20 % of 90.00 EUR, less 18.00 EUR that was invoiced before            |   0.00
Total                               | EUR                                                                   |   0.00
`,
  ]);
});
