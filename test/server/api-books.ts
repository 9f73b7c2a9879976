import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { Value } from 'typebox/value';
import { loadRuleSet } from '../../engine/load.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { Api, ApiDeps } from '../../server/api/api-deps.ts';
import { buildApp } from '../../server/api/app.ts';
import type { BillRunView } from '../../server/api/bill-run-view.ts';
import { readAccountCycle } from '../../server/api/cycle-json.ts';
import { boundsFault } from '../../server/bill-run/bill-run.ts';
import { createClock } from '../../server/engagement/clock.ts';
import { createReleasedRules } from '../../server/rules/released-rule-set.ts';
import { cycleJson } from './api-cycle.ts';
import { createTestDatabase } from './database.ts';
import { enrol, instant, storyDeps } from './engagement-books.ts';
import { storyRules } from './engagement-rules.ts';

export const systemNow = instant('2026-06-16T12:00:00+02:00');
export const runId = '2026-06-01..2026-06-16';

export interface ApiUnderTest {
  readonly api: Api;
  readonly db: Knex;
  /** Of the database, for commands. */
  readonly url: string;
  readonly rulesFolder: string;
  /** Runs that were told to go on. */
  readonly continued: string[];
  /** What was logged, by request. */
  readonly logged: { requestId: string; error: unknown }[];
  readonly close: () => Promise<void>;
}

/**
 * The API over a real database and a rules folder of its own, empty or with the sample company's rules in force in place of the document; only
 * what other rooms render or run is made up.
 */
export async function startApi(
  changes: Partial<ApiDeps> = {},
  folder: 'empty folder' | 'sample rules' = 'empty folder',
  document: RuleSet = storyRules(),
): Promise<ApiUnderTest> {
  const { db, url, close } = await createTestDatabase();
  const rulesFolder = await mkdtemp(join(tmpdir(), 'ratebook-api-'));
  const continued: string[] = [];
  const logged: { requestId: string; error: unknown }[] = [];
  const onDisk = createReleasedRules(db, rulesFolder);
  const story = loadRuleSet(document);
  if (folder === 'sample rules') {
    await cp(new URL('../../rules', import.meta.url), rulesFolder, { recursive: true });
    await onDisk.release();
  }
  const released = folder === 'sample rules' ? onDisk : { ...onDisk, inForce: () => story };
  const api = await buildApp({
    version: '0.0.0-test',
    engagement: { ...storyDeps(db), rules: released.inForce },
    clock: createClock(db, () => systemNow),
    released,
    billRuns: {
      start: async (closesFrom, closesUntil) => {
        const fault = boundsFault({ closesFrom, closesUntil }, '2026-12-31');
        if (fault !== undefined) throw new RangeError(fault);
        return { created: true, run: runView({ closesFrom, closesUntil }) };
      },
      list: async () => [runView()],
      read: async (id) => (id === runId ? runView() : undefined),
      continue: async (id) => void continued.push(id),
    },
    loadAccountCycle: async (accountId) => (accountId === 'A-1' ? readAccountCycle(cycleJson) : undefined),
    invoices: {
      html: async (number) => `<!doctype html><title>${number}</title>`,
      pdf: async () => Buffer.from('%PDF-1.7'),
      itemisation: async (number) => ({ number, currency: 'EUR', zone: 'Europe/Berlin', lines: [] }),
      xml: async (number) => `<?xml version="1.0" encoding="utf-8"?><Invoice>${number}</Invoice>`,
    },
    surveyPages: {
      render: async ({ message, state }) => `<h1>${message}</h1><p>${state}</p>`,
      renderUnknown: () => '<h1>404</h1>',
    },
    renderMessage: async ({ template }) => ({ subject: `About ${template}`, html: '<p>Hello</p>', text: 'Hello' }),
    elapsedMs: () => 0,
    progressIntervalMs: 5,
    log: (requestId, error) => void logged.push({ requestId, error }),
    ...changes,
  });
  const stop = async () => {
    await api.close();
    await close();
    await rm(rulesFolder, { recursive: true, force: true });
  };
  return { api: checkingAnswers(api), db, url, rulesFolder, continued, logged, close: stop };
}

export function runView(changes: Partial<BillRunView> = {}): BillRunView {
  const from = changes.closesFrom ?? '2026-06-01';
  const until = changes.closesUntil ?? '2026-06-16';
  return {
    id: `${from}..${until}`,
    closesFrom: from,
    closesUntil: until,
    step: 'rate',
    steps: [],
    accounts: { total: 3, invoiced: 0, held: 0, rejected: 0 },
    ...changes,
  };
}

/** A customer acquired, as a CRM says it; the customer is `C-<id>`. */
export const acquired = (id: string, changes: object = {}) => ({
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

/** Every JSON answer of every test must fit the schema that its route publishes for its status. */
function checkingAnswers(api: Api): Api {
  api.addHook('preSerialization', async (request, reply, payload) => {
    const responses = request.routeOptions.schema?.response as Readonly<Record<string, object>> | undefined;
    const schema = responses?.[reply.statusCode] ?? responses?.[`${Math.floor(reply.statusCode / 100)}xx`];
    if (schema === undefined) return payload;
    const [wrong] = Value.Errors(schema, JSON.parse(JSON.stringify(payload)));
    if (wrong !== undefined)
      throw new Error(
        `The answer of ${request.method} ${request.url} breaks its schema: ${wrong.instancePath} ${wrong.message}`,
      );
    return payload;
  });
  return api;
}

/** An account with an issued invoice, a held cycle with two holds and a flag, and a bill run that they belong to. */
export async function fillBooks(db: Knex): Promise<void> {
  await db('rule_set').insert({ hash: 'h', document: '{}' });
  await db('bill_run').insert({
    run_id: runId,
    closes_from: '2026-06-01',
    closes_until: '2026-06-16',
    rule_set: 'h',
    step: 'deliver',
    issued_on: '2026-06-16',
  });
  for (const id of ['C-1', 'C-2', 'C-3']) await enrol(db, id);
  const invoice = {
    legal_entity: 'NM-DE',
    run_id: runId,
    period_from: '2026-05-01',
    period_until: '2026-06-01',
    due_on: '2026-06-30',
    currency: 'EUR',
    rule_set: 'h',
  };
  const bill = JSON.stringify({ lines: [], taxes: [], net: '12.00', tax: '2.28', total: '14.28' });
  await db('invoice').insert([
    {
      ...invoice,
      number: 'NM-2026-000001',
      account_id: 'A-C-1',
      customer_id: 'C-1',
      issued_on: '2026-06-16',
      net: '12.00',
      tax: '2.28',
      total: '14.28',
      bill,
    },
    {
      ...invoice,
      number: 'NM-2026-000002',
      account_id: 'A-C-2',
      customer_id: 'C-2',
      issued_on: '2026-06-16',
      net: '10.00',
      tax: '1.90',
      total: '11.90',
      bill,
    },
  ]);
  await db('payment').insert({
    payment_id: 'P-1',
    account_id: 'A-C-1',
    invoice_number: 'NM-2026-000001',
    received_on: '2026-06-20',
    amount: '4.28',
    currency: 'EUR',
    method: 'manual',
  });
  await db('account_cycle').insert({
    account_id: 'A-C-3',
    period_from: '2026-05-01',
    period_until: '2026-06-01',
    next_until: '2026-07-01',
    run_id: runId,
    state: 'held',
    bill: JSON.stringify({ total: '999.00', currency: 'EUR' }),
  });
  const exception = {
    run_id: runId,
    account_id: 'A-C-3',
    period_from: '2026-05-01',
    object: 'invoice',
    subject: 'A-C-3',
    evidence: 'Used 30 GB; the median is 2 GB.',
  };
  await db('exception').insert([
    { ...exception, key: '1', code: 'anomaly', action: 'hold', severity: 'high', rule: 'anomaly.usage_spike' },
    { ...exception, key: '2', code: 'anomaly', action: 'hold', severity: 'high', rule: 'anomaly.bill_shock' },
    { ...exception, key: '3', code: 'missing-usage', action: 'flag', severity: 'low' },
  ]);
}
