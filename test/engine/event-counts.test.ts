import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { UsageEvent } from '../../engine/model.ts';
import { recheckDecisions } from '../../engine/recheck.ts';
import { destinations, source } from '../dsl/sources.ts';
import { accountCycle, call, subscription, usage } from './fixture.ts';

const premium = { calledNumber: '+499001234567' };
const plan = `table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home
plan flex in EUR, round half even per line, split at boundaries
  rate voice charge 0.05 EUR per min
  rate sms charge 0.09 EUR per message
tax standard otherwise 19% category S
`;

function compiled(condition: string, evidence = 'Many.') {
  const rule = `anomaly many\n  when ${condition}\n  flag event\n  because "${evidence}"\n`;
  const { ruleSet, diagnostics } = compileRules(source(plan + rule, destinations));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (!ruleSet) throw new Error('There is no rule set.');
  return ruleSet;
}

/** The events that a rule finds, in the order of their start, once the library has decided each the same way. */
async function found(condition: string, events: readonly UsageEvent[], evidence?: string) {
  const rules = loadRuleSet(compiled(condition, evidence));
  const subscriptions = [subscription(), subscription({ id: 'S-2', msisdn: '+491709999999' })];
  const { exceptions, decisions } = evaluateCycle(accountCycle({ usage: events, subscriptions }), rules);
  expect(await recheckDecisions(decisions, rules)).toEqual([]);
  return exceptions.filter(({ code }) => code === 'anomaly');
}

const ids = async (condition: string, events: readonly UsageEvent[]) =>
  (await found(condition, events)).map(({ subject }) => subject.replace('msc/', ''));

describe('A count over time', () => {
  it('leaves out what began exactly as long ago as the time says', async () => {
    const events = [
      call('2026-05-04T10:00:00.000Z', 60, { id: 'a' }),
      call('2026-05-04T10:59:59.999Z', 60, { id: 'b' }),
      call('2026-05-04T11:00:00.000Z', 60, { id: 'c' }),
    ];
    expect(await ids('count of voice in 1 h >= 2', events)).toEqual(['b', 'c']);
    expect(await ids('count of voice in 1 h >= 3', events)).toEqual([]);
    expect(await ids('count of voice in 3600001 ms >= 3', events)).toEqual(['c']);
  });

  it('lets events that start together see each other', async () => {
    const together = ['a', 'b', 'c'].map((id) => call('2026-05-04T10:00Z', 60, { id }));
    expect(await ids('count of voice in 1 s >= 3', together)).toEqual(['a', 'b', 'c']);
  });

  it('counts neither other services, nor other destinations, nor other subscriptions', async () => {
    const events = [
      call('2026-05-04T10:00Z', 60, { id: 'a', ...premium }),
      call('2026-05-04T10:01Z', 60, { id: 'home' }),
      call('2026-05-04T10:02Z', 60, { id: 'other', ...premium, msisdn: '+491709999999' }),
      usage('2026-05-04T10:03Z', { id: 'text', service: 'sms', messages: 1, ...premium }),
      call('2026-05-04T10:04Z', 60, { id: 'b', ...premium }),
    ];
    expect(await ids('count of voice to premium in 1 h >= 2', events)).toEqual(['b']);
    expect(await ids('count of voice to premium or home in 1 h >= 3', events)).toEqual(['b']);
    expect(await ids('count of voice to premium in 1 h < 1', events)).toEqual(['home', 'text']);
  });

  it('is read in evidence as it is written', async () => {
    const events = [call('2026-05-04T10:00Z', 60, premium), call('2026-05-04T10:10Z', 60, premium)];
    const [only] = await found(
      'count of voice to premium in 1 h > 1',
      events,
      '{count of voice to premium in 1 h} calls, {count of voice in 1.5 min} just now.',
    );
    expect(only?.evidence).toBe('2 calls, 1 just now.');
  });

  it('compares with other counts', async () => {
    const events = [0, 1, 2].map((minute) => call(`2026-05-04T10:0${minute}Z`, 60, { id: `e${minute}` }));
    expect(await ids('count of voice in 1 h >= 2 * count of voice in 1 min + 1', events)).toEqual(['e2']);
  });

  it('finds what counting each event against all others finds', async () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const start = Date.parse('2026-05-04T10:00Z');
    const events = Array.from({ length: 300 }, (_, index) =>
      call('2026-05-04T10:00Z', 1, { id: `r${index}`, startAt: start + random(600) * 1000 }),
    );
    const expected = events
      .filter(({ startAt }) => {
        const before = events.filter((other) => other.startAt > startAt - 60_000 && other.startAt <= startAt);
        return before.length > 30;
      })
      .map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(10);
    expect((await ids('count of voice in 60 s > 30', events)).sort()).toEqual(expected.sort());
  });

  it('passes a hundred thousand events once', async () => {
    const start = Date.parse('2026-05-04T10:00Z');
    const events = Array.from({ length: 100_000 }, (_, index) =>
      usage('2026-05-04T10:00Z', { id: `s${index}`, service: 'sms', messages: 1, startAt: start + index }),
    );
    const rules = loadRuleSet(compiled('count of sms in 1 day >= 100000'));
    const { exceptions } = evaluateCycle(accountCycle({ usage: events }), rules);
    expect(exceptions.filter(({ code }) => code === 'anomaly').map(({ subject }) => subject)).toEqual(['msc/s99999']);
  }, 60_000);

  it('is said as it is written where two versions differ', () => {
    const [difference] = diffRuleSets(
      compiled('count of voice to premium in 1 h > 20'),
      compiled('count of voice to premium in 1 h > 30'),
    );
    expect(JSON.stringify(difference)).toContain('count of voice to premium in 1 h > 20');
    expect(JSON.stringify(difference)).toContain('count of voice to premium in 1 h > 30');
  });
});
