import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAccountCycle } from '../../server/api/cycle-json.ts';
import { startTestClock } from '../../server/engagement/clock.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { cycleJson } from './api-cycle.ts';
import { enrol, instant, outbox } from './engagement-books.ts';

interface RuleFile {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
}

let it: ApiUnderTest;
const open: ApiUnderTest[] = [];
// Compiling the company takes a while: tests share one server but where they put other rules in force.
beforeAll(fresh);
afterAll(() => Promise.all(open.map((one) => one.close())));

async function fresh(): Promise<void> {
  const flex = { ...cycleJson, subscriptions: cycleJson.subscriptions.map((one) => ({ ...one, plan: 'flex' })) };
  it = await startApi(
    { loadAccountCycle: async (id) => (id === 'A-1' ? readAccountCycle(flex) : undefined) },
    'sample rules',
  );
  open.push(it);
}

const get = async (url: string) => (await it.api.inject(url)).json();
const post = async (url: string, payload: object) => (await it.api.inject({ method: 'POST', url, payload })).json();
const put = (path: string, payload: object) =>
  it.api.inject({ method: 'PUT', url: `/v1/rules/files/${path}`, payload });

async function fileOf(path: string): Promise<RuleFile> {
  const { files } = await get('/v1/rules');
  const file = files.find((one: RuleFile) => one.path === path);
  if (file === undefined) throw new Error(`The rules have no ${path}`);
  return file;
}

describe('the rule files', () => {
  test('are listed with their texts, tables and messages, and compile without errors', async () => {
    const rules = await get('/v1/rules');
    expect(rules.diagnostics.filter((one: { severity: string }) => one.severity === 'error')).toEqual([]);
    expect(rules.ruleSet).toBe((await get('/v1/health')).ruleSet);
    expect(rules.files.map((file: RuleFile) => file.path)).toEqual(
      expect.arrayContaining(['consumer.rules', 'tables/destinations.csv', 'messages/invoice/de.email.eta']),
    );
  });

  test('compile to a document whose schema can be asked for', async () => {
    const schema = await get('/v1/rules/schema');
    expect(schema).toMatchObject({ $id: 'https://ratebook.example/rule-set.schema.json', type: 'object' });
    expect(schema.required).toContain('decisions');
  });

  test('are saved whole, and only over the text that was edited', async () => {
    const file = await fileOf('consumer.rules');
    const saved = await put('consumer.rules', { text: `${file.text}\n# One more remark\n`, hash: file.hash });
    expect(saved.json()).toEqual({ path: 'consumer.rules', hash: (await fileOf('consumer.rules')).hash });
    const late = await put('consumer.rules', { text: 'lost', hash: file.hash });
    expect([late.statusCode, late.json().type, late.json().hash]).toEqual([
      409,
      '/v1/problems/file-changed',
      saved.json().hash,
    ]);
    expect(await readFile(join(it.rulesFolder, 'consumer.rules'), 'utf8')).toBe(`${file.text}\n# One more remark\n`);
    expect((await readdir(it.rulesFolder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('of ten editors who save at once over the same text one wins', async () => {
    const file = await fileOf('consumer.rules');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        put('consumer.rules', { text: `${file.text}# ${index}\n`, hash: file.hash }),
      ),
    );
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, ...Array(9).fill(409)]);
  });

  test('that are new need no hash, and do not replace one that is there', async () => {
    expect((await put('spring/new.rules', { text: '# New\n' })).statusCode).toBe(200);
    expect((await put('spring/new.rules', { text: '# Newer\n' })).statusCode).toBe(409);
  });

  test.each([
    '../outside.rules',
    '..%2Foutside.rules',
    'a/../../outside.rules',
    '%2Ftmp%2Foutside.rules',
    '.hidden.rules',
    'messages/x/../../../y.eta',
    'program.js',
    'a%00.rules',
    'company.json',
  ])('cannot be written as %s', async (path) => {
    const response = await put(path, { text: 'x' });
    expect([400, 404]).toContain(response.statusCode);
    expect(
      await readdir(join(it.rulesFolder, '..')).then((names) => names.filter((name) => name.startsWith('outside'))),
    ).toEqual([]);
  });

  test('cannot be written through a link that leads out of the folder', async () => {
    await symlink(tmpdir(), join(it.rulesFolder, 'link'));
    const response = await put('link/outside.rules', { text: 'x' });
    expect([response.statusCode, response.json().detail]).toEqual([
      400,
      expect.stringContaining('leads out of the rules folder'),
    ]);
  });
});

describe('rules that are being written', () => {
  test('are checked without being saved; a fault has its place', async () => {
    const { text } = await fileOf('consumer.rules');
    const { ruleSet, diagnostics } = await post('/v1/rules/check', {
      files: [{ path: 'consumer.rules', text: text.replace('EUR per min', 'EUR per GB') }],
    });
    expect(ruleSet).toBeNull();
    expect(diagnostics[0]).toMatchObject({
      severity: 'error',
      file: 'consumer.rules',
      line: expect.any(Number),
      help: expect.stringMatching(/\S/),
    });
    expect((await fileOf('consumer.rules')).text).toBe(text);
  });

  test('are tested by their own tests; one that fails says what was expected and what came', async () => {
    const all = await post('/v1/rules/test', {});
    expect(all).toMatchObject({ failed: 0 });
    expect(all.passed).toBeGreaterThan(10);
    const { text } = await fileOf('taxes.rules');
    const changed = await post('/v1/rules/test', {
      files: [{ path: 'taxes.rules', text: text.replace('19%', '20%') }],
    });
    expect(changed.failed).toBeGreaterThan(0);
    const failing = changed.tests.find((one: { passed: boolean }) => !one.passed);
    expect(failing.failures[0]).toEqual({
      line: expect.any(Number),
      expected: expect.stringMatching(/\S/),
      actual: expect.stringMatching(/\S/),
    });
  });

  test('show what one customer would pay by them, beside what the customer pays now', async () => {
    const { text } = await fileOf('consumer.rules');
    const dearer = text.replace('12.00 EUR monthly', '13.00 EUR monthly');
    expect(dearer).not.toBe(text);
    const { before, after, diagnostics } = await post('/v1/rules/simulate', {
      accountId: 'A-1',
      files: [{ path: 'consumer.rules', text: dearer }],
    });
    expect(diagnostics.filter((one: { severity: string }) => one.severity === 'error')).toEqual([]);
    expect([before.bill.total, after.bill.total]).toEqual(['14.28', '15.47']);
    expect(after.trace).toMatchObject([{ eventId: 'msc-1/R-1', allowance: 'flex.allowance.voice' }]);
    expect(
      await it.api.inject({ method: 'POST', url: '/v1/rules/simulate', payload: { accountId: 'none' } }),
    ).toMatchObject({ statusCode: 404 });
  });

  test('with errors show what the customer pays now, and the errors', async () => {
    const { before, after, diagnostics } = await post('/v1/rules/simulate', {
      accountId: 'A-1',
      files: [{ path: 'consumer.rules', text: 'plan' }],
    });
    expect([before.bill.total, after]).toEqual(['14.28', null]);
    expect(diagnostics.length).toBeGreaterThan(0);
  });
});

describe('releasing rules', () => {
  beforeEach(fresh);

  test('puts what is saved in force; until then nothing changes', async () => {
    const { ruleSet } = await get('/v1/health');
    const file = await fileOf('taxes.rules');
    await put('taxes.rules', { text: file.text.replaceAll('19%', '20%'), hash: file.hash });
    expect((await get('/v1/health')).ruleSet).toBe(ruleSet);
    const released = await post('/v1/rules/release', { despiteFailingTests: true });
    expect(released.ruleSet).not.toBe(ruleSet);
    expect((await get('/v1/health')).ruleSet).toBe(released.ruleSet);
    expect(await it.db('rule_set').orderBy('hash').pluck('hash')).toEqual([ruleSet, released.ruleSet].sort());
  });

  test('whose tests fail leaves the old ones in force and names the failures, unless it is wanted all the same', async () => {
    const { ruleSet } = await get('/v1/health');
    const text = 'test "too cheap"\n  given plan flex\n  expect invoice total 1.23 EUR\n';
    await put('cheap.rules', { text });
    const refused = await it.api.inject({ method: 'POST', url: '/v1/rules/release' });
    expect(refused.json()).toMatchObject({
      type: '/v1/problems/tests-fail',
      status: 409,
      detail: expect.stringMatching(/^1 of \d+ tests fail; the first: cheap\.rules:3 expected /),
      failed: 1,
      failures: [
        {
          name: 'too cheap',
          file: 'cheap.rules',
          line: 3,
          expected: expect.stringContaining('1.23'),
          actual: expect.stringMatching(/\S/),
        },
      ],
    });
    expect((await get('/v1/health')).ruleSet).toBe(ruleSet);
    const file = await fileOf('discounts.rules');
    await put('discounts.rules', { text: file.text.replace('10%', '11%'), hash: file.hash });
    const { ruleSet: other } = await post('/v1/rules/release', { despiteFailingTests: true });
    expect((await get('/v1/health')).ruleSet).toBe(other);
  });

  test('with errors leaves the old ones in force and says what is wrong', async () => {
    const { ruleSet } = await get('/v1/health');
    await writeFile(join(it.rulesFolder, 'broken.rules'), 'plan\n');
    const response = await it.api.inject({ method: 'POST', url: '/v1/rules/release' });
    expect([response.statusCode, response.json().type]).toEqual([422, '/v1/problems/rules-have-errors']);
    expect(response.json().diagnostics[0]).toMatchObject({ file: 'broken.rules', severity: 'error' });
    expect((await get('/v1/health')).ruleSet).toBe(ruleSet);
  });
});

describe('the sample company’s rules', () => {
  beforeAll(fresh);

  test('invite a new customer, tell of a late order, and remind a manual payer on working days', async () => {
    await startTestClock(it.db, instant('2026-03-01T00:00:00Z'));
    await enrol(it.db, 'C-1', {
      customer: { country: 'DE', zone: 'Europe/Berlin' },
      subscription: { renews_on: '2026-05-03' },
    });
    const customer = {
      id: 'C-2',
      name: 'Jan',
      category: 'consumer',
      email: 'jan@example.org',
      country: 'DE',
      language: 'de',
      zone: 'Europe/Berlin',
      hasAppAccount: false,
    };
    const order = { id: 'O-1', category: 'phones', value: '499.00', currency: 'EUR', dueOn: '2026-03-05' };
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/crm',
      type: 'ratebook.customer.acquired',
      data: { customer, order },
    };
    expect(await post('/v1/events', event)).toEqual({ accepted: 1, duplicate: 0 });
    const moved = (
      await it.api.inject({ method: 'PUT', url: '/v1/clock', payload: { now: '2026-05-10T00:00:00Z' } })
    ).json();
    expect(moved.report.failures).toEqual([]);
    const sent = (await outbox(it.db))
      .map(({ template, to, at }) => `${at} ${template} ${to}`)
      .filter((line) => !line.includes('order-delayed-staff'));
    // 3 April 2026 is Good Friday, 26 April and 2 May are weekends: steps move to the working day before.
    expect(sent).toEqual([
      '2026-03-01T08:00:00.000Z app-invitation jan@example.org',
      '2026-03-05T23:00:00.000Z order-delayed jan@example.org',
      '2026-04-02T07:00:00.000Z renewal-reminder c-1@example.org',
      '2026-04-24T07:00:00.000Z renewal-reminder c-1@example.org',
      '2026-04-30T07:00:00.000Z renewal-reminder c-1@example.org',
    ]);
  });
});
