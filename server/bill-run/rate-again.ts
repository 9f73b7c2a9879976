import type { Knex } from 'knex';
import type { EpochMs, Exception } from '../../engine/model.ts';
import type { DecideResult } from '../api/decide-exception.ts';
import { openCycles } from '../corrections/open-cycles.ts';
import { toTimestamp } from '../engagement/engagement-deps.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { findMixedIdentity } from '../source-check/mixed-identity.ts';
import { readRunCycles } from '../source-check/run-cycles.ts';
import { readCollectContext } from '../usage/read-collect-context.ts';
import type { UsageFormat } from '../usage/usage-formats.ts';
import { cutUsage } from '../usage/usage-lock.ts';
import { readBillRun } from './bill-run.ts';
import { rateOpened, storeDrafts } from './rate-step.ts';
import { joinRating } from './rating-lock.ts';
import { replaceExceptions } from './replace-exceptions.ts';
import { type ShardAccount, toShardAccount } from './run-context.ts';
import { lockRun } from './run-shards.ts';
import { usageCuts } from './usage-cuts.ts';
import { validateShard } from './validate-step.ts';

/** Who has a held bill rated again, and why. */
export interface RateAgainDecision {
  readonly reason: string;
  readonly by: string;
}

/** `why` says in words why the bill cannot be rated again, or not now. */
export type RateAgainResult = DecideResult | { readonly kind: 'refused'; readonly why: string };

/**
 * Decides an open exception by rating the held bill that it is about again, with all that is known now and by the rules of its run. What the first
 * draft had decided (late usage, corrections of earlier invoices, exceptions) is taken back, and the bill is held on if something still holds it. One
 * transaction: nobody sees half of it, and nothing has changed if it is refused.
 *
 * @param usageFormats of sources that write files of their own: records that wait in quarantine are read by them.
 */
export async function rateAgain(
  db: Knex,
  exceptionId: number,
  decision: RateAgainDecision,
  now: EpochMs,
  usageFormats: readonly UsageFormat[],
): Promise<RateAgainResult> {
  // In a transaction of its own: collecting may take long, and the run must not wait for it, nor for who looks at all records of three months.
  const lastDelivery = await db.transaction(cutUsage);
  const doubts = await doubtsOf(db, exceptionId, usageFormats);
  return db.transaction(async (trx): Promise<RateAgainResult> => {
    await joinRating(trx);
    const about = await readDecided(trx, exceptionId);
    if (about === undefined) return { kind: 'unknown' };
    const { runId, accountId, periodFrom } = about;
    if (runId === null || accountId === null || periodFrom === null)
      return refused('It is about no bill: approve or reject it');
    await lockRun(trx, runId);
    const key = { account_id: accountId, period_from: periodFrom };
    const cycle = await trx('account_cycle')
      .where({ ...key, run_id: runId })
      .forUpdate()
      .first();
    // As it is now that nobody else can decide it.
    const exception = await readDecided(trx, exceptionId);
    if (exception?.state !== 'open')
      return { kind: 'already decided', state: exception?.state ?? '', by: exception?.decidedBy ?? null };
    if (cycle?.state !== 'held')
      return refused(
        `The bill of account ${accountId} from ${periodFrom} is not held: it is ${cycle?.state ?? 'none'}`,
      );
    if (await isValidating(trx, runId))
      return refused(`Bill run ${runId} is comparing its bills just now: try again when it has done so`);
    const isHeld = await rate(
      trx,
      runId,
      toShardAccount(cycle),
      { lastDelivery, doubts },
      {
        ...decision,
        exceptionId,
        at: toTimestamp(now),
      },
    );
    return { kind: 'decided', runId: isHeld ? null : runId };
  });
}

const refused = (why: string) => ({ kind: 'refused', why }) as const;

interface Decided {
  readonly runId: string | null;
  readonly accountId: string | null;
  readonly periodFrom: string | null;
  readonly state: string;
  readonly decidedBy: string | null;
}

async function readDecided(trx: Knex, id: number): Promise<Decided | undefined> {
  return trx('exception').where({ exception_id: id }).first({
    runId: 'run_id',
    accountId: 'account_id',
    periodFrom: 'period_from',
    state: 'state',
    decidedBy: 'decided_by',
  });
}

/** Whether drafts of the run are being read to be compared, now or as soon as a worker comes: they must not change between two reads. */
async function isValidating(trx: Knex.Transaction, runId: string): Promise<boolean> {
  const run = await readBillRun(trx, runId);
  if (run.step !== 'validate') return false;
  if (run.error === null) return true;
  // What stopped it was one shard; who was at another one then may still be.
  const left = () => trx('run_shard').where({ run_id: runId, step: 'validate', done: false });
  const all = await left().pluck('shard');
  const idle = await left().forUpdate().skipLocked().pluck('shard');
  return idle.length < all.length;
}

/** What a bill is rated again by. */
interface KnownNow {
  readonly lastDelivery: number;
  /** Whose the records of the cycle are: rating does not find it. */
  readonly doubts: readonly Exception[];
}

/** Doubts whose the records are of the cycle that an exception is about, as a run doubts those of all. */
async function doubtsOf(db: Knex, exceptionId: number, formats: readonly UsageFormat[]): Promise<readonly Exception[]> {
  const about = await readDecided(db, exceptionId);
  if (about?.state !== 'open' || about.runId === null || about.accountId === null) return [];
  const held = { run_id: about.runId, account_id: about.accountId, period_from: about.periodFrom, state: 'held' };
  if (!(await db('account_cycle').where(held).first('state'))) return [];
  const { document } = await loadReleasedRuleSet(db, (await readBillRun(db, about.runId)).ruleSet);
  const context = await readCollectContext(db, document, formats);
  const found = await findMixedIdentity(context, await readRunCycles(db, about.runId, about.accountId));
  return found.map(({ exception }) => exception);
}

/** @returns whether something holds the new draft. */
async function rate(
  trx: Knex.Transaction,
  runId: string,
  account: ShardAccount,
  { lastDelivery, doubts }: KnownNow,
  decision: RateAgainDecision & { readonly exceptionId: number; readonly at: string },
): Promise<boolean> {
  const { accountId, bounds } = account;
  const run = await readBillRun(trx, runId);
  const rules = await loadReleasedRuleSet(trx, run.ruleSet);
  // Never less than before, which somebody may have had rated again a moment ago.
  const usageCut = (await usageCuts(trx, [accountId], lastDelivery))(accountId);
  await reopen(trx, account);
  const [opened] = await openCycles(trx, [{ accountId, bounds, usageCut }], rules.document);
  if (!opened) throw new Error(`The cycle of account ${accountId} from ${bounds.from} cannot be read again`);
  const { draft, exceptions } = rateOpened(opened, rules, usageCut);
  const isHeld = await replaceExceptions(trx, { ...decision, runId, accountId, periodFrom: bounds.from }, [
    ...doubts,
    ...exceptions,
  ]);
  await storeDrafts(trx, runId, [{ ...draft, state: isHeld ? 'held' : 'clear' }], [opened]);
  // The run's sample may have been compared long ago.
  await validateShard(trx, { run, rules }, [account]);
  return isHeld;
}

/**
 * Takes back all that the rating of a cycle that is not issued has decided: late usage waits again, corrections that only this bill would have brought
 * about were never found. Changes that were told late need nothing: until a bill with them is issued, each rating takes them in.
 */
async function reopen(trx: Knex.Transaction, { accountId, bounds }: ShardAccount): Promise<void> {
  const key = { account_id: accountId, period_from: bounds.from };
  await trx('late_usage').where(key).delete();
  await trx('correction').where({ account_id: accountId, found_by: bounds.from, issued_on: null }).delete();
  const draft = { usage_cut: null, inputs: null, rated: null, bill: null, intents: null, carried: null };
  await trx('account_cycle')
    .where(key)
    .update({ state: 'open', ...draft });
}
