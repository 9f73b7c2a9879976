import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askToGoOn } from '../../../server/bill-run/advance.ts';
import { initiateBillRun } from '../../../server/bill-run/bill-run.ts';
import type { DemoProcess } from '../demo-process.ts';
import {
  type FaultLab,
  month,
  openFaultLab,
  outcomeOf,
  type Trial,
  untilDone,
  type Work,
  writtenBytes,
} from './fault-lab.ts';

/** FAULT_KILLS=50 kills workers and servers fifty times, and PostgreSQL as often; FAULT_SEED chooses other moments. */
const kills = Number(process.env.FAULT_KILLS ?? 8);
const seed = Number(process.env.FAULT_SEED ?? 1);

describe('The books of a run are those of an undisturbed one, to the byte,', () => {
  let lab: FaultLab;
  let undisturbed: { readonly books: string; readonly mails: number };
  /** What an undisturbed run writes to PostgreSQL's log. */
  let bytes: number;

  beforeAll(async () => {
    lab = await openFaultLab();
    await inTrial(async (trial) => {
      const before = await writtenBytes(trial.db);
      trial.work();
      await untilDone(trial, lab.runId);
      bytes = (await writtenBytes(trial.db)) - before;
      undisturbed = await outcomeOf(trial);
    });
  }, 600_000);
  afterAll(() => lab.close());

  async function inTrial(action: (trial: Trial) => Promise<void>): Promise<void> {
    const trial = await lab.trial();
    try {
      await action(trial);
    } finally {
      await trial.close();
    }
  }

  /** At random moments of the run: as much as it has written tells where it is. */
  async function disturbedAt(
    moments: readonly number[],
    atWork: readonly Work[],
    disturb: (running: Running[], trial: Trial) => Promise<void>,
  ): Promise<void> {
    await inTrial(async (trial) => {
      const before = await writtenBytes(trial.db);
      const running = atWork.map((work) => ({ work, process: trial[work]() }));
      for (const moment of moments) {
        await trial.until(async () => (await writtenBytes(trial.db)) - before >= moment || (await isDone(trial)));
        await disturb(running, trial);
      }
      await untilDone(trial, lab.runId);
      expect(await outcomeOf(trial)).toEqual(undisturbed);
    });
  }

  /** The one that has run longest; another takes its place. */
  async function killOne(running: Running[], trial: Trial): Promise<void> {
    for (const { work, process } of running.splice(0, 1)) {
      process.kill();
      expect((await process.finished).signal).toBe('SIGKILL');
      running.push({ work, process: trial[work]() });
    }
  }

  const isDone = async ({ db }: Trial) =>
    (await db('bill_run').where({ run_id: lab.runId }).first('step')).step === 'done';

  const killings: readonly (readonly [what: string, ...Work[]])[] = [
    ['whose workers are killed with -9 at', 'work'],
    ['which two workers share, killed in turn with -9 at', 'work', 'work'],
    ['which the server works on, mails and all, killed with -9 at', 'serve'],
    ['which a server and a worker share, killed in turn with -9 at', 'serve', 'work'],
  ];
  for (const [index, [what, ...atWork]] of killings.entries()) {
    const count = Math.floor((kills + index) / killings.length);
    test(`${what} ${count} random moments (seed ${seed + index})`, async () => {
      await disturbedAt(momentsOf(seed + index, count, bytes), atWork, killOne);
    }, 1_200_000);
  }

  for (const [index, atWork] of [['work'], ['serve', 'work']].entries()) {
    const count = Math.ceil(kills / 2);
    test(`whose PostgreSQL is stopped at once and started again under ${atWork.join(' and ')} at ${count} random moments (seed ${seed + index})`, async () => {
      await disturbedAt(momentsOf(seed + index, count, bytes), atWork as readonly Work[], () => lab.restartPostgres());
    }, 1_200_000);
  }

  test('whose PostgreSQL is stopped at once and started again while it rates, issues and delivers', async () => {
    await inTrial(async (trial) => {
      const has = (sql: string) => async () => (await trial.db.raw(`${sql} limit 1`)).rows.length > 0;
      trial.work();
      for (const moment of [
        'select from usage_file',
        "select from run_shard where step = 'rate' and done",
        "select from run_shard where step = 'validate' and done",
        "select from run_shard where step = 'invoice' and done",
        "select from message where state = 'sent'",
      ]) {
        await trial.until(has(moment));
        await lab.restartPostgres();
      }
      await untilDone(trial, lab.runId);
      expect(await outcomeOf(trial)).toEqual(undisturbed);
    });
  }, 600_000);

  test('is waited for no longer than there is somebody who works on it', async () => {
    await inTrial(async (trial) => {
      trial.work().kill();
      await expect(untilDone(trial, lab.runId)).rejects.toThrow('All processes have ended');
    });
  });

  test('which is started several times at once, by several workers', async () => {
    await inTrial(async (trial) => {
      const { rule_set: ruleSet, usage_folder: usageFolder } = await trial.db('bill_run').first();
      trial.work();
      trial.work();
      const started = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const { run, created } = await initiateBillRun(trial.db, { ...month, ruleSet, usageFolder });
          await askToGoOn(trial.db, run.id);
          return { id: run.id, created };
        }),
      );
      expect(started).toEqual(Array(4).fill({ id: lab.runId, created: false }));
      await untilDone(trial, lab.runId);
      expect(await outcomeOf(trial)).toEqual(undisturbed);
    });
  }, 600_000);

  test('whose clock is set back by a month while it rates: what is not due yet waits, and goes out under its own Message-ID', async () => {
    await inTrial(async (trial) => {
      const { db } = trial;
      trial.work();
      await trial.until(async () => (await db('run_shard').where({ done: true }).first('shard')) !== undefined);
      const { now } = await db('test_clock').first('now');
      await db('test_clock').update({ now: '2026-05-16T07:00:00Z' });
      await untilDone(trial, lab.runId);
      expect(await trial.mails()).toEqual([]);
      await db('test_clock').update({ now });
      // The report is written again, with what was delivered late.
      await db('bill_run').where({ run_id: lab.runId }).update({ step: 'deliver' });
      await untilDone(trial, lab.runId);
      expect(await outcomeOf(trial)).toEqual(undisturbed);
    });
  }, 600_000);
});

interface Running {
  readonly work: Work;
  readonly process: DemoProcess;
}

/** Drawn from the seed, in the order of time. */
function momentsOf(from: number, count: number, bytes: number): readonly number[] {
  let state = from >>> 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, () => random() * bytes).sort((a, b) => a - b);
}
