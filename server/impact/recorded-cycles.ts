import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
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

/** A cycle, or the line of a file that holds one and is not read yet: reading it is work for whoever bills it. */
export type RecordedCycle = AccountCycle | RecordedLine;

interface RecordedLine {
  readonly line: string;
  /** For messages: file and number of the line. */
  readonly place: string;
}

/** One cycle a line, as `ratebook record` writes them. */
export async function* cyclesFromFile(path: string): AsyncGenerator<RecordedCycle> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() !== '') yield { line, place: `${path}:${number}` };
  }
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

/** @throws Error naming the line that is no cycle. */
export function readRecorded(recorded: RecordedCycle): AccountCycle {
  if (!('line' in recorded)) return recorded;
  try {
    return readAccountCycle(JSON.parse(recorded.line));
  } catch (error) {
    if (error instanceof SyntaxError || isInputError(error)) throw new Error(`${recorded.place}: ${error.message}`);
    throw error;
  }
}
