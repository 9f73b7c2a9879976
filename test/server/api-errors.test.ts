import { mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problems } from '../../server/api/problem.ts';
import { NotExpressible } from '../../server/invoice/en16931/amounts.ts';
import { NotItemisable } from '../../server/invoice/itemisation.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { enrol, storyDeps } from './engagement-books.ts';
import { outageAtReading } from './outage-at.ts';

const shipped = {
  specversion: '1.0',
  id: '1',
  source: '/x',
  type: 'ratebook.order.shipped',
  data: { orderId: 'O-1' },
};

describe('every error is a problem document', () => {
  let it: ApiUnderTest;
  beforeAll(async () => {
    it = await startApi({
      invoices: {
        html: async () => {
          throw new Error('secret detail of the renderer');
        },
        pdf: async () => Buffer.from(''),
        itemisation: async () => {
          throw new NotItemisable('the usage is gone');
        },
        xml: async () => {
          throw new NotExpressible('EN 16931 knows amounts of two decimals');
        },
      },
    });
    await enrol(it.db, 'C');
    await it.db('invoice').insert({
      number: 'N-1',
      legal_entity: 'X',
      account_id: 'A-C',
      customer_id: 'C',
      period_from: '2026-01-01',
      period_until: '2026-02-01',
      issued_on: '2026-02-01',
      due_on: '2026-02-15',
      currency: 'EUR',
      net: '10',
      tax: '1.9',
      total: '11.9',
      bill: '{}',
    });
  });
  afterAll(() => it.close());

  const json = { 'content-type': 'application/json' };
  test.each([
    [
      'a body that is not JSON',
      { method: 'POST', url: '/v1/events', headers: json, payload: '{"a":' },
      'malformed-json',
      undefined,
    ],
    [
      'no body at all',
      { method: 'POST', url: '/v1/evaluate', headers: json, payload: '' },
      'malformed-json',
      undefined,
    ],
    [
      'a body of another type',
      { method: 'POST', url: '/v1/evaluate', headers: { 'content-type': 'text/plain' }, payload: 'hello' },
      'not-acceptable-type',
      undefined,
    ],
    [
      'a body beyond the limit',
      { method: 'POST', url: '/v1/evaluate', headers: json, payload: `"${'x'.repeat(1_048_577)}"` },
      'too-large',
      undefined,
    ],
    [
      'a body with a missing field',
      { method: 'POST', url: '/v1/bill-runs', payload: { closesFrom: '2026-06-01' } },
      'invalid-body',
      '#/closesUntil',
    ],
    [
      'a body with a surplus field',
      {
        method: 'POST',
        url: '/v1/bill-runs',
        payload: { closesFrom: '2026-06-01', closesUntil: '2026-06-16', dryRun: true },
      },
      'invalid-body',
      '#/dryRun',
    ],
    [
      'bounds that hold nothing',
      { method: 'POST', url: '/v1/bill-runs', payload: { closesFrom: '2026-06-16', closesUntil: '2026-06-16' } },
      'invalid-body',
      '#/closesUntil',
    ],
    ['an empty batch', { method: 'POST', url: '/v1/events', payload: [] }, 'invalid-body', '#'],
    [
      'a batch of too many',
      { method: 'POST', url: '/v1/events', payload: Array(501).fill(shipped) },
      'invalid-body',
      '#',
    ],
    [
      'a correction by nobody',
      { method: 'POST', url: '/v1/corrections', payload: { accounts: ['A-C'], apply: { by: ' ', why: 'wrong' } } },
      'invalid-body',
      '#/apply/by',
    ],
    [
      'a change without a reason',
      {
        ...{ method: 'POST', url: '/v1/subscriptions/S-C/backdated-changes' },
        payload: { changes: [{ kind: 'cancellation taken back' }], apply: { by: 'me', why: ' ' } },
      },
      'invalid-body',
      '#/apply/why',
    ],
    [
      'a corrected record by nobody',
      {
        ...{ method: 'POST', url: '/v1/usage/corrections' },
        payload: { corrections: [{ id: '1', source: 'x', recordId: '1', reason: 'wrong', by: ' ' }] },
      },
      'invalid-body',
      '#/corrections/0/by',
    ],
    [
      'records given up without a reason',
      {
        ...{ method: 'POST', url: '/v1/usage/quarantine/drop' },
        payload: { records: [{ file: 1, line: 1 }], by: 'me', why: ' ' },
      },
      'invalid-body',
      '#/why',
    ],
    ['an address that is no text', { method: 'GET', url: '/v1/payments/%ff' }, 'bad-request', undefined],
    ['a character that no book can keep', { method: 'GET', url: '/v1/accounts?search=%00' }, 'bad-request', undefined],
    ['a page that is too long', { method: 'GET', url: '/v1/accounts?limit=201' }, 'invalid-parameter', '#/limit'],
    ['a cursor that is none', { method: 'GET', url: '/v1/messages?after=hello' }, 'invalid-parameter', '#/after'],
    [
      'a state that does not exist',
      { method: 'GET', url: '/v1/exceptions?state=lost' },
      'invalid-parameter',
      '#/state',
    ],
    [
      'an id that is no number',
      { method: 'POST', url: '/v1/exceptions/abc/approve', payload: { reason: 'ok', by: 'me' } },
      'invalid-parameter',
      '#/id',
    ],
    ['an account that does not exist', { method: 'GET', url: '/v1/accounts/A-404' }, 'not-found', undefined],
    ['an invoice that does not exist', { method: 'GET', url: '/v1/invoices/N-404/pdf' }, 'not-found', undefined],
    ['a message that does not exist', { method: 'GET', url: '/v1/messages/none' }, 'not-found', undefined],
    ['a bill run that does not exist', { method: 'GET', url: '/v1/bill-runs/2020/progress' }, 'not-found', undefined],
    [
      'a report before the run is done',
      { method: 'GET', url: '/v1/bill-runs/2026-06-01..2026-06-16/report' },
      'not-found',
      undefined,
    ],
    [
      'a decision set that does not exist',
      { method: 'POST', url: '/v1/evaluate', payload: { set: 'none', facts: {} } },
      'not-found',
      undefined,
    ],
    [
      'an exception that does not exist',
      { method: 'POST', url: '/v1/exceptions/1/reject', payload: { reason: 'no', by: 'me' } },
      'not-found',
      undefined,
    ],
    ['an address that does not exist', { method: 'GET', url: '/v1/nothing?x=1' }, 'unknown-path', undefined],
    [
      'a method that the address does not take',
      { method: 'DELETE', url: '/v1/invoices/N-1' },
      'method-not-allowed',
      undefined,
    ],
    [
      'a parameter that the list does not know',
      { method: 'GET', url: '/v1/exceptions?acountId=A-1' },
      'invalid-parameter',
      '#/acountId',
    ],
    ['a parameter where none is read', { method: 'GET', url: '/v1/health?deep=1' }, 'invalid-parameter', '#/deep'],
    [
      'a clock that is not a test clock',
      { method: 'PUT', url: '/v1/clock', payload: { now: '2030-01-01T00:00:00Z' } },
      'no-test-clock',
      undefined,
    ],
    [
      'an invoice that the standard for e-invoices has no words for',
      { method: 'GET', url: '/v1/invoices/N-1/xml' },
      'not-expressible',
      undefined,
    ],
    [
      'an invoice whose usage is no longer kept',
      { method: 'GET', url: '/v1/invoices/N-1/itemisation' },
      'not-itemisable',
      undefined,
    ],
    [
      'an instant without offset',
      { method: 'PUT', url: '/v1/clock', payload: { now: '2030-01-01T00:00:00' } },
      'invalid-body',
      '#/now',
    ],
  ] as const)('%s', async (_, request, name, pointer) => {
    const response = await it.api.inject(request as InjectOptions);
    const problem = response.json();
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect({ status: response.statusCode, type: problem.type }).toEqual({
      status: problems[name].status,
      type: `/v1/problems/${name}`,
    });
    expect(problem).toMatchObject({
      status: response.statusCode,
      title: problems[name].title,
      remedy: problems[name].remedy,
      detail: expect.stringMatching(/\S/),
    });
    expect(problem.errors?.[0]?.pointer).toBe(pointer);
  });

  const changed = async (change: object) => {
    const payload = { changes: [change] };
    const answer = await it.api.inject({ method: 'POST', url: '/v1/subscriptions/S-C/backdated-changes', payload });
    return answer.json().errors;
  };

  test('of several kinds of things, only the faults of the kind that is meant are told', async () => {
    expect(await changed({ kind: 'plan change', from: '2026-02-30', plan: 'talk' })).toEqual([
      { pointer: '#/changes/0/from', detail: 'must be a date like 2026-06-16' },
    ]);
    expect(await changed({ kind: 'activation', on: '2026-06-01', until: '2026-06-02' })).toEqual([
      { pointer: '#/changes/0/until', detail: 'is not a field that is known here' },
    ]);
  });

  test('of a kind that does not exist, the kinds are told', async () => {
    expect(await changed({ kind: 'foo', from: '2026-06-01' })).toEqual([
      {
        pointer: '#/changes/0/kind',
        detail:
          'must be one of plan change, plan change taken back, pause, pause taken back, cancellation, cancellation taken back, activation',
      },
    ]);
  });

  test('a method that an address does not take is answered with those that it takes', async () => {
    const allowed = async (method: 'DELETE' | 'GET', url: string) =>
      (await it.api.inject({ method, url })).headers.allow;
    expect(await allowed('DELETE', '/v1/invoices/N-1')).toBe('GET, HEAD');
    expect(await allowed('GET', '/v1/rules/release')).toBe('POST');
    expect(await allowed('DELETE', '/v1/rules/files/a/b.rules')).toBe('PUT');
    expect(await allowed('GET', '/v1/nothing')).toBeUndefined();
  });

  test('a fault inside Ratebook tells its number and nothing else; the log has the rest under that number', async () => {
    const response = await it.api.inject({ method: 'GET', url: '/v1/invoices/N-1/html' });
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { instance, ...rest } = response.json();
    // Nothing but these: no message, no stack, no name of a file.
    expect(rest).toEqual({
      type: '/v1/problems/internal-error',
      ...problems['internal-error'],
      detail: 'The request failed; it is safe to send it again',
    });
    expect([response.statusCode, instance]).toEqual([500, expect.stringMatching(/^urn:ratebook:request:\S+$/)]);
    expect(it.logged).toEqual([
      {
        requestId: instance.replace('urn:ratebook:request:', ''),
        error: expect.objectContaining({ message: 'secret detail of the renderer' }),
      },
    ]);
  });

  test('a request that is no HTTP is closed with a status line, not with a crash', async () => {
    const url = new URL(await it.api.listen({ host: '127.0.0.1', port: 0 }));
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('data', (data) => resolve(data.toString()));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 400/);
    expect((await it.api.inject('/v1/health')).statusCode).toBe(200);
  });

  test('every problem has a description at its type', async () => {
    const { items } = (await it.api.inject('/v1/problems')).json();
    expect(items).toHaveLength(Object.keys(problems).length);
    for (const { type, status } of items) expect((await it.api.inject(type)).json()).toMatchObject({ type, status });
  });
});

describe('a server that lacks something', () => {
  test('without rules in force refuses events, usage, runs and evaluations, and stores nothing', async () => {
    const it = await startApi();
    const without = await startApi({
      released: {
        folder: it.rulesFolder,
        inForce: () => undefined,
        release: async () => ({ tests: [], diagnostics: [] }),
      },
      engagement: { ...storyDeps(it.db), rules: () => undefined },
    });
    const requests = [
      { method: 'POST', url: '/v1/events', payload: shipped },
      { method: 'POST', url: '/v1/bill-runs', payload: { closesFrom: '2026-06-01', closesUntil: '2026-06-16' } },
      { method: 'POST', url: '/v1/evaluate', payload: { set: 'tax', facts: {} } },
      { method: 'POST', url: '/v1/cycles/evaluate', payload: {} },
    ] as const;
    for (const request of requests) {
      const response = await without.api.inject(request);
      expect([request.url, response.statusCode, response.json().type]).toEqual([
        request.url,
        503,
        '/v1/problems/no-rules-in-force',
      ]);
    }
    expect(await it.db('business_event')).toEqual([]);
    expect((await without.api.inject('/v1/health')).json()).toMatchObject({ status: 'ok', ruleSet: null });
    await without.close();
    await it.close();
  });

  test('whose database goes away while it looks for an invoice does not say that there is none', async () => {
    const it = await startApi();
    const response = await outageAtReading(it.db, 'invoice', () => it.api.inject('/v1/invoices/N-1/explanation'));
    expect(response.json()).toMatchObject({ status: 503, type: '/v1/problems/database-away' });
    expect((await it.api.inject('/v1/invoices/N-1/explanation')).json()).toMatchObject({ status: 404 });
    await it.close();
  });

  test('whose database is gone says so and asks to try again', async () => {
    const it = await startApi();
    await it.db.destroy();
    const response = await it.api.inject('/v1/accounts');
    expect(response.json()).toMatchObject({ status: 503, type: '/v1/problems/database-away' });
    await it.api.close();
  });

  test('with a built editor serves it at the root, and keeps problems for the API', async () => {
    const editorFolder = await mkdtemp(join(tmpdir(), 'ratebook-editor-'));
    await writeFile(join(editorFolder, 'index.html'), '<!doctype html><title>Ratebook</title>');
    const it = await startApi({ editorFolder });
    const page = await it.api.inject('/');
    expect([page.statusCode, page.headers['content-type'], page.body]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!doctype html><title>Ratebook</title>',
    ]);
    expect((await it.api.inject('/../package.json')).statusCode).toBe(404);
    expect((await it.api.inject('/v1/none')).json()).toMatchObject({ type: '/v1/problems/unknown-path' });
    await it.close();
  });
});
