import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Knex } from 'knex';
import type { AccountImpact } from '../../engine/impact.ts';
import { impactOf } from '../impact/impact-of.ts';
import { cyclesFromFile, cyclesOfRun, type RecordedCycle } from '../impact/recorded-cycles.ts';
import { changeOf, impactAsMarkdown } from '../impact/show-impact.ts';
import { readBothRuleSets } from '../rules/rule-revision.ts';
import { sampleCycles } from '../sample/sample-cycles.ts';
import { unusable } from '../unusable.ts';

/** Which recorded cycles: exactly one of `run`, `cycles` and `sample`. */
export interface CycleSource {
  readonly run?: string;
  readonly cycles?: string;
  /** That many accounts of the sample company. */
  readonly sample?: number;
  readonly seed: number;
}

export interface ImpactOptions extends CycleSource {
  readonly json?: boolean;
  /** CSV file for every account's totals. */
  readonly accounts?: string;
  /** One for each core if not told. */
  readonly threads?: number;
}

/**
 * `ratebook impact A B`: what a change of the rules does to the money of a recorded cycle. A and B are folders, git
 * revisions or compiled rule sets. Prints Markdown, or JSON.
 *
 * @throws Error when one of the two does not compile, or the cycles cannot be read.
 */
export async function impact(before: string, after: string, options: ImpactOptions): Promise<void> {
  await withCycles(options, async (cycles, name) => {
    const file = options.accounts === undefined ? undefined : await accountFile(options.accounts);
    const impacts = await impactOf(readBothRuleSets(before, after), cycles, file?.add, options.threads);
    await file?.end();
    const report = { cycles: name, before, after, impacts };
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : impactAsMarkdown(report));
  });
}

/** Reads the cycles that the options name; the books are open only while `action` runs. */
export async function withCycles<T>(
  { run, cycles, sample, seed }: CycleSource,
  action: (cycles: AsyncIterable<RecordedCycle>, name: string) => Promise<T>,
): Promise<T> {
  if ([run, cycles, sample].filter((one) => one !== undefined).length !== 1)
    throw unusable('Name the cycles by exactly one of --run ID, --cycles FILE and --sample ACCOUNTS');
  if (run !== undefined) {
    // What speaks to the database takes longer to load than all the rest of this.
    const { withBooks } = await import('./with-books.ts');
    return withBooks((db: Knex) => action(cyclesOfRun(db, run), `run ${run}`));
  }
  if (cycles !== undefined) return action(cyclesFromFile(cycles), cycles);
  const accounts = sample ?? 0;
  const size = { seed, accounts, records: accounts * recordsPerAccount };
  return action(sampleCycles(size), `${accounts} accounts of the sample company (seed ${seed})`);
}

/** As many as in the demo, which has 260,000 for 1,200. */
const recordsPerAccount = 216;

/**
 * Every account's total on both sides, written as it is known.
 *
 * @throws Error when the file cannot be opened, before anything is billed; `end` does when it cannot be written to its end.
 */
async function accountFile(path: string) {
  const file = createWriteStream(path);
  await once(file, 'open').catch((error: Error) => {
    throw unusable(`--accounts ${path} cannot be written: ${error.message}`);
  });
  const written = finished(file);
  // A disk that fills up meanwhile is said at the end, by `end`, and is not unhandled until then.
  written.catch(() => {});
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  file.write('account,customer,category,currency,before,after,change\n');
  return {
    add: (one: AccountImpact) => {
      const { before, after, change } = changeOf(one);
      const cells = [one.accountId, one.customer, one.category, one.currency, before, after, change];
      file.write(`${cells.map(quoted).join(',')}\n`);
    },
    end: async () => {
      file.end();
      await written;
    },
  };
}
