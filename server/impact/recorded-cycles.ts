import { createReadStream } from 'node:fs';
import type { Knex } from 'knex';
import type { AccountCycle, UsageEvent } from '../../engine/model.ts';
import { isInputError, readAccountCycle } from '../api/cycle-json.ts';
import { withUsage } from '../bill-run/read-drafts.ts';
import { unusable } from '../unusable.ts';

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

/** A cycle, or lines of a file that hold one each and are not read yet: reading them is work for whoever bills them. */
export type RecordedCycle = AccountCycle | RecordedLines;

interface RecordedLines {
  /** UTF-8, whole lines. */
  readonly lines: Uint8Array;
  /** For messages: the file, and the number of the first line. */
  readonly path: string;
  readonly first: number;
}

/** So many bytes are handed on at once, and at least a line: some cycles. */
const blockBytes = 1 << 18;

/** One cycle a line, as `ratebook record` writes them. */
export async function* cyclesFromFile(path: string): AsyncGenerator<RecordedCycle> {
  let first = 1;
  let begun: Buffer[] = [];
  for await (const chunk of createReadStream(path, { highWaterMark: blockBytes }) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(newline) + 1;
    begun.push(chunk.subarray(0, end === 0 ? chunk.length : end));
    if (end === 0) continue;
    const lines = Buffer.concat(begun);
    yield { lines, path, first };
    first += newlinesIn(lines);
    begun = [chunk.subarray(end)];
  }
  const lines = Buffer.concat(begun);
  if (lines.length > 0) yield { lines, path, first };
}

const newline = 0x0a;

function newlinesIn(lines: Uint8Array): number {
  let count = 0;
  for (let at = lines.indexOf(newline); at >= 0; at = lines.indexOf(newline, at + 1)) count++;
  return count;
}

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
  if (!('lines' in recorded)) {
    yield recorded;
    return;
  }
  const { lines, path, first } = recorded;
  const texts = new TextDecoder().decode(lines).split(/\r?\n/);
  for (const [index, text] of texts.entries()) if (text.trim() !== '') yield readLine(text, `${path}:${first + index}`);
}

function readLine(text: string, place: string): AccountCycle {
  try {
    return readAccountCycle(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || isInputError(error)) throw new Error(`${place}: ${error.message}`);
    throw error;
  }
}
