import type { Knex } from 'knex';
import type { BillRunView } from '../api/bill-run-view.ts';
import { type RunStep, readBillRun, runSteps } from './bill-run.ts';
import type { StepProgress } from './run-context.ts';

/** The pace of a step that runs in this process: what the database cannot tell. */
export interface Pace {
  readonly note: (progress: StepProgress) => void;
  readonly of: (
    step: RunStep,
  ) => { readonly perSecond: number; readonly secondsLeft: number; readonly total: number } | undefined;
}

/** @param now seconds on a clock that only goes forward. */
export function createPace(now: () => number): Pace {
  let first: { progress: StepProgress; at: number } | undefined;
  let last: { progress: StepProgress; at: number } | undefined;
  return {
    note: (progress) => {
      const moment = { progress, at: now() };
      if (first?.progress.step !== progress.step) first = moment;
      last = moment;
    },
    of: (step) => {
      if (!first || !last || last.progress.step !== step || last.at === first.at) return undefined;
      const perSecond = (last.progress.done - first.progress.done) / (last.at - first.at);
      if (perSecond <= 0) return undefined;
      return {
        perSecond,
        secondsLeft: Math.max(0, last.progress.total - last.progress.done) / perSecond,
        total: last.progress.total,
      };
    },
  };
}

/** Counts a run's progress in the books, so that any process sees the same. @throws Error when there is no such run. */
export async function readBillRunView(db: Knex, id: string, pace?: Pace): Promise<BillRunView> {
  const run = await readBillRun(db, id);
  const [states, messages, files, row] = await Promise.all([
    db('account_cycle')
      .where({ run_id: id })
      .groupBy('state')
      .select('state', db.raw('count(*)::int as count')) as unknown as Promise<{ state: string; count: number }[]>,
    db('message')
      .where({ run_id: id })
      .whereNot({ state: 'suppressed' })
      .select(
        db.raw("count(*)::int as total, (count(*) filter (where state not in ('queued', 'attempting')))::int as done"),
      )
      .first() as unknown as Promise<{ total: number; done: number }>,
    db('usage_file').sum({ lines: 'lines_read' }).first(),
    db('bill_run').where({ run_id: id }).first('report'),
  ]);
  const count = (...wanted: string[]) =>
    states.filter(({ state }) => wanted.includes(state)).reduce((sum, one) => sum + one.count, 0);
  const total = states.reduce((sum, one) => sum + one.count, 0);
  const lines = Number(files?.lines ?? 0);
  const counts: Readonly<Record<RunStep, readonly [done: number, total: number, unit: string]>> = {
    collect: [lines, run.step === 'collect' ? Math.max(lines, pace?.of('collect')?.total ?? 0) : lines, 'records'],
    rate: [total - count('open'), total, 'accounts'],
    price: [total - count('open', 'rated'), total, 'accounts'],
    validate: [total - count('open', 'rated', 'priced'), total, 'accounts'],
    invoice: [count('invoiced'), count('invoiced', 'clear'), 'invoices'],
    deliver: [messages.done, messages.total, 'messages'],
    report: [row?.report ? 1 : 0, 1, 'reports'],
  };
  const current = run.step === 'done' ? runSteps.length : runSteps.indexOf(run.step);
  return {
    id,
    closesFrom: run.closesFrom,
    closesUntil: run.closesUntil,
    step: run.step,
    steps: runSteps.map((name, index) => {
      const [done, all, unit] = counts[name];
      const state = index < current ? 'done' : index === current ? 'running' : 'waiting';
      const measured = state === 'running' ? pace?.of(name) : undefined;
      return {
        name,
        state,
        done,
        total: all,
        unit,
        ...(measured && { perSecond: measured.perSecond, secondsLeft: measured.secondsLeft }),
      };
    }),
    accounts: { total, invoiced: count('invoiced'), held: count('held'), rejected: count('rejected') },
    ...(run.error ? { error: run.error } : {}),
    ...(row?.report ? { report: row.report } : {}),
  };
}
