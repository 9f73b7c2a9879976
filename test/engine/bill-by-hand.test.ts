import { expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { recheckDecisions } from '../../engine/recheck.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { compileFolder } from '../../server/rules/compile-folder.ts';
import { accountCycle, call, GB, session, subscription, text } from './fixture.ts';
import { flex } from './flex.ts';

/** The customer of "A bill by hand" in engine/README.md. */
const cycle = accountCycle({
  on: '2026-06-01',
  subscriptions: [subscription({ acceptedOn: '2026-06-10', activatedOn: '2026-06-16' })],
  usage: [
    call('2026-06-16T10:00+02:00', 8990),
    call('2026-06-17T19:50+02:00', 1200),
    call('2026-06-18T09:00+02:00', 61, { calledNumber: '+499001234567' }),
    call('2026-06-18T12:00+02:00', 12, { calledNumber: '+4312345678' }),
    call('2026-06-18T12:05+02:00', 95, { calledNumber: '+4312345678' }),
    call('2026-06-20T11:00+02:00', 45),
    session('2026-06-19T09:00+02:00', 4 * GB),
    session('2026-06-21T09:00+02:00', 3 * GB),
    session('2026-06-22T09:00+02:00', 150_000_000, { visitedNetwork: '310260' }),
    session('2026-06-25T09:00+02:00', 44 * GB),
    text('2026-06-17T09:00+02:00', { messages: 51 }),
    text('2026-06-18T09:00+02:00'),
  ],
});

const asText = (a: readonly string[], b: readonly string[]) => (a.join() < b.join() ? -1 : 1);

async function shippedRules(): Promise<RuleSet> {
  const { ruleSet, diagnostics } = await compileFolder('rules');
  if (!ruleSet) throw new Error(`The shipped rules do not compile: ${JSON.stringify(diagnostics)}`);
  return ruleSet;
}

test.each([
  ['the shipped rules', shippedRules],
  ['the same prices written by hand as compiled rules', async () => flex],
])('the bill worked out with pencil and paper is the bill by %s', async (_, rules) => {
  const { bill, balances, exceptions } = evaluateCycle(cycle, loadRuleSet(await rules()));

  // The two have their rules in different places, and usage is listed in the order of the text.
  const amounts = bill.lines.map((line) => [line.kind, line.exact, line.amount]);
  expect(amounts.sort(asText)).toEqual(
    [
      ['fee', '6', '6.00'],
      ['fee', '12', '12.00'],
      ['included usage', '0', '0.00'], // 150 min of voice
      ['included usage', '0', '0.00'], // 50 messages
      ['usage', '9/50', '0.18'], // 2 messages
      ['usage', '59/120', '0.49'], // 590 s by day
      ['usage', '43/200', '0.22'], // 645 s off-peak
      ['usage', '39/20', '1.95'], // premium
      ['usage', '3/16', '0.19'], // Austria
      ['included usage', '0', '0.00'], // 5 GB
      ['usage', '48', '48.00'], // 40 GB
      ['usage', '6', '6.00'], // abroad
      ['usage', '24/5', '4.80'], // 6 GB
      ['discount', '-147/25', '-5.88'],
      ['discount', '-9', '-9.00'],
    ].sort(asText),
  );
  expect(bill.net).toBe('64.95');
  expect(bill.taxes).toMatchObject([{ category: 'S', percent: '19', base: '64.95', amount: '12.34' }]);
  expect(bill.total).toBe('77.29');
  expect(balances).toEqual([]);
  expect(exceptions).toEqual([]);
});

test('every line says how its amount came about, in the order of the price list', async () => {
  const { bill } = evaluateCycle(cycle, loadRuleSet(await shippedRules()));
  expect(bill.lines.map((line) => `${line.title} | ${line.because.how}`)).toEqual([
    'Line rental | 12.00 EUR × 15/30 days',
    'Line rental | 12.00 EUR',
    'Included: 300 min of calls to Germany and the EU | 2.5 h in 2 events, covered by flex.allowance.voice',
    'Included: 10 GB of data | 5 GB in 2 events, covered by flex.allowance.data',
    'Included: 100 text messages | 50 messages in 1 event, covered by flex.allowance.sms',
    'Calls to premium numbers | 2 min × 0.90 EUR per min, plus 0.15 EUR per event, 1 event',
    'Calls to the EU and EFTA | 2:05 min × 0.09 EUR per min, 2 events',
    'Calls in the evening and on days off | 10.75 min × 0.02 EUR per min, 2 events',
    'Calls by day | 9:50 min × 0.05 EUR per min, 1 event',
    'Data overseas | 3.00 EUR per 100 MB started, 150 MB in 1 event',
    'Data, tier 1 | 40 GB × 1.20 EUR per GB, 2 events',
    'Data, tier 2 | 6 GB × 0.80 EUR per GB, 1 event',
    'Messages sent | 2 messages × 0.09 EUR per message, 2 events',
    '10% above 50 GB | 10 % off 58.80 EUR, at most 20.00 EUR',
    'Half rental at the start | 50 % off 18.00 EUR',
  ]);
});

test('json-rules-engine decides every decision of the bill as the generated functions did', async () => {
  const rules = loadRuleSet(flex);
  const { decisions } = evaluateCycle(cycle, rules);
  expect(decisions.length).toBeGreaterThan(30);
  expect(await recheckDecisions(decisions, rules)).toEqual([]);
});
