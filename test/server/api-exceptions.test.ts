import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, fillBooks, runId, startApi } from './api-books.ts';
import { storyRules } from './engagement-rules.ts';

describe('deciding exceptions', () => {
  let it: ApiUnderTest;
  beforeEach(async () => {
    it = await startApi();
    await fillBooks(it.db);
  });
  afterEach(() => it.close());

  const decide = (id: number, verdict: 'approve' | 'reject' | 're-rate') =>
    it.api.inject({
      method: 'POST',
      url: `/v1/exceptions/${id}/${verdict}`,
      payload: { reason: 'Looked at it', by: 'maija' },
    });
  const cycleState = async () => (await it.db('account_cycle').first('state')).state;

  test('the account goes on when the last hold is approved; a flag does not keep it back', async () => {
    const first = await decide(1, 'approve');
    expect(first.json()).toMatchObject({
      id: 1,
      state: 'approved',
      reason: 'Looked at it',
      decidedBy: 'maija',
      draft: { total: '999.00', currency: 'EUR' },
    });
    expect(await cycleState()).toBe('held');
    await decide(2, 'approve');
    expect(await cycleState()).toBe('clear');
    expect(it.continued).toEqual([runId, runId]);
    expect((await it.api.inject('/v1/exceptions?state=open')).json()).toMatchObject({
      total: 1,
      items: [{ code: 'missing-usage' }],
    });
  });

  test('an exception is read with the whole draft that it holds back', async () => {
    const bill = {
      ...{ currency: 'EUR', from: '2026-05-01', until: '2026-06-01', net: '839.50', tax: '159.50', total: '999.00' },
      lines: [{ id: 'L-1', title: 'Data', amount: '839.50', because: { rule: 'flat.data', how: '83.95 GB × 10 EUR' } }],
      taxes: [{ category: 'S', percent: '19', base: '839.50', amount: '159.50' }],
    };
    await it.db('account_cycle').update({ bill: JSON.stringify(bill) });
    const one = await it.api.inject('/v1/exceptions/1');
    expect(one.json()).toMatchObject({ id: 1, evidence: 'Used 30 GB; the median is 2 GB.', bill });
    expect((await it.api.inject('/v1/exceptions?code=missing-usage')).json()).toMatchObject({
      items: [{ id: 3 }],
      total: 1,
    });
    await it.db('account_cycle').update({ state: 'invoiced', invoice_number: 'RB-1' });
    expect((await it.api.inject('/v1/exceptions/1')).json().bill).toBeUndefined();
    expect((await it.api.inject('/v1/exceptions/4')).statusCode).toBe(404);
  });

  test('one rejection keeps the account from being billed, whatever is approved afterwards', async () => {
    await decide(1, 'reject');
    expect(await cycleState()).toBe('rejected');
    await decide(2, 'approve');
    expect(await cycleState()).toBe('rejected');
  });

  test('a bill that is rated again and that nothing holds any more goes on; the same is not decided twice', async () => {
    const rules = storyRules();
    await it.db('rule_set').insert({ hash: rules.hash, document: JSON.stringify(rules) });
    await it.db('bill_run').update({ rule_set: rules.hash });
    const first = await decide(1, 're-rate');
    expect(first.json()).toMatchObject({ id: 1, state: 're-rated', reason: 'Looked at it', decidedBy: 'maija' });
    expect(first.json().draft.total).not.toBe('999.00');
    expect(await cycleState()).toBe('clear');
    expect(it.continued).toEqual([runId]);
    expect((await it.api.inject('/v1/exceptions?state=re-rated')).json()).toMatchObject({ total: 3 });
    const second = await decide(2, 're-rate');
    expect([second.statusCode, second.json().type]).toEqual([409, '/v1/problems/already-decided']);
    expect((await decide(4, 're-rate')).statusCode).toBe(404);
  });

  test('what is no held bill cannot be rated again, and it is said why', async () => {
    await it.db('account_cycle').update({ state: 'rejected' });
    const refused = await decide(1, 're-rate');
    expect([refused.statusCode, refused.json().type]).toEqual([409, '/v1/problems/cannot-rate-again']);
    expect(refused.json().detail).toContain('is not held: it is rejected');
    expect(it.continued).toEqual([]);
  });

  test('rejecting a flag moves nothing', async () => {
    await decide(3, 'reject');
    expect(await cycleState()).toBe('held');
  });

  test('two holds approved at the same moment clear the account', async () => {
    await Promise.all([decide(1, 'approve'), decide(2, 'approve')]);
    expect(await cycleState()).toBe('clear');
  });

  test('an exception is decided once: of ten at the same moment nine are told who was first', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => decide(1, index % 2 ? 'approve' : 'reject')),
    );
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    expect(
      answers.filter((answer) => answer.statusCode === 409 && answer.json().type === '/v1/problems/already-decided'),
    ).toHaveLength(9);
    expect(answers.find((answer) => answer.statusCode === 409)?.json().detail).toContain('by maija');
  });

  test('a decision without a reason is refused', async () => {
    const response = await it.api.inject({
      method: 'POST',
      url: '/v1/exceptions/1/approve',
      payload: { reason: ' ', by: 'maija' },
    });
    expect([response.statusCode, response.json().errors[0].pointer]).toEqual([422, '#/reason']);
  });
});
