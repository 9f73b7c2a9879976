import type { Knex } from 'knex';
import type { AccountTimes } from '../../engine/billing-account.ts';
import { cycleBounds } from '../../engine/cycles.ts';
import type { CycleBounds, LocalDate } from '../../engine/model.ts';
import { addDays, daysIn } from '../../engine/period.ts';
import { lockAccountChanges, readAccountChanges } from '../accounts/account-changes.ts';
import { readOwing } from '../corrections/owing-accounts.ts';
import { copyRows } from '../database/copy.ts';

export const runSteps = ['collect', 'rate', 'validate', 'invoice', 'check', 'deliver', 'report'] as const;
export type RunStep = (typeof runSteps)[number];

/** One row of `bill_run`: the durable state of a run. */
export interface BillRun {
  readonly id: string;
  readonly closesFrom: LocalDate;
  readonly closesUntil: LocalDate;
  readonly ruleSet: string;
  readonly step: RunStep | 'done';
  readonly issuedOn: LocalDate;
  readonly usageFolder: string | null;
  readonly usageCut: number | null;
  readonly error: string | null;
}

export interface NewBillRun {
  /** The cycles that close on or after this day … */
  readonly closesFrom: LocalDate;
  /** … and before this one. */
  readonly closesUntil: LocalDate;
  readonly issuedOn: LocalDate;
  /** Hash of a stored rule set. */
  readonly ruleSet: string;
  /** Folder of mediation files to collect first; null when usage came another way. */
  readonly usageFolder: string | null;
}

/** Cycles on one cycle day close at least so many days apart; of two that a change of it brings nearer, a run takes up one at a time. */
const mostDays = 28;

/**
 * What is wrong with a run's bounds, in words; undefined if nothing is. A cycle that has not closed yet is never billed.
 *
 * @param today the day on which the run is started, in the company's zone.
 */
export function boundsFault(
  { closesFrom, closesUntil }: Pick<NewBillRun, 'closesFrom' | 'closesUntil'>,
  today: LocalDate,
): string | undefined {
  const days = daysIn({ from: closesFrom, until: closesUntil });
  if (days < 1) return 'must be after closesFrom';
  if (days > mostDays)
    return `A run takes in at most ${mostDays} days, so that no account closes twice in it: start one for each part.`;
  if (closesUntil > addDays(today, 1))
    return `Cycles that close after ${today} are not over yet: the last day can be ${addDays(today, 1)} at most.`;
  return undefined;
}

/**
 * Initiates a bill run: every account whose cycle closes within the bounds gets its account cycle, unless its previous
 * cycle is still undecided: what that leaves (allowances, credit) is not known yet. Starting the same run again is the
 * same run, and takes in what has been decided since. An account cycle that another run has already stays with that run.
 *
 * @throws RangeError saying what is wrong with the bounds.
 */
export async function initiateBillRun(
  db: Knex,
  wanted: NewBillRun,
): Promise<{ readonly run: BillRun; readonly created: boolean }> {
  const fault = boundsFault(wanted, wanted.issuedOn);
  if (fault) throw new RangeError(fault);
  const id = `${wanted.closesFrom}..${wanted.closesUntil}`;
  return db.transaction(async (trx) => {
    const inserted = await trx('bill_run')
      .insert({
        run_id: id,
        closes_from: wanted.closesFrom,
        closes_until: wanted.closesUntil,
        rule_set: wanted.ruleSet,
        step: 'collect',
        issued_on: wanted.issuedOn,
        usage_folder: wanted.usageFolder,
      })
      .onConflict(['closes_from', 'closes_until'])
      .ignore()
      .returning('run_id');
    // It goes on now: why it stopped the last time is no longer its state.
    await trx('bill_run').where({ run_id: id }).whereNotNull('error').update({ error: null });
    await openAccountCycles(trx, id, wanted);
    return { run: await readBillRun(trx, id), created: inserted.length > 0 };
  });
}

/** @throws Error when there is no such run. */
export async function readBillRun(db: Knex, id: string): Promise<BillRun> {
  const run = await findBillRun(db, id);
  if (!run) throw new Error(`There is no bill run ${id}`);
  return run;
}

export async function findBillRun(db: Knex, id: string): Promise<BillRun | undefined> {
  const row = await db('bill_run').where({ run_id: id }).first();
  if (!row) return undefined;
  return {
    id: row.run_id,
    closesFrom: row.closes_from,
    closesUntil: row.closes_until,
    ruleSet: row.rule_set,
    step: row.step,
    issuedOn: row.issued_on,
    usageFolder: row.usage_folder,
    usageCut: row.usage_cut,
    error: row.error,
  };
}

async function openAccountCycles(trx: Knex.Transaction, runId: string, bounds: NewBillRun): Promise<void> {
  await lockAccountChanges(trx);
  const changes = await readAccountChanges(trx);
  const accounts = await trx('billing_account')
    .where('opened_on', '<', bounds.closesUntil)
    .whereNotExists(
      trx('account_cycle as c')
        .whereRaw('c.account_id = billing_account.account_id')
        .whereNotIn('c.state', ['invoiced', 'rejected'])
        .select(trx.raw('1')),
    )
    .select('account_id', 'customer_id', 'cycle_day', 'zone', 'opened_on', 'closed_on')
    .orderByRaw('customer_id collate "C", account_id collate "C"');
  const owing = await readOwing(trx);
  const taken = await lastTaken(trx, [...changes.keys(), ...owing]);
  const cycles = accounts.flatMap((account) => {
    const times = { zone: account.zone, cycleDay: account.cycle_day, ...changes.get(account.account_id) };
    return closingCycles(times, bounds)
      .filter(
        (cycle) =>
          cycle.until > account.opened_on &&
          (account.closed_on === null || cycle.from < account.closed_on || owing.has(account.account_id)),
      )
      .filter((cycle) => cycle.until > (taken.get(account.account_id) ?? ''))
      .slice(0, 1)
      .map((cycle) => ({ account, cycle }));
  });
  const { last } = (await trx('account_cycle').where({ run_id: runId }).max({ last: 'shard' }).first()) ?? {};
  const shards = intoShards(
    cycles.map(({ account }) => account.customer_id),
    (last ?? -1) + 1,
  );
  const rows = cycles.map(({ account, cycle }, index) => [
    ...[account.account_id, cycle.from, cycle.until, cycle.nextUntil],
    ...[runId, 'open', shards[index]],
  ]);
  const columns = ['account_id', 'period_from', 'period_until', 'next_until', 'run_id', 'state', 'shard'];
  // Those that another run has already stay with it.
  await trx.raw('create temporary table opened (like account_cycle including defaults) on commit drop');
  await copyRows(trx, 'opened', columns, rows);
  await trx.raw('insert into account_cycle select * from opened on conflict (account_id, period_from) do nothing');
}

/**
 * Numbers the shards of cycles that are in the order of their customers. What one invoice tells a customer counts for the next,
 * so no customer is in two. About 64 shards are enough for many workers to end at the same time; they are large enough that
 * a shard's share of a round trip to the database is small, and small enough that little is lost with a worker.
 */
function intoShards(customers: readonly string[], first: number): readonly number[] {
  const size = Math.min(200, Math.max(10, Math.ceil(customers.length / 64)));
  let shard = first;
  let count = 0;
  return customers.map((customer, index) => {
    if (count >= size && customer !== customers[index - 1]) {
      shard += 1;
      count = 0;
    }
    count += 1;
    return shard;
  });
}

/** The cycles of an account that close within [closesFrom, closesUntil). */
function closingCycles(account: AccountTimes, bounds: NewBillRun): readonly CycleBounds[] {
  const cycles: CycleBounds[] = [];
  let cycle = cycleBounds(account, addDays(bounds.closesFrom, -1));
  while (cycle.until < bounds.closesUntil) {
    cycles.push(cycle);
    cycle = cycleBounds(account, cycle.until);
  }
  return cycles;
}

/** Where the last cycle that a run has taken up ends. A bridging cycle may be over in the run of the one before it. */
async function lastTaken(trx: Knex, accountIds: readonly string[]): Promise<ReadonlyMap<string, LocalDate>> {
  const rows = await trx('account_cycle')
    .whereIn('account_id', accountIds)
    .groupBy('account_id')
    .select('account_id', trx.raw('max(period_until) as until'));
  return new Map(rows.map((row) => [row.account_id, row.until]));
}
