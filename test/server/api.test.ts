import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { evaluateCycle } from '../../engine/cycle.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { printEvaluation, readAccountCycle } from '../../server/api/cycle-json.ts';
import { startTestClock } from '../../server/engagement/clock.ts';
import { type ApiUnderTest, fillBooks, runId, startApi } from './api-books.ts';
import { cycleJson } from './api-cycle.ts';
import { enrol, instant } from './engagement-books.ts';
import { storyRules } from './engagement-rules.ts';

const acquired = (id: string, changes: object = {}) => ({
  specversion: '1.0',
  id,
  source: '/crm',
  type: 'ratebook.customer.acquired',
  time: '2026-06-16T12:00:00+02:00',
  data: {
    customer: {
      id: `C-${id}`,
      name: 'Aino',
      category: 'consumer',
      email: 'aino@example.org',
      country: 'FI',
      language: 'en',
      zone: 'Europe/Helsinki',
      hasAppAccount: false,
      ...changes,
    },
  },
});

describe('the books over HTTP', () => {
  let it: ApiUnderTest;
  beforeAll(async () => {
    it = await startApi();
    await fillBooks(it.db);
  });
  afterAll(() => it.close());
  const get = async (url: string) => (await it.api.inject(url)).json();

  test('an account shows its customer, subscriptions, invoices and open exceptions', async () => {
    expect(await get('/v1/accounts/A-C-3')).toMatchObject({
      id: 'A-C-3',
      plans: ['flat'],
      customer: { id: 'C-3', hasAppAccount: null },
      subscriptions: [{ id: 'S-C-3', msisdn: '+358401234567' }],
      invoices: [],
      exceptions: [{ code: 'anomaly' }, { code: 'anomaly' }, { code: 'missing-usage' }],
    });
  });

  test('lists are read page by page, in order, with nothing twice and nothing left out', async () => {
    for (const [list, key] of [
      ['accounts', 'id'],
      ['invoices', 'number'],
      ['exceptions', 'id'],
    ] as const) {
      const whole = (await get(`/v1/${list}`)).items.map((item: Record<string, unknown>) => item[key]);
      const parts: unknown[] = [];
      let next: string | null = null;
      do {
        const page: { items: Record<string, unknown>[]; next: string | null } = await get(
          `/v1/${list}?limit=1${next === null ? '' : `&after=${next}`}`,
        );
        expect(page.items).toHaveLength(1);
        parts.push(page.items[0]?.[key]);
        next = page.next;
      } while (next !== null);
      expect(parts).toEqual(whole);
      expect(whole.length).toBeGreaterThan(1);
    }
  });

  test('what a person searches for is found as it is written, never as a pattern', async () => {
    expect((await get('/v1/accounts?search=customer%20c-2')).items).toMatchObject([{ id: 'A-C-2' }]);
    expect((await get('/v1/accounts?search=%2B35840')).items).toHaveLength(3);
    expect((await get('/v1/accounts?search=%25')).items).toEqual([]);
    expect((await get('/v1/accounts?search=A_C')).items).toEqual([]);
    expect(await get('/v1/invoices?search=000002')).toMatchObject({ items: [{ number: 'NM-2026-000002' }], total: 1 });
  });

  test('an invoice shows what is still open, its bill, and itself as page and PDF', async () => {
    expect(await get('/v1/invoices/NM-2026-000001')).toMatchObject({
      total: '14.28',
      open: '10.00',
      bill: { net: '12.00' },
    });
    const page = await it.api.inject('/v1/invoices/NM-2026-000001/html');
    expect([page.headers['content-type'], page.body]).toEqual([
      'text/html; charset=utf-8',
      '<!doctype html><title>NM-2026-000001</title>',
    ]);
    const pdf = await it.api.inject('/v1/invoices/NM-2026-000001/pdf');
    expect([pdf.headers['content-type'], pdf.headers['content-disposition'], pdf.body]).toEqual([
      'application/pdf',
      'inline; filename="NM-2026-000001.pdf"',
      '%PDF-1.7',
    ]);
  });

  test('a bill run that exists is answered 200, a new one 202 with its address', async () => {
    const started = await it.api.inject({
      method: 'POST',
      url: '/v1/bill-runs',
      payload: { closesFrom: '2026-06-16', closesUntil: '2026-07-01' },
    });
    expect([started.statusCode, started.headers.location]).toEqual([202, '/v1/bill-runs/2026-06-16..2026-07-01']);
    expect(await get('/v1/bill-runs')).toMatchObject({ items: [{ id: runId }] });
  });

  test('the OpenAPI document describes every address', async () => {
    const document = await get('/v1/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toMatchSnapshot();
    for (const operations of Object.values<Record<string, { summary?: string }>>(document.paths)) {
      for (const operation of Object.values(operations)) expect(operation.summary).toMatch(/\S/);
    }
  });
});

describe('deciding exceptions', () => {
  let it: ApiUnderTest;
  beforeEach(async () => {
    it = await startApi();
    await fillBooks(it.db);
  });
  afterEach(() => it.close());

  const decide = (id: number, verdict: 'approve' | 'reject') =>
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

  test('one rejection keeps the account from being billed, whatever is approved afterwards', async () => {
    await decide(1, 'reject');
    expect(await cycleState()).toBe('rejected');
    await decide(2, 'approve');
    expect(await cycleState()).toBe('rejected');
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

describe('engagement over HTTP', () => {
  let it: ApiUnderTest;
  beforeEach(async () => {
    it = await startApi();
  });
  afterEach(() => it.close());
  const post = (url: string, payload: object, type = 'application/json') =>
    it.api.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });

  test('an event leads to a message and a voucher, all of which can be looked at', async () => {
    expect((await post('/v1/events', acquired('1'), 'application/cloudevents+json')).json()).toEqual({
      accepted: 1,
      duplicate: 0,
    });
    const events = (await it.api.inject('/v1/events')).json();
    expect(events.items).toMatchObject([
      { id: '1', type: 'ratebook.customer.acquired', outcome: { rules: [{ rule: 'offer.app_install' }] } },
    ]);
    const { items } = (await it.api.inject('/v1/messages')).json();
    expect(items).toMatchObject([
      {
        template: 'app-invitation',
        subject: 'About app-invitation',
        recipient: 'aino@example.org',
        rule: 'offer.app_install',
      },
    ]);
    const message = await it.api.inject(`/v1/messages/${encodeURIComponent(items[0].key)}`);
    expect(message.json()).toMatchObject({ key: items[0].key, html: '<p>Hello</p>', text: 'Hello' });
    const vouchers = (await it.api.inject('/v1/vouchers?customerId=C-1')).json();
    expect(vouchers.items).toMatchObject([
      { customerId: 'C-1', uses: 0, usesAllowed: 1, validUntil: '2026-07-16T21:00:00.000Z' },
    ]);
  });

  test('a batch is counted: new ones accepted, known ones duplicate', async () => {
    await post('/v1/events', acquired('1'));
    const response = await post(
      '/v1/events',
      [acquired('1'), acquired('2'), acquired('2')],
      'application/cloudevents-batch+json',
    );
    expect([response.statusCode, response.json()]).toEqual([202, { accepted: 1, duplicate: 2 }]);
  });

  test('a faulty event in a batch names its place and field, and nothing of the batch is stored', async () => {
    const response = await post('/v1/events', [acquired('1'), acquired('2', { zone: 'Mars/Olympus' })]);
    expect([response.statusCode, response.json().errors]).toEqual([
      422,
      [{ pointer: '#/1/data/customer/zone', detail: 'must be an IANA time zone like Europe/Berlin' }],
    ]);
    expect((await it.api.inject('/v1/events')).json().items).toEqual([]);
  });

  test('every type that is accepted publishes the schema of its data', async () => {
    const { items } = (await it.api.inject('/v1/events/types')).json();
    expect(items.map((item: { type: string }) => item.type)).toEqual([
      'ratebook.customer.acquired',
      'ratebook.order.placed',
      'ratebook.order.shipped',
      'ratebook.order.completed',
      'ratebook.payment.received',
      'ratebook.subscription.renewed',
      'ratebook.subscription.cancelled',
    ]);
    expect(items[2].data).toMatchObject({ type: 'object', required: ['orderId'] });
  });

  test('nobody outside can claim what only Ratebook notices', async () => {
    const response = await post('/v1/events', {
      ...acquired('1'),
      type: 'ratebook.invoice.issued',
      data: { invoiceNumber: 'N-1' },
    });
    expect([response.statusCode, response.json().errors[0].pointer]).toEqual([422, '#/0/type']);
  });

  test('a voucher is redeemed once; every refusal has its type', async () => {
    await post('/v1/events', acquired('1'));
    const [voucher] = (await it.api.inject('/v1/vouchers')).json().items;
    const redeem = (code: string, orderId: string, customerId = 'C-1') =>
      post(`/v1/vouchers/${encodeURIComponent(code)}/redeem`, { orderId, customerId });
    const typed = voucher.code.toLowerCase().replaceAll('-', ' ');
    expect((await redeem(typed, 'O-1', 'C-2')).json()).toMatchObject({
      status: 409,
      reason: 'voucher-of-another-customer',
    });
    expect((await redeem(typed, 'O-1')).json()).toMatchObject({
      code: voucher.code,
      orderId: 'O-1',
      takeInWords: '10 %',
      off: 'this order',
    });
    expect((await redeem(typed, 'O-1')).json()).toMatchObject({ status: 409, reason: 'voucher-used', sameOrder: true });
    expect((await redeem('0000', 'O-1')).json()).toMatchObject({
      status: 409,
      reason: 'voucher-unknown',
      type: '/v1/problems/voucher-unknown',
    });
  });

  test('the test clock moves forward, does what becomes due, and never back', async () => {
    await enrol(it.db, 'C-9', { subscription: { renews_on: '2026-04-01' } });
    await startTestClock(it.db, instant('2026-01-01T00:00:00Z'));
    const move = (now: string) => it.api.inject({ method: 'PUT', url: '/v1/clock', payload: { now } });
    expect((await move('2026-06-01T00:00:00+02:00')).json()).toMatchObject({
      now: '2026-05-31T22:00:00.000Z',
      test: true,
      report: { remindersSent: 3 },
    });
    expect((await it.api.inject('/v1/clock')).json()).toEqual({ now: '2026-05-31T22:00:00.000Z', test: true });
    expect((await move('2026-05-01T00:00:00Z')).json()).toMatchObject({
      status: 409,
      type: '/v1/problems/clock-backwards',
      now: '2026-05-31T22:00:00.000Z',
    });
  });
});

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

  test('usage is handed on with its instants read', async () => {
    const { source: _, ...event } = cycleJson.usage[0] ?? {};
    expect((await post('/v1/usage', { source: 'msc-1', events: [event] })).json()).toEqual({
      accepted: 1,
      duplicate: 0,
      quarantined: [],
    });
    const faulty = await post('/v1/usage', { source: 'msc-1', events: [event, { ...event, bytes: -1 }] });
    expect([faulty.statusCode, faulty.json().errors[0].pointer]).toEqual([422, '#/events/1/bytes']);
  });
});
