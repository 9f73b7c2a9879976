import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { evaluateCycle, validateCycle } from '../../engine/cycle.ts';
import { recheckDecisions } from '../../engine/recheck.ts';
import { loadCycles } from './load-cycles.ts';
import { moveAccounts } from './move-accounts.ts';
import { readDrafts } from './read-drafts.ts';
import { countAccounts, forEachShard, type RunContext, type ShardAccount } from './run-context.ts';
import { type FoundException, storeExceptions } from './store-exceptions.ts';

const shardSize = 100;

/**
 * Holds doubtful bills for a person; the others go on. Then, before any invoice is issued, a sample of the accounts is
 * evaluated again from the beginning and its decisions are decided again by the library: any difference stops the run.
 */
export async function validateStep(context: RunContext): Promise<void> {
  const { db, run, rules } = context;
  const total = await countAccounts(context);
  let done = total - (await countAccounts(context, ['priced']));
  await forEachShard(context, 'priced', shardSize, async (shard) => {
    const [cycles, drafts] = await Promise.all([loadCycles(db, shard, { usage: false }), readDrafts(db, shard)]);
    const found: FoundException[] = [];
    const moves = cycles.map((cycle, index) => {
      const draft = drafts[index];
      if (!draft) throw new Error(`Account ${cycle.account.id} has no draft to validate`);
      const { exceptions, intents } = validateCycle(cycle, draft.rated, draft.bill, rules);
      found.push(
        ...exceptions.map((exception) => ({
          exception,
          runId: run.id,
          accountId: cycle.account.id,
          periodFrom: cycle.bounds.from,
        })),
      );
      const held = exceptions.some((exception) => exception.action === 'hold');
      return {
        accountId: cycle.account.id,
        periodFrom: cycle.bounds.from,
        state: held ? ('held' as const) : ('clear' as const),
        intents,
      };
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
  const { db, run, rules } = context;
  const rows = await db('account_cycle')
    .where({ run_id: run.id })
    .whereIn('state', ['held', 'clear'])
    .select('account_id', 'period_from', 'period_until', 'next_until', 'usage_cut');
  const digest = (accountId: string) => createHash('sha256').update(`${run.id} ${accountId}`).digest('hex');
  const sample = rows
    .map((row) => ({ row, digest: digest(row.account_id) }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .slice(0, Math.min(200, Math.ceil(rows.length / 100)))
    .map(({ row }) => ({
      accountId: row.account_id as string,
      usageCut: row.usage_cut as number,
      bounds: {
        from: row.period_from as string,
        until: row.period_until as string,
        nextUntil: row.next_until as string,
      },
    }));
  for (const account of sample) await recheckAccount(context, account, rules);
}

async function recheckAccount(
  { db, run }: RunContext,
  account: ShardAccount & { usageCut: number },
  rules: RunContext['rules'],
): Promise<void> {
  const [[cycle], [draft]] = await Promise.all([loadCycles(db, [account], { usage: true }), readDrafts(db, [account])]);
  if (!cycle || !draft) throw new Error(`Account ${account.accountId} cannot be read again`);
  const again = evaluateCycle(cycle, rules);
  if (!isSame(again.bill, draft.bill)) {
    throw new Error(
      `Bill run ${run.id} is stopped: evaluated again, account ${account.accountId} has another bill than the run made`,
    );
  }
  const [difference] = await recheckDecisions(again.decisions, rules);
  if (difference) {
    throw new Error(
      `Bill run ${run.id} is stopped: json-rules-engine decides ${difference.set} otherwise for account ${account.accountId}: ${JSON.stringify(difference)}`,
    );
  }
}

/** Equal as data: the database may have reordered the keys of an object. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), b);
}
