import { setImmediate as others } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { evaluateCycle } from '../../engine/cycle.ts';
import type { AccountCycle, Decision, Exception } from '../../engine/model.ts';
import { recheckDecisions } from '../../engine/recheck.ts';
import { correctionExceptions } from '../corrections/store-corrections.ts';
import { doubtCode } from '../source-check/mixed-identity.ts';
import { type Draft, readDrafts, withUsage } from './read-drafts.ts';
import type { RunContext, ShardAccount } from './run-context.ts';
import { identity } from './store-exceptions.ts';

/**
 * Before any invoice is issued, a sample of the accounts is evaluated again from what was kept of them, and its decisions are
 * decided again by the library: any difference stops the run. This does a shard of the sample.
 */
export async function validateShard(
  trx: Knex.Transaction,
  context: Pick<RunContext, 'run' | 'rules'>,
  sample: readonly ShardAccount[],
): Promise<void> {
  const drafts = await readDrafts(trx, sample);
  const cycles = await withUsage(trx, drafts);
  for (const [index, account] of sample.entries()) {
    // A server answers meanwhile.
    await others();
    const [draft, cycle] = [drafts[index], cycles[index]];
    if (!cycle || !draft) throw new Error(`Account ${account.accountId} cannot be read again`);
    await recheckAccount(trx, context, account, draft, cycle);
  }
}

async function recheckAccount(
  db: Knex,
  { run, rules }: Pick<RunContext, 'run' | 'rules'>,
  account: ShardAccount,
  draft: Draft,
  cycle: AccountCycle,
): Promise<void> {
  const again = evaluateCycle(cycle, rules);
  const stop = (difference: string) =>
    new Error(`Bill run ${run.id}: evaluated again, account ${account.accountId} ${difference}`);
  if (!isSame(again.bill, draft.bill)) throw stop('has another bill than the run made');
  if (!isSame(again.intents, draft.intents)) throw stop('gets other messages than the run found');
  const corrections = await correctionExceptions(db, account.accountId, account.bounds.from);
  if (!isSame(uniqueInBrief([...again.exceptions, ...corrections]), await readExceptions(db, account)))
    throw stop('has other exceptions than the run found');
  const [difference] = await recheckDecisions(distinct(again.decisions), rules);
  if (difference) {
    throw new Error(
      `Bill run ${run.id}: json-rules-engine decides ${difference.set} otherwise for account ${account.accountId}: ${JSON.stringify(difference)}`,
    );
  }
}

/** The events of a bill are often alike in all that the rules ask of them: the library is asked once. */
function distinct(decisions: readonly Decision[]): readonly Decision[] {
  const byQuestion = new Map(decisions.map((one) => [JSON.stringify([one.set, one.facts, one.matches]), one]));
  return [...byQuestion.values()];
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
    .where({ account_id: accountId, period_from: bounds.from, superseded: false })
    .whereNot({ code: doubtCode })
    .select('code', 'subject', 'action', 'evidence');
  return rows.map(inBrief).sort();
}

/** Equal as data: the database may have reordered the keys of an object. */
function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), b);
}
