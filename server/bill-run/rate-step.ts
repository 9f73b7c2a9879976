import { setImmediate as others } from 'node:timers/promises';
import type { Knex } from 'knex';
import { carryOver } from '../../engine/carry-over.ts';
import { evaluateCycle } from '../../engine/cycle.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { Exception } from '../../engine/model.ts';
import { storeLate } from '../corrections/late-usage.ts';
import { type OpenCycle, openCycles } from '../corrections/open-cycles.ts';
import { storeCorrections, withInvoice } from '../corrections/store-corrections.ts';
import { markFound } from '../corrections/unsettled-changes.ts';
import { cutUsage } from '../usage/usage-lock.ts';
import { type BillRun, readBillRun } from './bill-run.ts';
import { doubtedAccounts } from './doubt-accounts.ts';
import { type AccountMove, moveAccounts } from './move-accounts.ts';
import { joinRating } from './rating-lock.ts';
import type { RunContext, ShardAccount } from './run-context.ts';
import { type FoundException, storeExceptions } from './store-exceptions.ts';
import { usageCuts } from './usage-cuts.ts';

/**
 * Bills the open account cycles of a shard by the one function that everybody calls. The bill is kept as a draft with what
 * it was made from, and with what has become known of cycles that were issued before; doubtful ones are held for a person, the
 * others are clear.
 */
export async function rateShard(
  trx: Knex.Transaction,
  { run, rules }: RunContext,
  shard: readonly ShardAccount[],
): Promise<void> {
  await joinRating(trx);
  const cutOf = await usageCuts(
    trx,
    shard.map(({ accountId }) => accountId),
    run.usageCut ?? 0,
  );
  const opened = await openCycles(
    trx,
    shard.map((account) => ({ ...account, usageCut: cutOf(account.accountId) })),
    rules.document,
  );
  const doubted = await doubtedAccounts(trx, run.id, shard);
  const found: FoundException[] = [];
  const moves: AccountMove[] = [];
  for (const one of opened) {
    // A server answers meanwhile, and what the database answers to the other shard at work is taken in.
    if (moves.length % 8 === 7) await others();
    const { draft, exceptions } = rateOpened(one, rules, cutOf(one.cycle.account.id));
    const { accountId, periodFrom } = draft;
    found.push(...exceptions.map((exception) => ({ exception, runId: run.id, accountId, periodFrom })));
    const isHeld = exceptions.some(({ action }) => action === 'hold');
    moves.push({ ...draft, state: doubted.get(accountId) ?? (isHeld ? 'held' : 'clear') });
  }
  await storeExceptions(trx, found);
  await storeDrafts(trx, run.id, moves, opened);
}

/** What the rating of one open cycle comes to; whether that goes out, others say. */
export function rateOpened(
  { cycle, corrections }: OpenCycle,
  rules: LoadedRuleSet,
  usageCut: number,
): { readonly draft: Omit<AccountMove, 'state'>; readonly exceptions: readonly Exception[] } {
  const { rated, bill, exceptions, intents } = evaluateCycle(cycle, rules, 'results');
  const draft = {
    accountId: cycle.account.id,
    periodFrom: cycle.bounds.from,
    usageCut,
    inputs: { ...cycle, usage: [] },
    rated,
    bill,
    intents,
    carried: carryOver(cycle, rated, bill, rules.document),
  };
  return { draft, exceptions: [...exceptions, ...corrections.flatMap(withInvoice)] };
}

/** Keeps the drafts of open cycles, with what rating them has decided about late usage and about earlier invoices. */
export async function storeDrafts(
  trx: Knex.Transaction,
  runId: string,
  moves: readonly AccountMove[],
  opened: readonly OpenCycle[],
): Promise<void> {
  await moveAccounts(trx, runId, 'open', moves);
  await storeLate(trx, opened);
  await markFound(trx, moves);
  await storeCorrections(trx, opened.flatMap(draftsOf));
}

function draftsOf({ cycle, corrections }: OpenCycle) {
  return corrections.map((found) => ({ ...found, origin: { foundBy: cycle.bounds.from } }));
}

/** Fixed once per run, so that whatever is rated again is rated with the same usage. */
export async function fixUsageCut({ db, run }: RunContext): Promise<BillRun> {
  return db.transaction(async (trx) => {
    const cut = await cutUsage(trx);
    await trx('bill_run').where({ run_id: run.id, usage_cut: null }).update({ usage_cut: cut });
    return readBillRun(trx, run.id);
  });
}
