import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { evaluateCycle, validateCycle } from '../../engine/cycle.ts';
import type { Exception } from '../../engine/model.ts';
import { recheckDecisions } from '../../engine/recheck.ts';
import { moveAccounts } from './move-accounts.ts';
import { readDrafts, withUsage } from './read-drafts.ts';
import { countAccounts, forEachShard, type RunContext, type ShardAccount, toShardAccount } from './run-context.ts';
import { type FoundException, identity, storeExceptions } from './store-exceptions.ts';

const shardSize = 100;

/**
 * Holds doubtful bills for a person; the others go on. Then, before any invoice is issued, a sample of the accounts is
 * evaluated again from the beginning and its decisions are decided again by the library: any difference stops the run.
 */
export async function validateStep(context: RunContext): Promise<void> {
  const { db, run, rules } = context;
  // Limits on single events look at the usage once more; without any, it need not be read again.
  const readsUsage = rules.document.decisions.some(
    (set) => set.family === 'anomaly' && ['event', 'portion'].includes(set.scope),
  );
  const total = await countAccounts(context);
  let done = total - (await countAccounts(context, ['priced']));
  await forEachShard(context, 'priced', shardSize, async (shard) => {
    const drafts = await readDrafts(db, shard);
    const cycles = readsUsage ? await withUsage(db, drafts) : drafts.map(({ inputs }) => inputs);
    const found: FoundException[] = [];
    const moves = drafts.map(({ inputs, rated, bill }, index) => {
      const [accountId, periodFrom] = [inputs.account.id, inputs.bounds.from];
      const { exceptions, intents } = validateCycle(cycles[index] ?? inputs, rated, bill, rules);
      found.push(...exceptions.map((exception) => ({ exception, runId: run.id, accountId, periodFrom })));
      const state = exceptions.some((exception) => exception.action === 'hold')
        ? ('held' as const)
        : ('clear' as const);
      return { accountId, periodFrom, state, intents };
    });
    await db.transaction(async (trx) => {
      await storeExceptions(trx, found);
      await moveAccounts(trx, run.id, 'priced', moves);
    });
    done += shard.length;
    context.onProgress({ step: 'validate', done, total, unit: 'accounts' });
  });
  await recheckSample(context);
}

/** 1 % of the accounts, at least one and at most 200, chosen by a hash of run and account: the same in every attempt. */
async function recheckSample(context: RunContext): Promise<void> {
  const { db, run } = context;
  const rows = await db('account_cycle')
    .where({ run_id: run.id })
    .whereIn('state', ['held', 'clear'])
    .select('account_id', 'period_from', 'period_until', 'next_until');
  const digest = (accountId: string) => createHash('sha256').update(`${run.id} ${accountId}`).digest('hex');
  const sample = rows
    .map((row) => ({ row, digest: digest(row.account_id) }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .slice(0, Math.min(200, Math.ceil(rows.length / 100)))
    .map(({ row }) => toShardAccount(row));
  for (const account of sample) await recheckAccount(context, account);
}

async function recheckAccount({ db, run, rules }: RunContext, account: ShardAccount): Promise<void> {
  const drafts = await readDrafts(db, [account]);
  const [cycle] = await withUsage(db, drafts);
  const [draft] = drafts;
  if (!cycle || !draft) throw new Error(`Account ${account.accountId} cannot be read again`);
  const again = evaluateCycle(cycle, rules);
  const stop = (difference: string) =>
    new Error(`Bill run ${run.id} is stopped: evaluated again, account ${account.accountId} ${difference}`);
  if (!isSame(again.bill, draft.bill)) throw stop('has another bill than the run made');
  if (!isSame(again.intents, draft.intents)) throw stop('gets other messages than the run found');
  if (!isSame(uniqueInBrief(again.exceptions), await readExceptions(db, account)))
    throw stop('has other exceptions than the run found');
  const [difference] = await recheckDecisions(again.decisions, rules);
  if (difference) {
    throw new Error(
      `Bill run ${run.id} is stopped: json-rules-engine decides ${difference.set} otherwise for account ${account.accountId}: ${JSON.stringify(difference)}`,
    );
  }
}

/** What the queue keeps of an account's exceptions: one for each code, subject and rule. */
function uniqueInBrief(exceptions: readonly Exception[]): readonly string[] {
  const kept = new Map<string, Exception>();
  for (const one of exceptions) {
    const key = identity(one);
    if (!kept.has(key)) kept.set(key, one);
  }
  return [...kept.values()].map(inBrief).sort();
}

const inBrief = (one: Pick<Exception, 'code' | 'subject' | 'action' | 'evidence'>) =>
  `${one.code} ${one.subject} ${one.action} ${one.evidence}`;

async function readExceptions(db: Knex, { accountId, bounds }: ShardAccount): Promise<readonly string[]> {
  const rows = await db('exception')
    .where({ account_id: accountId, period_from: bounds.from })
    .select('code', 'subject', 'action', 'evidence');
  return rows.map(inBrief).sort();
}

/** Equal as data: the database may have reordered the keys of an object. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), b);
}
