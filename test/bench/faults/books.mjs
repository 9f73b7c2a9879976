// The product's own way from usage files to bills, on a PostgreSQL of the bench's own.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { isActive, months, planIn } from './people.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const dist = (path) => import(join(root, 'dist/server', path));

/** What is billed in the bench: the shipped prices, taxes, discounts and limits, and nothing that is told to anybody. */
const ruleFiles = [
  'anomalies.rules',
  'business.rules',
  'consumer.rules',
  'discounts.rules',
  'shared.rules',
  'taxes.rules',
];

/** Two releases of the prices: the shipped ones, and those of the last month. */
async function prepareRules(folder) {
  for (const release of ['before', 'after']) {
    await mkdir(join(folder, release), { recursive: true });
    await cp(join(root, 'rules/tables'), join(folder, release, 'tables'), { recursive: true });
    const company = JSON.parse(await readFile(join(root, 'rules/company.json'), 'utf8'));
    await writeFile(join(folder, release, 'company.json'), JSON.stringify({ ...company, incompleteUsage: 'wait' }));
    for (const file of ruleFiles) {
      const text = withoutTests(await readFile(join(root, 'rules', file), 'utf8'));
      await writeFile(join(folder, release, file), release === 'after' ? dearer(text) : text);
    }
  }
}

/** Tests of the rules say today's prices; they have been run before. */
function withoutTests(text) {
  return text.replaceAll(/^test "[^"]*"\n(?: .*\n|\n(?= ))*/gm, '');
}

/** The next release: calls by day, data and the line itself cost more. */
function dearer(text) {
  return text
    .replaceAll('charge 0.05 EUR per min', 'charge 0.06 EUR per min')
    .replaceAll('1.20 EUR per GB', '1.35 EUR per GB')
    .replaceAll('"Line rental" 12.00 EUR', '"Line rental" 12.90 EUR')
    .replaceAll('"Line rental" 15.00 EUR', '"Line rental" 15.90 EUR');
}

/** Opens the server and prepares the rules. `open` gives the books of one database. */
export async function openBooks(folder) {
  await prepareRules(join(folder, 'rules'));
  const { startEmbeddedPostgres } = await dist('database/embedded-postgres.js');
  const { connect } = await dist('database/database.js');
  const { composeRatebook } = await dist('compose.js');
  const server = process.env.DATABASE_URL
    ? { serverUrl: process.env.DATABASE_URL.replace(/[^/]*$/, ''), leave: async () => {} }
    : await startEmbeddedPostgres(folder);
  const asAdmin = async (work) => {
    const client = new pg.Client({ connectionString: `${server.serverUrl}postgres` });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  };
  // What a crash would lose is made again; copying the books for each fault is several times as fast so.
  if (!process.env.DATABASE_URL)
    await asAdmin(async (client) => {
      await client.query('alter system set fsync = off');
      await client.query('select pg_reload_conf()');
    });
  const open = async (name, template) => {
    await asAdmin(async (client) => {
      // Copying files is several times as fast as writing a large template to the log.
      const from = template ? ` template ${client.escapeIdentifier(template)} strategy file_copy` : '';
      await client.query(`create database ${client.escapeIdentifier(name)}${from}`);
    });
    const db = await connect(`${server.serverUrl}${name}`);
    const book = await composeRatebook({
      db,
      rulesFolder: join(folder, 'rules/before'),
      dataFolder: folder,
      smtpUrl: 'smtp://127.0.0.1:9',
      acceptedIsDelivered: true,
      publicUrl: 'http://127.0.0.1',
    });
    const worker = await book.work();
    const close = async () => {
      await worker.stop();
      await book.close();
      await db.destroy();
    };
    return { db, book, close };
  };
  const drop = (name) =>
    asAdmin((client) => client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`));
  return {
    open,
    drop,
    /** Puts a release in force for the first time; its hash. */
    release: async ({ db }, release) => {
      const { createReleasedRules } = await dist('rules/released-rule-set.js');
      const released = createReleasedRules(db, join(folder, 'rules', release));
      const { diagnostics } = await released.release();
      const rules = released.inForce();
      if (!rules) throw new Error(`The rules of the bench have faults: ${JSON.stringify(diagnostics[0])}`);
      return rules.document.hash;
    },
    close: async () => {
      await server.leave();
      if (!process.env.DATABASE_URL) {
        const { removeEmbeddedPostgres } = await dist('database/embedded-postgres.js');
        await removeEmbeddedPostgres(folder);
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Customers, accounts and lines as they stand at the beginning of a month, and their cards at its end; `first` is the first month of the books. */
export async function enterPeople(db, people, cards, index, first = 0) {
  const from = `${months[index]}-01`;
  const came = people.filter((account) => (index === first ? account.since <= first : account.since === index));
  const insert = async (table, rows) => {
    for (let start = 0; start < rows.length; start += 500) await db(table).insert(rows.slice(start, start + 500));
  };
  await insert(
    'customer',
    came.map((account) => ({
      customer_id: account.customerId,
      name: account.customerId,
      category: account.business ? 'business' : 'consumer',
      country: 'DE',
      tax_country: 'DE',
      language: 'de',
      zone: 'Europe/Berlin',
      promotion_consent: false,
    })),
  );
  const since = (account) => (account.since < 0 ? '2025-06-01' : from);
  const lasts = (line) => line.until > index;
  await insert(
    'billing_account',
    came.map((account) => ({
      account_id: account.id,
      customer_id: account.customerId,
      legal_entity: 'NM-DE',
      currency: 'EUR',
      zone: 'Europe/Berlin',
      cycle_day: 1,
      opened_on: from,
    })),
  );
  await insert(
    'subscription',
    came.flatMap((account) =>
      account.lines.filter(lasts).map((line) => ({
        subscription_id: line.id,
        account_id: account.id,
        plan: line.plan,
        msisdn: line.msisdn,
        payment: 'direct debit',
        accepted_on: since(account),
        activated_on: since(account),
      })),
    ),
  );
  for (const line of people.flatMap((account) => account.lines)) {
    const imsi = isActive(line, index) && cards[index].get(line.id).told;
    if (imsi)
      await db('subscription')
        .where({ subscription_id: line.id })
        .whereRaw('imsi is distinct from ?', [imsi])
        .update({ imsi });
    if (line.changesIn === index && isActive(line, index))
      await db('subscription')
        .where({ subscription_id: line.id })
        .update({ plan: planIn(line, index) });
    if (line.until === index + 1)
      await db('subscription')
        .where({ subscription_id: line.id })
        .update({ cancelled_on: firstAfter(index) });
  }
}

const firstAfter = (index) => new Date(Date.UTC(2026, index + 1, 1)).toISOString().slice(0, 10);

/**
 * Bills a month. Where the run waits for a person, that is noted, and then somebody waves everything through: what the
 * bills would have been must be known to say which of them are wrong.
 */
export async function billMonth({ db, book }, index, usageFolder, ruleSet) {
  const { initiateBillRun } = await dist('bill-run/bill-run.js');
  const until = firstAfter(index);
  const { run } = await initiateBillRun(db, {
    closesFrom: until,
    closesUntil: `${until.slice(0, 8)}02`,
    issuedOn: `${until.slice(0, 8)}02`,
    ruleSet,
    usageFolder,
  });
  const waits = await advance(db, book, run.id);
  const cycles = await db('account_cycle')
    .where({ run_id: run.id })
    .select('account_id', 'state', db.raw("bill->>'total' as total"));
  const held = await db('exception')
    .where({ run_id: run.id, action: 'hold' })
    .whereNotNull('account_id')
    .select('account_id', 'code', 'rule');
  return { runId: run.id, waits, cycles, held };
}

/** The exceptions for which the run waited, before it went through. */
async function advance(db, book, runId) {
  const waited = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    await book.advance(runId).catch(() => undefined);
    const { step } = await db('bill_run').where({ run_id: runId }).first('step');
    if (step !== 'collect') return waited;
    const open = await db('exception').where({ state: 'open', action: 'hold' }).whereIn('object', ['source', 'run']);
    if (open.length === 0) break;
    for (const one of open) {
      waited.push({ code: one.code, subject: one.subject, evidence: one.evidence });
      await decide(db, one.exception_id, 'The bench wants to know what the bills would have been');
    }
  }
  const { error } = await db('bill_run').where({ run_id: runId }).first('error');
  throw new Error(`Bill run ${runId} does not go on: ${error}`);
}

async function decide(db, id, reason) {
  const { decideException } = await dist('api/decide-exception.js');
  await decideException(db, id, { state: 'approved', reason, by: 'bench' }, Date.now());
}

/** Before the next month: what is held is released. */
export async function releaseAll({ db, book }, runId) {
  const open = await db('exception').where({ run_id: runId, state: 'open', action: 'hold' }).pluck('exception_id');
  for (const id of open) await decide(db, id, 'Nothing is wrong with the clean months');
  await book.advance(runId);
}
