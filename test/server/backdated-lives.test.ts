/**
 * Random lives of subscriptions through real runs, month after month: told in time, late, or by an event, with usage that comes late as well, and
 * some of it invoiced in mid-cycle. The
 * same months are billed once more in books that know everything from the start; what accounts were charged is the same.
 */
import fc from 'fast-check';
import type { Knex } from 'knex';
import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { addDays } from '../../engine/period.ts';
import { type BackdatedChange, noteCancellation } from '../../server/accounts/backdated-changes.ts';
import { removePause, removePlanChange, setPause, setPlanChange } from '../../server/accounts/subscription-changes.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { backdate, previewBackdated } from '../../server/corrections/backdate.ts';
import { billThresholds } from '../../server/interim/bill-thresholds.ts';
import { source } from '../dsl/sources.ts';
import { correctedRules } from '../engine/corrected-rules.ts';
import { type Told, told } from '../engine/drawn-lives.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase } from './database.ts';
import { enrol, settings } from './engagement-books.ts';

// Late usage that the next cycle bills is charged by when it came, and not by when it was used.
const { ruleSet } = compileRules(source(correctedRules.replace(/^ *policy late usage .*\n/m, '')));
if (!ruleSet) throw new Error('The rules of this test do not compile');
const rules = loadRuleSet(ruleSet);

/** On these days cycles close; after the last run nothing becomes known any more. */
const closings = ['2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01'];
const accounts = 24;

interface Account {
  readonly name: string;
  readonly changes: readonly { readonly told: Told; readonly knownIn: number; readonly byEvent: boolean }[];
  readonly usage: readonly { readonly at: string; readonly megabytes: number; readonly comesIn: number }[];
}

const drawn = fc.record({
  changes: fc.array(fc.record({ told, knownIn: fc.integer({ min: 0, max: 3 }), byEvent: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  usage: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 122 }).map((day) => `${addDays('2026-05-01', day)}T10:00:00Z`),
      megabytes: fc.integer({ min: 100, max: 4000 }),
      comesIn: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 8 },
  ),
});

test('what is charged in the end does not depend on when and how it became known', async () => {
  const all = fc
    .sample(drawn, { numRuns: accounts, seed: 20_260_501 })
    .map((one, index): Account => ({ ...one, name: `R-${index}` }));
  const late = await openBooks(all);
  const reached = { backdated: 0, previewed: 0, refused: 0, interim: 0 };
  for (const [run, closesOn] of closings.entries()) {
    for (const account of all) {
      await tellUsage(late.db, account, ({ comesIn, at }) => Math.max(comesIn, monthOf(at)) === run);
      for (const change of account.changes.filter(({ knownIn }) => knownIn === run))
        await tell(late.db, account, change, closesOn, reached);
    }
    // Some of it is invoiced before the end of its cycle, in these books alone.
    const lastNoon = Date.parse(`${addDays(closesOn, -1)}T12:00:00Z`);
    reached.interim += (await billThresholds(late.db, rules, settings, lastNoon, [])).issued.length;
    await bill(late.db, closesOn);
  }
  const inTime = await openBooks(all);
  await copyLives(late.db, inTime.db);
  for (const account of all) await tellUsage(inTime.db, account, () => true);
  for (const closesOn of closings) await bill(inTime.db, closesOn);
  const [was, right] = [await charged(late.db), await charged(inTime.db)];
  expect(was.map(({ account_id, net }) => [account_id, net])).toEqual(
    right.map(({ account_id, net }) => [account_id, net]),
  );
  const bearTax = was.filter(({ tax }, index) => tax !== null && right[index]?.tax !== null);
  expect(bearTax.length).toBeGreaterThan(accounts / 2);
  expect(bearTax).toEqual(right.filter(({ account_id }) => bearTax.some((one) => one.account_id === account_id)));
  expect([reached.backdated > 10, reached.previewed, reached.refused]).toEqual([true, reached.backdated, 0]);
  expect(reached.interim).toBeGreaterThan(10);
  expect(await late.db('unsettled_change')).toEqual([]);
  expect(Number((await late.db('credit_note').count({ n: '*' }).first())?.n)).toBeGreaterThan(10);
  await late.close();
  await inTime.close();
}, 240_000);

/** Usage of a month can be known in the run of that month at the earliest. */
function monthOf(at: string): number {
  return closings.findIndex((day) => at.slice(0, 10) < day);
}

async function openBooks(all: readonly Account[]) {
  const books = await createTestDatabase();
  await books.db('rule_set').insert({ hash: rules.document.hash, document: JSON.stringify(rules.document) });
  for (const { name } of all)
    await enrol(books.db, name, {
      subscription: { plan: 'flex', accepted_on: '2026-01-01', activated_on: '2026-05-01' },
    });
  return books;
}

async function bill(db: Knex, closesOn: string): Promise<void> {
  const wanted = { closesFrom: closesOn, closesUntil: addDays(closesOn, 1), issuedOn: closesOn };
  const { run } = await initiateBillRun(db, { ...wanted, ruleSet: rules.document.hash, usageFolder: null });
  const effects = { loadRules: async () => rules, deliver: async () => undefined, report: async () => undefined };
  await billRunToEnd({ db, settings, ...effects }, run.id);
}

async function tell(
  db: Knex,
  { name }: Account,
  { told: change, byEvent }: Account['changes'][number],
  today: string,
  reached: { backdated: number; previewed: number; refused: number },
): Promise<void> {
  const subscriptionId = `S-${name}`;
  if (change.kind === 'pause' && change.until !== undefined && change.until <= change.from) return;
  if (change.kind === 'cancellation' && change.on !== undefined && byEvent) {
    const { on } = change;
    await db.transaction(async (trx) => {
      await noteCancellation(trx, subscriptionId, on, { why: '', on: today });
      await trx('subscription').where({ subscription_id: subscriptionId }).update({ cancelled_on: on });
    });
    return;
  }
  const request = { subscriptionId, changes: [backdatedOf(change)] };
  const preview = await previewBackdated(db, request, today);
  const outcome = await backdate(db, request, { by: 'a person', why: 'Told', today });
  expect(preview.kind).toBe(outcome.kind);
  if (outcome.kind === 'corrected') reached.backdated += 1;
  if (outcome.kind === 'corrected' && preview.kind === 'corrected') {
    reached.previewed += 1;
    const differences = (invoices: typeof outcome.invoices) => invoices.map(({ difference }) => difference);
    expect(differences(preview.invoices)).toEqual(differences(outcome.invoices));
  }
  if (outcome.kind === 'refused') reached.refused += 1;
  if (outcome.kind === 'ahead') await enterAhead(db, subscriptionId, request.changes[0] as BackdatedChange);
}

function backdatedOf(change: Told): BackdatedChange {
  if (change.kind !== 'cancellation') return change;
  return change.on === undefined ? { kind: 'cancellation taken back' } : { kind: 'cancellation', on: change.on };
}

/** As the routes and events do it for days that no bill knows. */
async function enterAhead(db: Knex, id: string, change: BackdatedChange): Promise<void> {
  const update = (changes: object) => db('subscription').where({ subscription_id: id }).update(changes);
  switch (change.kind) {
    case 'plan change':
      return void (await setPlanChange(db, id, change));
    case 'plan change taken back':
      return void (await removePlanChange(db, id, change.from));
    case 'pause':
      return void (await setPause(db, id, { from: change.from, ...(change.until && { until: change.until }) }));
    case 'pause taken back':
      return void (await removePause(db, id, change.from));
    case 'cancellation':
      return void (await update({ cancelled_on: change.on }));
    case 'cancellation taken back':
      return void (await update({ cancelled_on: null }));
    case 'activation':
      return void (await update({ activated_on: change.on }));
  }
}

async function tellUsage(
  db: Knex,
  { name, usage }: Account,
  isKnown: (one: Account['usage'][number]) => boolean,
): Promise<void> {
  const known = usage.filter(isKnown);
  if (known.length === 0) return;
  const last = await db('usage_file').max({ sequence: 'sequence' }).first();
  const sequence = (last?.sequence ?? 0) + 1;
  const counts = { lines_read: known.length, accepted: known.length, duplicate: 0, quarantined: 0, late: 0 };
  const file = { source: 'test', sequence, name: `file ${sequence}`, sha256: `file ${sequence}`, ...counts };
  const [{ file_id }] = await db('usage_file').insert(file).returning('file_id');
  await db('usage_event').insert(
    known.map(({ at, megabytes }) => ({
      account_id: `A-${name}`,
      subscription_id: `S-${name}`,
      source: 'test',
      record_id: `${name} ${at} ${megabytes}`,
      sequence: 1,
      msisdn: '+358401234567',
      service: 'data',
      start_at: Date.parse(at),
      duration_ms: 0,
      bytes: megabytes * 1_000_000,
      messages: 0,
      direction: 'outgoing',
      called_number: '',
      calling_number: '',
      visited_network: '24405',
      file_id,
    })),
  );
}

async function copyLives(from: Knex, to: Knex): Promise<void> {
  for (const table of ['plan_change', 'subscription_pause']) {
    const rows = await from(table);
    if (rows.length > 0) await to(table).insert(rows);
  }
  for (const { subscription_id, activated_on, cancelled_on } of await from('subscription'))
    await to('subscription').where({ subscription_id }).update({ activated_on, cancelled_on });
}

interface Charged {
  readonly account_id: string;
  /** All invoices less all credit notes and the credit that is left, before tax. */
  readonly net: string;
  /** Null where credit is left, which bears its own tax when it is used. */
  readonly tax: string | null;
}

async function charged(db: Knex): Promise<readonly Charged[]> {
  const { rows } = await db.raw<{ rows: Charged[] }>(
    `
    select account_id, sum(net) - coalesce(left_over, 0) as net, case when left_over is null then sum(tax) end as tax
    from (select account_id, net, tax from invoice union all select account_id, -net, -tax from credit_note) d
      left join (select account_id, sum(amount) as left_over from credit_balance where known_from = ? group by 1) c using (account_id)
    group by account_id, left_over order by account_id`,
    [closings.at(-1) ?? ''],
  );
  return rows;
}
