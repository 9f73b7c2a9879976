import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { countMessages, type DeliveryDeps, deliverDue } from '../delivery/deliver.ts';
import type { RunContext } from './run-context.ts';

/**
 * Sends the run's messages. What the mail server does not take now stays in the outbox and is tried again after the run.
 *
 * @throws Error when messages cannot be made, after all others were sent: customers would not be told of their bills, and nobody would know.
 */
export async function deliverStep(context: RunContext, delivery: DeliveryDeps): Promise<void> {
  const { db, run } = context;
  await offerAtOnce(db, run.id, await delivery.now());
  const { waiting, total } = await countMessages(db, run.id);
  const unmade = new Map<string, string>();
  let done = total - waiting;
  let isAnswering: boolean;
  do {
    const delivered = await deliverDue(delivery, { runId: run.id }, (count) => {
      done += count;
      context.onProgress({ step: 'deliver', done, total, unit: 'messages' });
    });
    for (const [key, reason] of delivered.unmade) unmade.set(key, reason);
    isAnswering = delivered.isAnswering;
    // What somebody else is sending, because it was due, is delivered when he says so.
  } while (isAnswering && (await isBeingSent(db, run.id)) && (await pause(50, true)));
  await refuseUnmade(db, unmade);
}

/** A run that is started again does not wait for what was put off: why it could not be sent may be mended. */
async function offerAtOnce(db: Knex, runId: string, at: number): Promise<void> {
  await db('message')
    .where({ run_id: runId, state: 'queued' })
    .whereNotNull('reason')
    .update({ next_attempt_at: new Date(at).toISOString() });
}

async function isBeingSent(db: Knex, runId: string): Promise<boolean> {
  return (await db('message').where({ run_id: runId, state: 'attempting' }).first('key')) !== undefined;
}

async function refuseUnmade(db: Knex, reasons: ReadonlyMap<string, string>): Promise<void> {
  const waiting = await db('message')
    .whereRaw('key = any (?)', [[...reasons.keys()]])
    .where({ state: 'queued' })
    .orderBy('key')
    .select('key', 'template', 'language', 'channel');
  const [first] = waiting;
  if (first === undefined) return;
  const what = waiting.length === 1 ? '1 message' : `${waiting.length} messages`;
  throw new Error(
    `${what} cannot be made, such as messages/${first.template}/${first.language}.${first.channel}.eta: ${reasons.get(first.key)}. ` +
      'Mend the template, release the rules and start the run again: it sends what is left',
  );
}
