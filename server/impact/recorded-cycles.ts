import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Knex } from 'knex';
import type { AccountCycle, UsageEvent } from '../../engine/model.ts';
import { isInputError, readAccountCycle } from '../api/cycle-json.ts';
import { withUsage } from '../bill-run/read-drafts.ts';
import { unusable } from '../unusable.ts';
import { type FilePart, lineNumberAt, linesOf, partsOf } from './file-parts.ts';

const pageSize = 50;

/**
 * The account cycles of a run as rating found them, with the usage it counted, by account.
 *
 * @throws Error if there is no such run, or if it has not rated every account yet.
 */
export async function* cyclesOfRun(db: Knex, runId: string): AsyncGenerator<AccountCycle> {
  const all = () => db('account_cycle').where({ run_id: runId });
  if (!(await all().first())) throw unusable(`The books have no run ${runId} with accounts`);
  const unrated = await all().whereNull('inputs').first('account_id');
  if (unrated) throw new Error(`Run ${runId} has not rated account ${unrated.account_id} yet: let it finish first`);
  let last = ['', '0001-01-01'];
  for (;;) {
    const rows = await all()
      .whereRaw('(account_id, period_from) > (?, ?)', last)
      .select('account_id', 'period_from', 'inputs', { usageCut: 'usage_cut' })
      .orderBy(['account_id', 'period_from'])
      .limit(pageSize);
    const [end] = rows.slice(-1);
    if (!end) return;
    yield* await withUsage(db, rows);
    last = [end.account_id, end.period_from];
  }
}

/** A cycle, or a part of a file with one a line, which is not read yet: reading is work for whoever bills them. */
export type RecordedCycle = AccountCycle | FilePart;

/**
 * One cycle a line, as `ratebook record` writes them. What comes from a pipe has no parts: it is read here, line by line.
 *
 * @throws Error if there is no such file; and naming the line of a pipe that is no cycle.
 */
export async function* cyclesFromFile(path: string): AsyncGenerator<RecordedCycle> {
  const found = await stat(path);
  if (found.isFile()) {
    const bytesEach = Math.min(Math.max(Math.ceil(found.size / fewestParts), smallestPart), largestPart);
    yield* partsOf(path, found.size, bytesEach);
    return;
  }
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (text.trim() !== '') yield readLine(text, () => `${path}:${number}`);
  }
}

/** Parts are many, so that threads end together, and hold several cycles, so that handing them out and joining their sums costs nothing. */
const fewestParts = 64;
const smallestPart = 1 << 16;
const largestPart = 1 << 20;

/** A cycle as one line of such a file. */
export function cycleAsLine({ usage, tooLate, prepaid, ...cycle }: AccountCycle): string {
  const inWords = (at: number) => new Date(at).toISOString();
  const inText = (event: UsageEvent) => ({ ...event, startAt: inWords(event.startAt) });
  const written = {
    ...cycle,
    ...(prepaid && {
      prepaid: prepaid.map(({ validFrom, expiresAt, ...credit }) => ({
        ...credit,
        validFrom: inWords(validFrom),
        ...(expiresAt !== undefined && { expiresAt: inWords(expiresAt) }),
      })),
    }),
    usage: usage.map(inText),
    ...(tooLate && { tooLate: tooLate.map(inText) }),
  };
  return `${JSON.stringify(written)}\n`;
}

/**
 * The cycles that are recorded, in order.
 *
 * @throws Error naming the line that is no cycle.
 */
export function* readRecorded(recorded: RecordedCycle): Generator<AccountCycle> {
  if (!('until' in recorded)) {
    yield recorded;
    return;
  }
  for (const { text, at } of linesOf(recorded))
    if (text.trim() !== '') yield readLine(text, () => `${recorded.path}:${lineNumberAt(recorded.path, at)}`);
}

function readLine(text: string, place: () => string): AccountCycle {
  try {
    return readAccountCycle(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isInputError(error)) throw error;
    throw new Error(`${place()}: ${error.message}`);
  }
}
