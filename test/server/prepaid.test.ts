import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { Bill } from '../../engine/model.ts';
import { addDays } from '../../engine/period.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { findAccountCycle } from '../../server/bill-run/find-cycle.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { enrol, settings } from './engagement-books.ts';

const rulebook = `
plan flex "Prepaid" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  usage paid from credit
  rate voice charge 0.10 EUR per min by 1 min

tax standard otherwise 20% category S
`;

let books: ApiUnderTest;
let rules: LoadedRuleSet;
let fileId: number;

beforeAll(async () => {
  const { ruleSet, diagnostics } = compileRules({ files: [{ path: 'prepaid.rules', text: rulebook }] });
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  rules = loadRuleSet(ruleSet);
  books = await startApi({
    loadAccountCycle: (id, from) => findAccountCycle(books.db, id, '2026-06-16', from),
    released: { folder: '', inForce: () => rules, release: () => Promise.reject(new Error('nothing is released')) },
  });
  await books.db('rule_set').insert({ hash: ruleSet.hash, document: JSON.stringify(ruleSet) });
  await enrol(books.db, 'C-1', { subscription: { plan: 'flex', msisdn: '+35840123' } });
  const counts = { lines_read: 0, accepted: 0, duplicate: 0, quarantined: 0, late: 0 };
  const [file] = await books
    .db('usage_file')
    .insert({ source: 'test', sequence: 1, name: 'test', sha256: 'test', ...counts })
    .returning('file_id');
  fileId = file.file_id;
});
afterAll(() => books.close());

const topUp = (body: object) =>
  books.api.inject({
    method: 'POST',
    url: '/v1/accounts/A-C-1/top-ups',
    payload: { source: 'shop', currency: 'EUR', ...body },
  });
const balance = async () => (await books.api.inject({ url: '/v1/accounts/A-C-1/credit' })).json().balance;
const paid = (id: string, amount: string, receivedAt: string) => ({
  id,
  amount,
  receivedAt,
  kind: 'paid',
  method: 'card',
});

const call = (day: string, minutes: number) =>
  books.db('usage_event').insert({
    ...{
      account_id: 'A-C-1',
      subscription_id: 'S-C-1',
      source: 'test',
      record_id: day,
      sequence: 1,
      msisdn: '+35840123',
    },
    ...{
      service: 'voice',
      start_at: Date.parse(`${day}T10:00:00Z`),
      duration_ms: minutes * 60_000,
      bytes: 0,
      messages: 0,
    },
    ...{
      direction: 'outgoing',
      called_number: '+358401',
      calling_number: '+35840123',
      visited_network: '24405',
      file_id: fileId,
    },
  });

describe('Prepaid credit of an account over two months', () => {
  test('a top-up is told once: the same again changes nothing, another one of its name is refused', async () => {
    expect((await topUp(paid('T-1', '10.00', '2026-04-30T08:00:00Z'))).statusCode).toBe(201);
    const again = await topUp(paid('T-1', '10.00', '2026-04-30T08:00:00Z'));
    expect([again.statusCode, again.json()]).toEqual([200, { credit: 'shop/T-1', created: false }]);
    const other = await topUp(paid('T-1', '20.00', '2026-04-30T08:00:00Z'));
    expect([other.statusCode, other.json().type]).toEqual([409, expect.stringContaining('top-up-differs')]);
    expect(await books.db('top_up')).toHaveLength(1);
  });

  test('what cannot be a top-up is refused, with the field that is wrong, and leaves nothing', async () => {
    const faults = await Promise.all([
      topUp(paid('X', '0.00', '2026-04-30T08:00:00Z')),
      topUp({ ...paid('X', '5.00', '2026-04-30T08:00:00Z'), currency: 'USD' }),
      topUp(paid('X', '5.00', '2026-12-30T08:00:00Z')),
      topUp({ id: 'X', amount: '5.00', kind: 'paid' }),
      topUp({ ...paid('X', '5.00', '2026-04-30T08:00:00Z'), expiresAt: '2026-04-29T08:00:00Z' }),
      topUp({ ...paid('X', '5.00', '2026-04-30T08:00:00Z'), method: ' ' }),
      topUp({ id: 'X', amount: '5.00', kind: 'bonus' }),
      topUp({ ...paid('X', '5.00', '2026-04-30T08:00:00Z'), reason: 'Sorry' }),
    ]);
    expect(faults.map((answer) => [answer.statusCode, answer.json().errors[0].pointer])).toEqual([
      [422, '#/amount'],
      [422, '#/currency'],
      [422, '#/receivedAt'],
      [422, '#/method'],
      [422, '#/expiresAt'],
      [422, '#/method'],
      [422, '#/reason'],
      [422, '#/reason'],
    ]);
    const nobody = await books.api.inject({
      ...{ method: 'POST', url: '/v1/accounts/A-0/top-ups' },
      payload: { source: 'shop', currency: 'EUR', ...paid('X', '5.00', '2026-04-30T08:00:00Z') },
    });
    expect(nobody.statusCode).toBe(404);
    expect(await books.db('top_up')).toHaveLength(1);
  });

  test('May: 50 minutes cost 6.00 with tax, the invoice is paid when it is issued, and 4.00 go on to June', async () => {
    await call('2026-05-05', 50);
    // May is over and not billed: what it has drawn is gone all the same.
    expect(await balance()).toBe('4.00');
    await billCycle(books.db, '2026-06-01');
    const invoice = await books.db('invoice').where({ period_from: '2026-05-01' }).first();
    expect((invoice.bill as Bill).prepaid).toMatchObject({ paid: '6.00', due: '0.00' });
    expect(await books.db('open_invoice').pluck('open')).toEqual(['0.00']);
    expect(await books.db('credit_use').select('credit', 'amount')).toEqual([{ credit: 'shop/T-1', amount: '6.00' }]);
    expect(await balance()).toBe('4.00');
  });

  test('June: a gift is used first, usage lowers the balance as it comes', async () => {
    await topUp({ id: 'G-1', amount: '1.20', kind: 'bonus', reason: 'Sorry', receivedAt: '2026-06-02T08:00:00Z' });
    expect(await balance()).toBe('5.20');
    // 30 minutes are 3.60: 1.20 of the gift, 2.40 of the top-up.
    await call('2026-06-10', 30);
    expect(await balance()).toBe('1.60');
    expect((await books.api.inject({ url: '/v1/accounts/A-0/credit' })).statusCode).toBe(404);
    await billCycle(books.db, '2026-07-01');
    const { bill } = await books.db('invoice').where({ period_from: '2026-06-01' }).first();
    // 3.00 less 1.00 of the gift, and tax on the rest.
    expect(bill).toMatchObject({ net: '2.00', total: '2.40', prepaid: { paid: '2.40', due: '0.00' } });
    expect(await books.db('open_invoice').pluck('open')).toEqual(['0.00', '0.00']);
    const prepaid = await books.db('posting').where({ ledger: 'prepaid credit' }).sum('amount as left').first();
    expect(Number(prepaid?.left)).toBe(-1.6);
  });

  test('the database refuses to use more of a credit than there is, and to change what was topped up', async () => {
    const number = (await books.db('invoice').first()).number;
    const use = {
      credit: 'shop/T-1',
      account_id: 'A-C-1',
      period_from: '2026-07-01',
      invoice_number: number,
      amount: '1.61',
    };
    await expect(books.db('credit_use').insert(use)).rejects.toThrow('more would be used of credit shop/T-1');
    await expect(books.db('top_up').update({ amount: '100.00' })).rejects.toThrow('never changes');
  });
});

async function billCycle(db: Knex, closesFrom: string): Promise<void> {
  const closesUntil = addDays(closesFrom, 1);
  const ruleSet = rules.document.hash;
  const { run } = await initiateBillRun(db, {
    closesFrom,
    closesUntil,
    issuedOn: closesUntil,
    ruleSet,
    usageFolder: null,
  });
  const nothing = async () => undefined;
  const effects = {
    db,
    settings,
    loadRules: async () => rules,
    deliver: nothing,
    report: nothing,
  };
  await billRunToEnd(effects, run.id);
}
