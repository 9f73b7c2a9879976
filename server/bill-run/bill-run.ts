import type { Knex } from 'knex';
import type { CycleBounds, LocalDate } from '../../engine/model.ts';
import { addDays, cycleBounds, daysIn } from '../../engine/period.ts';

export const runSteps = ['collect', 'rate', 'price', 'validate', 'invoice', 'deliver', 'report'] as const;
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

/** Two cycles of an account close at least so many days apart, so that no run holds an account twice. */
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
  const row = await db('bill_run').where({ run_id: id }).first();
  if (!row) throw new Error(`There is no bill run ${id}`);
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
  const accounts = await trx('billing_account')
    .where('opened_on', '<', bounds.closesUntil)
    .whereNotExists(
      trx('account_cycle as c')
        .whereRaw('c.account_id = billing_account.account_id')
        .whereNotIn('c.state', ['invoiced', 'rejected'])
        .select(trx.raw('1')),
    )
    .select('account_id', 'cycle_day', 'opened_on', 'closed_on')
    .orderBy('account_id');
  const rows = accounts.flatMap((account) =>
    closingCycles(account.cycle_day, bounds)
      .filter(
        (cycle) => cycle.until > account.opened_on && (account.closed_on === null || cycle.from < account.closed_on),
      )
      .map((cycle) => ({
        account_id: account.account_id,
        period_from: cycle.from,
        period_until: cycle.until,
        next_until: cycle.nextUntil,
        run_id: runId,
        state: 'open',
      })),
  );
  for (let start = 0; start < rows.length; start += 1_000) {
    await trx('account_cycle')
      .insert(rows.slice(start, start + 1_000))
      .onConflict(['account_id', 'period_from'])
      .ignore();
  }
}

/** The cycles of a cycle day that close within [closesFrom, closesUntil). */
function closingCycles(cycleDay: number, bounds: NewBillRun): readonly CycleBounds[] {
  const cycles: CycleBounds[] = [];
  let cycle = cycleBounds({ cycleDay }, addDays(bounds.closesFrom, -1));
  while (cycle.until < bounds.closesUntil) {
    cycles.push(cycle);
    cycle = cycleBounds({ cycleDay }, cycle.until);
  }
  return cycles;
}
