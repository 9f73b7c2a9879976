import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { countMessages, type DeliveryDeps, deliverDue } from '../delivery/deliver.ts';
import type { RunContext } from './run-context.ts';

/**
 * Sends the run's messages. What the mail server does not take now stays in the outbox and is tried again after the run.
 */
export async function deliverStep(context: RunContext, delivery: DeliveryDeps): Promise<void> {
  const { db, run } = context;
  const { waiting, total } = await countMessages(db, run.id);
  let done = total - waiting;
  let isAnswering: boolean;
  do {
    isAnswering = await deliverDue(delivery, { runId: run.id }, (count) => {
      done += count;
      context.onProgress({ step: 'deliver', done, total, unit: 'messages' });
    });
    // What somebody else is sending, because it was due, is delivered when he says so.
  } while (isAnswering && (await isBeingSent(db, run.id)) && (await pause(50, true)));
}

async function isBeingSent(db: Knex, runId: string): Promise<boolean> {
  return (await db('message').where({ run_id: runId, state: 'attempting' }).first('key')) !== undefined;
}
