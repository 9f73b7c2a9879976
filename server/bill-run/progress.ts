import type { Knex } from 'knex';
import type { BillRunView } from '../api/bill-run-view.ts';
import { type RunStep, readBillRun, runSteps } from './bill-run.ts';
import { decisionsAwaited } from './check-sources.ts';
import type { StepProgress } from './run-context.ts';
import { sampleSize } from './sample.ts';

/** Keeps how far a step without shards is, so that every process sees it; what comes while it writes is left out. */
export function writeProgress(db: Knex, runId: string): (progress: StepProgress) => void {
  let isWriting = false;
  return ({ step, done, total }) => {
    if (isWriting) return;
    isWriting = true;
    db('bill_run')
      .where({ run_id: runId, step })
      .update({ step_done: done, step_total: total })
      // Progress that cannot be told is no reason to stop; whoever works will hear of the outage himself.
      .catch(() => {})
      .finally(() => {
        isWriting = false;
      });
  };
}

/**
 * Counts a run's progress in the books, so that any process sees the same.
 *
 * @throws Error when there is no such run.
 */
export async function readBillRunView(db: Knex, id: string): Promise<BillRunView> {
  const run = await readBillRun(db, id);
  const [sampled, states, messages, files, row] = await Promise.all([
    db('run_shard').where({ run_id: id, step: 'validate', done: true }).sum({ accounts: 'accounts' }).first(),
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
    db('bill_run')
      .where({ run_id: id })
      .first(
        'report',
        'step_done',
        'step_total',
        db.raw('extract(epoch from clock_timestamp() - step_started_at)::float8 as seconds'),
      ) as unknown as Promise<StepRow>,
  ]);
  const awaited = run.error && run.step === 'collect' ? await decisionsAwaited(db, id) : 0;
  const count = (...wanted: string[]) =>
    states.filter(({ state }) => wanted.includes(state)).reduce((sum, one) => sum + one.count, 0);
  const total = states.reduce((sum, one) => sum + one.count, 0);
  const lines = Number(files?.lines ?? 0);
  const current = run.step === 'done' ? runSteps.length : runSteps.indexOf(run.step);
  const isOver = (step: RunStep, size: number, done = 0): Counts => [
    current > runSteps.indexOf(step) ? size : done,
    size,
    'samples',
  ];
  const counts: Readonly<Record<RunStep, Counts>> = {
    collect: [lines, lines, 'records'],
    rate: [total - count('open'), total, 'accounts'],
    validate: isOver('validate', sampleSize(total), Number(sampled?.accounts ?? 0)),
    invoice: [count('invoiced'), count('invoiced', 'clear'), 'invoices'],
    check: isOver('check', sampleSize(count('invoiced'))),
    deliver: [messages.done, messages.total, 'messages'],
    report: [row.report ? 1 : 0, 1, 'reports'],
  };
  return {
    id,
    closesFrom: run.closesFrom,
    closesUntil: run.closesUntil,
    step: run.step,
    steps: runSteps.map((name, index) => {
      if (index !== current) return stepView(name, index < current ? 'done' : 'waiting', counts[name]);
      const [done, all, unit] = counts[name];
      // What a step without shards tells of itself is nearer than what the books can be asked.
      const told: Counts = [row.step_done ?? done, row.step_total ?? all, unit];
      return { ...stepView(name, 'running', told), ...paceOf(told, row.seconds) };
    }),
    accounts: { total, invoiced: count('invoiced'), held: count('held'), rejected: count('rejected') },
    ...(run.error ? { error: run.error } : {}),
    ...(awaited > 0 ? { awaits: awaited } : {}),
    ...(row.report ? { report: row.report } : {}),
  };
}

type Counts = readonly [done: number, total: number, unit: string];

interface StepRow {
  readonly report: BillRunView['report'] | null;
  readonly step_done: number | null;
  readonly step_total: number | null;
  /** Since the step began. */
  readonly seconds: number;
}

type StepView = BillRunView['steps'][number];

function stepView(name: RunStep, state: StepView['state'], [done, total, unit]: Counts): StepView {
  return { name, state, done, total, unit };
}

function paceOf([done, total]: Counts, seconds: number): Pick<StepView, 'perSecond' | 'secondsLeft'> {
  const perSecond = done / seconds;
  if (done === 0 || seconds <= 0) return {};
  return { perSecond, secondsLeft: Math.max(0, total - done) / perSecond };
}
