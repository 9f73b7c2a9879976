import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { printEvaluation, readAccountCycle } from '../../server/api/cycle-json.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { cycleJson } from './api-cycle.ts';
import { storyRules } from './engagement-rules.ts';
import { openLines } from './usage-books.ts';

describe('asking the rules', () => {
  let it: ApiUnderTest;
  beforeAll(async () => {
    it = await startApi();
  });
  afterAll(() => it.close());
  const post = (url: string, payload: object) => it.api.inject({ method: 'POST', url, payload });

  test('facts in, outcomes and reasons out; an optional fact left out is missing', async () => {
    const set = 'offer:customer acquired';
    const fired = (await post('/v1/evaluate', { set, facts: { 'customer.app_account': false } })).json();
    expect(fired).toMatchObject({
      matches: ['offer.app_install'],
      verdict: 'fired',
      outcomes: [{ rule: 'offer.app_install', outcome: { kind: 'offer' } }],
    });
    expect(fired.why[0]).toMatchObject({ rule: 'offer.app_install', result: true });
    expect((await post('/v1/evaluate', { set, facts: {} })).json()).toMatchObject({ matches: [], outcomes: [] });
  });

  test('a fact that is needed and lacks, or has another type, is named', async () => {
    const lacking = (await post('/v1/evaluate', { set: 'remind', facts: {} })).json();
    expect(lacking).toMatchObject({ status: 422, errors: [{ pointer: '#/facts/subscription.payment' }] });
    const wrong = (await post('/v1/evaluate', { set: 'remind', facts: { 'subscription.payment': 3 } })).json();
    expect(wrong.errors[0].detail).toContain('must be a string');
  });

  test('a cycle is billed to the same bytes that the engine and the command line print', async () => {
    const response = await post('/v1/cycles/evaluate', cycleJson);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.body).toBe(printEvaluation(evaluateCycle(readAccountCycle(cycleJson), loadRuleSet(storyRules()))));
  });

  test('a cycle with a fault names its place', async () => {
    const response = await post('/v1/cycles/evaluate', { ...cycleJson, bounds: { ...cycleJson.bounds, until: 'May' } });
    expect([response.statusCode, response.json().errors]).toEqual([
      422,
      [{ pointer: '#/bounds/until', detail: 'must be a date like 2026-06-16' }],
    ]);
  });

  test('usage is stored with its instants read', async () => {
    const { source: _, ...event } = cycleJson.usage[0] as (typeof cycleJson.usage)[number];
    await openLines(it.db, [{ id: 'S-1', msisdn: event.msisdn }]);
    expect((await post('/v1/usage', { source: 'msc-1', events: [event] })).json()).toEqual({
      accepted: 1,
      duplicate: 0,
      quarantined: [],
    });
    expect(await it.db('usage_event').pluck('start_at')).toEqual([Date.parse(event.startAt)]);
    const faulty = await post('/v1/usage', { source: 'msc-1', events: [event, { ...event, bytes: -1 }] });
    expect([faulty.statusCode, faulty.json().errors[0].pointer]).toEqual([422, '#/events/1/bytes']);
  });
});
