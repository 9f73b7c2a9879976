/**
 * Changes that become known when their days are billed, through real runs. Everybody has a twin of whom the same was known in time: when all is
 * corrected, both have been charged the same.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import type { Bill } from '../../engine/model.ts';
import { addDays } from '../../engine/period.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { applyCorrections } from '../../server/corrections/ask-corrections.ts';
import { hashBooks } from '../../server/report/books.ts';
import { type ApiUnderTest, startApi } from './api-books.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { enrol, settings } from './engagement-books.ts';
import { issue } from './ledger-books.ts';
import { outageAtCommit } from './outage-at.ts';
import { message } from './usage-books.ts';

const rulebook = `
plan flat "Flat" in EUR, round half even per line, split at boundaries
  from 2025-01-01
  fee "Line rental" 31.00 EUR monthly in advance, prorated by day
  rate sms charge 1.00 EUR per message

plan max "Max" in EUR, round half even per line, split at boundaries
  from 2025-01-01
  fee "Line rental" 62.00 EUR monthly in advance, prorated by day
  rate sms charge 2.00 EUR per message

tax reverse_charge
  when customer.category is business
  unless customer.vat_id is missing
  0% category AE, note "Reverse charge"

tax standard otherwise 19% category S
`;
const { ruleSet } = compileRules({ files: [{ path: 'flat.rules', text: rulebook }] });
if (!ruleSet) throw new Error('The rules of this test do not compile');
const rules = loadRuleSet(ruleSet);
const twin = (name: string) => `${name}-IN-TIME`;

describe('subscriptions whose lives become known late', () => {
  let it: ApiUnderTest;
  const everybody = ['UP', 'DOWN', 'PAUSE', 'END', 'CHAIN', 'USED', 'TOLD', 'CLOSED', 'BEGUN', 'TAXED'];
  const ask = async (name: string, changes: readonly object[], apply?: object) => {
    const payload = { changes, ...(apply && { apply: { by: 'a person', why: 'Told on the phone', ...apply } }) };
    const answer = await it.api.inject({
      method: 'POST',
      url: `/v1/subscriptions/S-${name}/backdated-changes`,
      payload,
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  /** All of a list or none, and after that of their twins, who knew. */
  const changedInTime = (name: string, rows: { plans?: [string, string][]; pause?: [string, string]; end?: string }) =>
    Promise.all([
      ...(rows.plans ?? []).map(([from_day, plan]) =>
        it.db('plan_change').insert({ subscription_id: `S-${twin(name)}`, from_day, plan }),
      ),
      ...(rows.pause
        ? [
            it.db('subscription_pause').insert({
              subscription_id: `S-${twin(name)}`,
              from_day: rows.pause[0],
              until_day: rows.pause[1],
            }),
          ]
        : []),
      ...(rows.end
        ? [
            it
              .db('subscription')
              .where({ subscription_id: `S-${twin(name)}` })
              .update({ cancelled_on: rows.end }),
          ]
        : []),
    ]);

  async function billed(closesOn: string): Promise<string> {
    const wanted = { closesFrom: closesOn, closesUntil: addDays(closesOn, 1), issuedOn: addDays(closesOn, 1) };
    const { run } = await initiateBillRun(it.db, { ...wanted, ruleSet: rules.document.hash, usageFolder: null });
    const effects = { loadRules: async () => rules, deliver: async () => undefined, report: async () => undefined };
    await billRunToEnd({ db: it.db, settings, ...effects }, run.id);
    return run.id;
  }
  const sms = async (names: readonly string[], ...at: readonly string[]) => {
    const [file] = await it
      .db('usage_file')
      .insert({ source: 'test', sequence: fileCount++, name: at[0], sha256: `${names[0]} ${at[0]}`, ...counts })
      .returning('file_id');
    const rows = names.flatMap((name) => at.map((day) => message(name, day, file.file_id)));
    await it.db('usage_event').insert(rows);
  };
  let fileCount = 1;
  const counts = { lines_read: 1, accepted: 1, duplicate: 0, quarantined: 0, late: 0 };
  const linesOf = async (name: string, until: string) => {
    const row = await it
      .db('invoice')
      .where({ account_id: `A-${name}`, period_until: until })
      .first('bill');
    return (row?.bill as Bill | undefined)?.lines.map(({ kind, amount }) => [kind, amount]);
  };
  const notesOf = (name: string) =>
    it
      .db('credit_note')
      .where({ account_id: `A-${name}` })
      .orderBy('number')
      .select('net', 'tax', 'run_id');

  beforeAll(async () => {
    it = await startApi({}, 'empty folder', rules.document);
    await it.db('rule_set').insert({ hash: rules.document.hash, document: JSON.stringify(rules.document) });
    for (const name of [...everybody, ...everybody.map(twin), 'HELD'])
      await enrol(it.db, name, { subscription: { accepted_on: '2026-05-01', activated_on: '2026-05-01' } });
    await enrol(it.db, 'OLD');
    await issue(it.db, 'OLD-1', { account: 'A-OLD', from: '2026-04-01', issuedOn: '2026-05-01' });
    for (const name of ['DOWN', twin('DOWN')])
      await it
        .db('subscription')
        .where({ subscription_id: `S-${name}` })
        .update({ plan: 'max' });
    await changedInTime('UP', { plans: [['2026-05-11', 'max']] });
    await changedInTime('DOWN', { plans: [['2026-05-11', 'flat']] });
    await changedInTime('PAUSE', { pause: ['2026-05-22', '2026-06-16'] });
    await changedInTime('END', { end: '2026-05-22' });
    await changedInTime('CHAIN', {
      plans: [
        ['2026-05-11', 'max'],
        ['2026-06-16', 'flat'],
      ],
      pause: ['2026-07-11', '2026-07-21'],
    });
    await changedInTime('USED', { plans: [['2026-05-11', 'max']] });
    for (const name of ['TOLD', 'CLOSED']) await changedInTime(name, { end: '2026-06-16' });
    await it
      .db('customer')
      .where({ customer_id: twin('TAXED') })
      .update({ category: 'business', vat_id: 'FR40303265045' });
    await it
      .db('subscription')
      .where({ subscription_id: `S-${twin('BEGUN')}` })
      .update({ activated_on: '2026-05-11' });
    await sms([...everybody, ...everybody.map(twin)], '2026-05-12T10:00:00Z', '2026-05-14T10:00:00Z');
    await billed('2026-06-01');
    await sms(['UP', twin('UP'), 'USED', twin('USED')], '2026-06-20T10:00:00Z');
    await billed('2026-07-01');
  }, 120_000);
  afterAll(() => it.close());

  test('a plan that was dearer for two cycles: the preview says what it costs and stores nothing; applied, the next invoice charges it', async () => {
    const before = await hashBooks(it.db);
    const change = { kind: 'plan change', from: '2026-05-11', plan: 'max' };
    const preview = await ask('UP', [change]);
    // May was 31 + 31 + 2. Right are 10 days of 1.00, 21 of 2.00 and a June of 62.00, and two messages of 2.00: 118.00.
    expect(preview.body).toMatchObject({
      applied: false,
      invoices: [
        {
          from: '2026-05-01',
          before: { net: '64.00' },
          after: { net: '118.00' },
          difference: { net: '54.00', tax: '10.26' },
          creditNotes: [],
        },
        {
          from: '2026-06-01',
          before: { net: '32.00' },
          after: { net: '64.00' },
          difference: { net: '32.00', tax: '6.08' },
          creditNotes: [],
        },
      ],
    });
    expect(await hashBooks(it.db)).toBe(before);
    const applied = await ask('UP', [change], {});
    expect(applied.body).toEqual({ ...preview.body, applied: true });
    const listed = await it.api.inject({ method: 'GET', url: '/v1/subscriptions/S-UP/backdated-changes' });
    expect(listed.json()).toEqual([
      { from: '2026-05-11', change, knownOn: '2026-06-16', by: 'a person', why: 'Told on the phone' },
    ]);
  });

  test('the database goes away before the change is stored: nobody is told that it is', async () => {
    const before = await hashBooks(it.db);
    const end = await outageAtCommit(it.db, 'plan_change');
    const applied = await ask('DOWN', [{ kind: 'plan change', from: '2026-05-11', plan: 'flat' }], {});
    await end();
    expect([applied.status, applied.body.type]).toEqual([503, '/v1/problems/database-away']);
    expect(await hashBooks(it.db)).toBe(before);
  });

  test('a plan that was cheaper: credit notes at once, and the original, the right bill and who asked stay visible', async () => {
    const applied = await ask('DOWN', [{ kind: 'plan change', from: '2026-05-11', plan: 'flat' }], {});
    // May was 62 + 62 + 4. Right are 10 days of 2.00, 21 of 1.00, a June of 31.00 and two messages of 1.00: 74.00.
    expect(applied.body.invoices.map((one: { creditNotes: unknown }) => one.creditNotes)).toMatchObject([
      [{ net: '54.00', tax: '10.26' }],
      [{ net: '31.00', tax: '5.89' }],
    ]);
    expect(await notesOf('DOWN')).toMatchObject([{ net: '54.00', run_id: null }, { net: '31.00' }]);
    const { number, bill } = await it.db('invoice').where({ account_id: 'A-DOWN' }).orderBy('period_from').first();
    const shown = await it.api.inject({ method: 'GET', url: `/v1/invoices/${number}/corrections` });
    expect(shown.json().corrections).toMatchObject([
      { reason: 'changed records', request: { by: 'a person' }, before: { net: '128.00' }, after: { net: '74.00' } },
    ]);
    expect(bill.net).toBe('128.00');
  });

  test('a pause over the end of a cycle gives back its days in both', async () => {
    const { body } = await ask('PAUSE', [{ kind: 'pause', from: '2026-05-22', until: '2026-06-16' }], {});
    // Ten days of May; June was charged in advance, of which the half is charged again with June.
    expect(body.invoices.map((one: { difference: { net: string } }) => one.difference.net)).toEqual([
      '-41.00',
      '15.50',
    ]);
    expect(await notesOf('PAUSE')).toMatchObject([{ net: '41.00' }]);
  });

  test('an end two cycles ago gives the fees in advance back', async () => {
    const { body } = await ask('END', [{ kind: 'cancellation', on: '2026-05-22' }], {});
    // Ten days of May, all of June on the first invoice and all of July on the second.
    expect(body.invoices.map((one: { difference: { net: string } }) => one.difference.net)).toEqual([
      '-41.00',
      '-31.00',
    ]);
  });

  test('one change after the other, the second before anything of the first is charged', async () => {
    await ask('CHAIN', [{ kind: 'plan change', from: '2026-05-11', plan: 'max' }], {});
    const second = await ask(
      'CHAIN',
      [
        { kind: 'plan change', from: '2026-06-16', plan: 'flat' },
        { kind: 'pause', from: '2026-07-11', until: '2026-07-21' },
      ],
      {},
    );
    expect(second.body.invoices.map((one: { from: string }) => one.from)).toEqual(['2026-06-01']);
  });

  test('usage that comes late at the same time is corrected with it, by the plan that was true', async () => {
    await sms(['USED', twin('USED')], '2026-05-25T10:00:00Z');
    const { body } = await ask('USED', [{ kind: 'plan change', from: '2026-05-11', plan: 'max' }], {});
    expect(body.invoices[0].difference.net).toBe('56.00');
  });

  test('a service that began later than it was billed from', async () => {
    const { body } = await ask('BEGUN', [{ kind: 'activation', on: '2026-05-11' }], {});
    expect(body.invoices.map((one: { difference: { net: string } }) => one.difference.net)).toEqual(['-10.00', '0.00']);
  });

  const tell = async (type: string, data: object) => {
    const answer = await it.api.inject({
      method: 'POST',
      url: '/v1/events',
      headers: { 'content-type': 'application/cloudevents+json' },
      payload: { specversion: '1.0', id: `E-${eventCount++}`, source: '/crm', type: `ratebook.${type}`, data },
    });
    expect(answer.statusCode).toBeLessThan(300);
  };
  let eventCount = 1;

  test('an event that tells of an end in a billed cycle waits for the next run', async () => {
    for (const name of ['TOLD', 'CLOSED'])
      await tell('subscription.cancelled', { subscriptionId: `S-${name}`, cancelledOn: '2026-06-16', reason: 'Moved' });
    await it
      .db('billing_account')
      .whereIn('account_id', ['A-CLOSED', `A-${twin('CLOSED')}`])
      .update({ closed_on: '2026-07-01' });
    const accounts = ['A-TOLD', 'A-CLOSED'];
    expect(
      await it
        .db('unsettled_change')
        .whereIn('account_id', accounts)
        .orderBy('account_id')
        .select('account_id', 'from_day'),
    ).toEqual([
      { account_id: 'A-CLOSED', from_day: '2026-06-16' },
      { account_id: 'A-TOLD', from_day: '2026-06-16' },
    ]);
  });

  test('a VAT number that was told late: the tax is given back, and the invoice charged anew without it', async () => {
    const customer = {
      id: 'TAXED',
      name: 'Taxée',
      category: 'business',
      country: 'FR',
      language: 'fr',
      zone: 'Europe/Paris',
    };
    await tell('customer.acquired', { customer: { ...customer, vatId: 'FR40303265045' } });
    const correct = async (apply?: object) =>
      (
        await it.api.inject({
          method: 'POST',
          url: '/v1/corrections',
          payload: { accounts: ['A-TAXED'], records: 'tax', ...apply },
        })
      ).json();
    const preview = await correct();
    expect(preview.invoices).toMatchObject([
      {
        before: { total: '76.16' },
        after: { net: '64.00', tax: '0.00', total: '64.00' },
        creditNotes: [{ total: '76.16' }],
        charges: [{ amount: '64.00', tax: '0.00' }],
      },
      { before: { total: '36.89' }, after: { total: '31.00' } },
    ]);
    expect(await notesOf('TAXED')).toEqual([]);
    await correct({ apply: { by: 'a person', why: 'The number was told in July' } });
    expect(await notesOf('TAXED')).toMatchObject([
      { net: '64.00', tax: '12.16' },
      { net: '31.00', tax: '5.89' },
    ]);
    expect(await correct({ apply: { by: 'a person', why: 'Again' } })).toMatchObject({ invoices: [] });
  });

  test('what is refused says why, and what to do; nothing of it is stored', async () => {
    const change = { kind: 'plan change', from: '2026-05-11', plan: 'max' };
    const before = await hashBooks(it.db);
    const faults = [
      await ask('NOBODY', [change], {}),
      await ask('UP', [{ ...change, plan: 'gold' }], {}),
      await ask('UP', [{ kind: 'pause', from: '2026-05-11', until: '2026-05-11' }], {}),
      await ask('UP', [change, { kind: 'pause taken back', from: '2026-05-12' }], {}),
      await ask('PAUSE', [{ kind: 'pause', from: '2026-06-10' }], {}),
      await ask('UP', [{ ...change, from: '2026-09-01' }], {}),
      await ask('OLD', [{ ...change, from: '2026-04-20' }], {}),
      await ask('UP', [{ kind: 'cancellation', on: '2020-01-01' }], {}),
    ];
    expect(faults.map(({ status, body }) => [status, body.type.split('/').at(-1)])).toEqual([
      [404, 'not-found'],
      [422, 'invalid-body'],
      [422, 'invalid-body'],
      [404, 'not-found'],
      [409, 'paused-already'],
      [409, 'not-billed-yet'],
      [409, 'cannot-reach-back'],
      [422, 'invalid-body'],
    ]);
    expect(faults.at(-2)?.body.detail).toContain('days from 2026-04-20 on. Invoice OLD-1');
    expect(await hashBooks(it.db)).toBe(before);
    await expect(
      it.db('plan_change').insert({ subscription_id: 'S-UP', from_day: '2026-05-12', plan: 'flat' }),
    ).rejects.toThrow('taken up already');
  });

  test('after the next runs each has been charged what the twin was charged, and nothing more is found', async () => {
    await it.db('plan_change').insert({ subscription_id: 'S-HELD', from_day: '2026-07-20', plan: 'gone' });
    const july = await billed('2026-08-01');
    expect(await linesOf('UP', '2026-08-01')).toEqual([
      ['fee', '62.00'],
      ['correction', '54.00'],
      ['correction', '32.00'],
    ]);
    for (const name of ['TOLD', 'CLOSED']) expect(await notesOf(name)).toMatchObject([{ net: '31.00', run_id: july }]);
    const held = await ask('HELD', [{ kind: 'cancellation', on: '2026-06-10' }], {});
    expect([held.body.type, held.body.detail]).toEqual([
      '/v1/problems/cannot-reach-back',
      `Bill run ${july} is in work on its cycle, which is held: decide its exceptions first`,
    ]);
    await billed('2026-09-01');
    expect(await it.db('unsettled_change')).toEqual([]);
    const charged = async (name: string) => {
      const { rows } = await it.db.raw(
        `select (select sum(total) from invoice where account_id = :account) - coalesce((select sum(total) from credit_note where account_id = :account), 0) as total`,
        { account: `A-${name}` },
      );
      return [name, rows[0].total];
    };
    const right = await Promise.all(everybody.map(async (name) => [name, (await charged(twin(name)))[1]]));
    expect(await Promise.all(everybody.map(charged))).toEqual(right);
    const accounts = everybody.map((name) => `A-${name}`);
    const again = await applyCorrections(it.db, { accounts }, { by: 'a person', why: 'Again', today: '2026-09-02' });
    expect(again).toEqual({ invoices: [], refused: [] });
  });
});
