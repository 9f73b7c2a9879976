import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { runTestCase } from '../../engine/scenario.ts';
import { cycleOf } from '../../engine/scenario-cycle.ts';
import { explainCycle, explainDecisions } from '../../server/explain/explain-cycle.ts';
import { type Explained, explainedInWords } from '../../server/explain/explanation-words.ts';
import { destinations, message, roamingZones, source } from './sources.ts';

const rulebook = `declare zone Europe/Berlin
table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home
calendar offpeak in customer time
  every day 20:00 to 08:00

plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 12.00 EUR monthly in advance
  rate voice, first that fits
    when destination is premium  charge 0.90 EUR per min
    when time is offpeak         charge 0.02 EUR per min
    otherwise                    charge 0.05 EUR per min
  rate data charge 1.00 EUR per GB

discount volume
  when cycle.data > 50 GB
  take 10% off data charges

tax reverse_charge
  when customer.tax_country is not DE
  unless customer.vat_id is missing
  0% category AE, note "Reverse charge"
tax standard otherwise 19% category S

anomaly spike
  when cycle.data > 3 * history.data.median and cycle.net > 30.00 EUR
  unless history.data.median is missing
  hold invoice
  because "Too much."

offer app
  on customer acquired
  when customer has no app account
  unless customer.app_account is missing
  give voucher 10% off this order, valid 30 days
  send "app-invitation" to customer

remind renewal
  when subscription.payment is manual
  7 days before subscription.renews_on
  between 09:00 and 20:00 customer time
  send "renewal-reminder" to customer
  stop when subscription is paid

test "a month"
  given plan flex
    and history of 3 cycles with 20 GB of data, 20.00 EUR of charges
    and a voice event of 90 s to +4930123456 at 2026-05-12 22:30
    and a data event of 52 GB at 2026-05-13 10:00
  expect charge 0.00 EUR

test "an app"
  given customer acquired
    and customer has app account
  expect no voucher

test "a renewal"
  given subscription.payment is manual
    and subscription.renews_on is 2026-06-18
    and subscription is paid
  expect no message
`;
const files = [destinations, roamingZones, ...message('app-invitation'), ...message('renewal-reminder')];
const { ruleSet, tests, diagnostics } = compileRules(source(rulebook, ...files));

async function words(test: string, wanted?: string): Promise<string> {
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  const found = tests.find(({ name }) => name === test);
  if (!found) throw new Error(`There is no test ${test}.`);
  const rules = loadRuleSet(ruleSet);
  const inWords = (all: readonly Explained[]) =>
    all.map((one) => explainedInWords(one, { document: ruleSet, currency: 'EUR', zone: 'Europe/Berlin' })).join('\n\n');
  if (test === 'a month') return inWords(await explainCycle(cycleOf(found.given, ruleSet), rules, wanted));
  return inWords(await explainDecisions((await runTestCase(found, rules)).decisions, rules, wanted));
}

describe('An explanation', () => {
  it('of a usage line says why its row and no other, and which tax', async () => {
    expect(await words('a month', 'offpeak')).toBe(
      [
        'Voice: time is offpeak: 0.03 EUR (usage)',
        '  flex.voice.time-is-offpeak, example.rules:11',
        '  1.5 min × 0.02 EUR per min, 1 event',
        '  rate:flex.voice about test/test-1',
        '  · flex.voice.destination-is-premium  example.rules:10',
        '      not, because `destination is premium` is not so: destination is home, event.called_number is +4930123456',
        '  ✓ flex.voice.time-is-offpeak  example.rules:11',
        '      because `time is offpeak`: at is 2026-05-12 22:30:00 in Europe/Berlin',
        '  · flex.voice.otherwise  example.rules:12',
        '      not, because it gives way to flex.voice.time-is-offpeak',
        '  tax about subscription/flex.voice.time-is-offpeak',
        '  · tax.reverse_charge  example.rules:19',
        '      not, because customer.vat_id is missing',
        '  ✓ tax.standard  example.rules:23',
        '      because nothing else fits',
      ].join('\n'),
    );
  });

  it('of a discount gives amounts in the units that people use', async () => {
    expect(await words('a month', 'volume')).toContain('because `cycle.data > 50 GB`: cycle.data is 52 GB');
  });

  it('of an anomaly that did not fire names the first condition that failed, with its numbers', async () => {
    expect(await words('a month', 'spike')).toContain(
      'not, because `cycle.data > 3 * history.data.median` is not so: cycle.data is 52 GB, history.data.median is 20 GB',
    );
  });

  it('of a fee says what it is: nothing decides it but its tax', async () => {
    const text = await words('a month', 'Line rental');
    expect(text).toMatch(/^Line rental: 12.00 EUR \(fee\)\n {2}flex.fee.line-rental, example.rules:8/);
    expect(text).not.toContain('rate:');
  });

  it('of a usage event says all that was decided about it', async () => {
    expect(await words('a month', 'test-2')).toMatch(/^rate:flex.data about test\/test-2/);
  });

  it('of an offer that was not made says why not', async () => {
    expect(await words('an app', 'app')).toContain(
      'not, because `customer.app_account is no` is not so: customer.app_account is yes',
    );
  });

  it('of a reminder says why it was planned and what stops it', async () => {
    const text = await words('a renewal', 'renewal');
    expect(text).toContain('✓ remind.renewal');
    expect(await words('a renewal', 'stop:remind.renewal')).toContain('subscription.paid is yes');
  });

  it('of something that is not there lists what is', async () => {
    await expect(words('a month', 'premium')).rejects.toThrow(/Nothing is called "premium".*\n.*Line rental/);
  });
});
