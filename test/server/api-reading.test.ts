import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, fillBooks, runId, startApi } from './api-books.ts';
import { enrol } from './engagement-books.ts';
import { giveBack, issue } from './ledger-books.ts';

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

  test('an account shows what was given back to it, the newest first, and nothing of others', async () => {
    await enrol(it.db, 'C-7', { subscription: { msisdn: '+491701234599' } });
    await issue(it.db, 'I-7', { account: 'A-C-7' });
    await giveBack(it.db, 'N-1', 'I-7', '10.00', '1.90', '2026-06-20');
    await giveBack(it.db, 'N-2', 'I-7', '5.00', '0.95', '2026-06-21');
    const noted = { corrects: 'I-7', accountId: 'A-C-7', currency: 'EUR' };
    expect((await get('/v1/accounts/A-C-7')).creditNotes).toEqual([
      { ...noted, number: 'N-2', issuedOn: '2026-06-21', net: '5.00', tax: '0.95', total: '5.95' },
      { ...noted, number: 'N-1', issuedOn: '2026-06-20', net: '10.00', tax: '1.90', total: '11.90' },
    ]);
    expect((await get('/v1/accounts/A-C-3')).creditNotes).toEqual([]);
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

  test('an invoice is also an e-invoice, under an address of its own and to whoever accepts XML', async () => {
    const xml = await it.api.inject('/v1/invoices/NM-2026-000001/xml');
    expect([xml.headers['content-type'], xml.headers['content-disposition'], xml.body]).toEqual([
      'application/xml; charset=utf-8',
      'inline; filename="NM-2026-000001.xml"',
      '<?xml version="1.0" encoding="utf-8"?><Invoice>NM-2026-000001</Invoice>',
    ]);
    const typeFor = async (accept: string) =>
      (await it.api.inject({ url: '/v1/invoices/NM-2026-000001', headers: { accept } })).headers['content-type'];
    expect(await typeFor('application/xml')).toBe('application/xml; charset=utf-8');
    expect(await typeFor('application/json;q=0.5, application/pdf')).toBe('application/pdf');
    expect(await typeFor('*/*')).toBe('application/json; charset=utf-8');
    // A browser says so, and shows the page.
    expect(await typeFor('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')).toBe(
      'text/html; charset=utf-8',
    );
    expect((await it.api.inject('/v1/invoices/NM-2026-999999/xml')).statusCode).toBe(404);
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
