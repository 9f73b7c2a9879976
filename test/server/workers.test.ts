import type { Knex } from 'knex';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { askToGoOn, billRunTasks, lookAfterRuns, type RunEffects } from '../../server/bill-run/advance.ts';
import { initiateBillRun } from '../../server/bill-run/bill-run.ts';
import { followRun } from '../../server/bill-run/follow-run.ts';
import { readBillRunView } from '../../server/bill-run/progress.ts';
import { startWorker, type Tasks, type Worker } from '../../server/queue/worker.ts';
import { hashBooks } from '../../server/report/books.ts';
import { message, source } from '../dsl/sources.ts';
import { billRunToEnd } from './bill-run-to-end.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { enrol, settings } from './engagement-books.ts';

const rules = `plan flat "Flat" in EUR, round half even per line, split at start
  from 2026-01-01
  fee "Rental" 12.00 EUR monthly in arrears
tax standard otherwise 19% category S
notify issued
  on invoice issued
  send "invoice" to customer
`;
const { ruleSet, diagnostics } = compileRules(source(rules, ...message('invoice')));
if (!ruleSet) throw new Error(diagnostics.map((one) => one.message).join('\n'));
const loaded = loadRuleSet(ruleSet);
const accounts = 60;

describe('workers', () => {
  let books: TestDatabase;
  let db: Knex;
  let runId: string;
  const workers: Worker[] = [];

  beforeEach(async () => {
    books = await createTestDatabase();
    db = books.db;
    runId = await startMonth(db);
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop();
    await books.close();
  });

  const effects = (changes: Partial<RunEffects> = {}): RunEffects => ({
    db,
    settings,
    usageFormats: [],
    loadRules: async () => loaded,
    deliver: async () => {},
    report: async () => {},
    ...changes,
  });
  const work = async (tasks: Tasks, lookAfter = () => lookAfterRuns(db)) => {
    const worker = await startWorker({ db, tasks, lookAfter, onError: () => {} });
    workers.push(worker);
  };
  const invoices = async () => (await db('invoice').orderBy('number').pluck('number')) as string[];
  const allNumbers = Array.from({ length: accounts }, (_, index) => `NM-DE-2026-${String(index + 1).padStart(6, '0')}`);

  test('share a run: each does some of its shards, each account is billed once, and the books are those of one worker', async () => {
    const other = await createTestDatabase();
    const otherRun = await startMonth(other.db);
    await billRunToEnd({ ...effects(), db: other.db }, otherRun);
    const expected = await hashBooks(other.db);
    await other.close();

    // Each waits with its first shard until the other has one too: a run of 60 accounts is done before a second worker has looked.
    const shards: number[][] = [[], []];
    const both = barrier(2);
    for (const mine of shards) {
      const tasks = billRunTasks(effects());
      await work({
        ...tasks,
        'bill run shard': async (shard) => {
          mine.push(shard.shard);
          if (mine.length === 1) await both();
          await tasks['bill run shard']?.(shard);
        },
      });
    }
    await askToGoOn(db, runId);
    await followRun(db, runId);
    expect(shards.map((mine) => mine.length > 0)).toEqual([true, true]);
    // Six shards of ten accounts in each of two steps, and one of the sample that is decided again between them.
    expect(shards.flat().sort()).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(await invoices()).toEqual(allNumbers);
    expect(await hashBooks(db)).toBe(expected);
  });

  test('go on when the queue has lost everything that was asked', async () => {
    const tasks = billRunTasks(effects());
    let isLost = false;
    await work({
      ...tasks,
      'bill run shard': async (shard) => {
        // With the first shard all other jobs are lost, and the shard is not worked on either.
        if (!isLost) {
          isLost = true;
          await db.raw('delete from graphile_worker._private_jobs');
          return;
        }
        await tasks['bill run shard']?.(shard);
      },
    });
    await askToGoOn(db, runId);
    await followRun(db, runId);
    expect(isLost).toBe(true);
    expect(await invoices()).toEqual(allNumbers);
  });

  test('change nothing by a job that is done twice, at the same time or later', async () => {
    const tasks = billRunTasks(effects());
    const twice: Tasks = {
      'bill run': async (job) => void (await Promise.all([tasks['bill run']?.(job), tasks['bill run']?.(job)])),
      'bill run shard': async (job) => {
        await Promise.all([tasks['bill run shard']?.(job), tasks['bill run shard']?.(job)]);
        await tasks['bill run shard']?.(job);
      },
    };
    await work(twice);
    await askToGoOn(db, runId);
    await followRun(db, runId);
    expect(await invoices()).toEqual(allNumbers);
    expect(await db('message').where({ run_id: runId }).count('*', { as: 'n' }).first()).toEqual({ n: accounts });
    const before = await hashBooks(db);
    await twice['bill run shard']?.({ runId, step: 'invoice', shard: 0 });
    expect(await hashBooks(db)).toBe(before);
  });

  test('take on the jobs of one that died, at once and not after the hours that the queue would wait', async () => {
    await db.raw(
      "select graphile_worker.add_job('bill run', json_build_object('runId', ?::text), job_key => 'bill run of the dead')",
      [runId],
    );
    await db.raw("update graphile_worker._private_jobs set locked_by = 'a worker that was killed', locked_at = now()");
    // Nobody asks again: the dead worker's job alone leads to the invoices.
    await work(billRunTasks(effects()), async () => {});
    await expect.poll(() => db('bill_run').first('step'), { timeout: 20_000 }).toEqual({ step: 'done' });
    expect(await invoices()).toEqual(allNumbers);
  });

  test('that are not let in when they come back say why, once, and go on when they are', async () => {
    const told: string[] = [];
    const onError = ({ message }: Error) => void told.push(message);
    workers.push(
      await startWorker({ db, tasks: billRunTasks(effects()), lookAfter: () => lookAfterRuns(db), onError }),
    );
    const door = new pg.Client({ connectionString: `${inject('postgresUrl')}postgres` });
    await door.connect();
    const name = new URL(books.url).pathname.slice(1);
    await door.query(`alter database ${name} with allow_connections false`);
    await door.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    const closed = () => told.filter((message) => message.includes('not currently accepting connections'));
    await expect.poll(closed, { timeout: 20_000 }).toHaveLength(1);
    await door.query(`alter database ${name} with allow_connections true`);
    await door.end();
    await askToGoOn(db, runId);
    await followRun(db, runId);
    expect(await invoices()).toEqual(allNumbers);
    expect(closed()).toHaveLength(1);
  });

  test('stop a run whose step cannot go on, with the reason, and take it on when somebody wants it again', async () => {
    let isBroken = true;
    await work(
      billRunTasks(
        effects({
          deliver: async () => {
            if (isBroken) throw new Error('No post today');
          },
        }),
      ),
    );
    await askToGoOn(db, runId);
    await expect(followRun(db, runId)).rejects.toThrow('No post today');
    expect(await readBillRunView(db, runId)).toMatchObject({ step: 'deliver', error: 'No post today' });
    isBroken = false;
    await askToGoOn(db, runId);
    await followRun(db, runId);
    expect(await readBillRunView(db, runId)).toMatchObject({ step: 'done', accounts: { invoiced: accounts } });
  });

  test('stop a run before delivery when an issued invoice is not what its preview shows', async () => {
    let isDelivered = false;
    const deliver = async () => {
      isDelivered = true;
    };
    await db.raw(`
      create function forge() returns trigger language plpgsql as $$ begin
        new.bill = jsonb_set(new.bill, '{lines,0,title}', '"Something else"');
        return new;
      end $$;
      create trigger forge before insert on invoice for each row execute function forge()`);
    await work(billRunTasks(effects({ deliver })));
    await askToGoOn(db, runId);
    await expect(followRun(db, runId)).rejects.toThrow(
      /is stopped before delivery: the preview of account A-C-\d+ is another bill than invoice/,
    );
    expect(isDelivered).toBe(false);
  });
});

async function startMonth(db: Knex): Promise<string> {
  await db('rule_set').insert({ hash: loaded.document.hash, document: JSON.stringify(loaded.document) });
  for (let index = 0; index < accounts; index += 1) await enrol(db, `C-${100 + index}`);
  const { run } = await initiateBillRun(db, {
    closesFrom: '2026-06-01',
    closesUntil: '2026-06-02',
    issuedOn: '2026-06-02',
    ruleSet: loaded.document.hash,
    usageFolder: null,
  });
  return run.id;
}

/** Resolves for everybody once so many have come. */
function barrier(count: number): () => Promise<void> {
  let come = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come === count) open();
    return opened;
  };
}
