import { createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { cycleAsLine, readRecorded } from '../impact/recorded-cycles.ts';
import { type CycleSource, withCycles } from './impact.ts';

export interface RecordOptions extends Pick<CycleSource, 'run' | 'sample' | 'seed'> {
  readonly out: string;
}

/**
 * `ratebook record`: writes the account cycles of a run as it found them, one a line, for `ratebook impact --cycles` where
 * there are no books. They hold names, numbers and calls of customers: keep the file as you keep the books.
 */
export async function record(options: RecordOptions): Promise<void> {
  await withCycles(options, async (cycles, name) => {
    let count = 0;
    const lines = async function* () {
      for await (const recorded of cycles) {
        for (const cycle of readRecorded(recorded)) {
          count++;
          yield cycleAsLine(cycle);
        }
      }
    };
    await write(options.out, lines);
    console.log(`${count} account cycles of ${name} are in ${options.out}`);
  });
}

/** A file that is there is whole: a part of the cycles would be taken for all of them. What is no file, like a pipe, is written as it is. */
async function write(path: string, lines: () => AsyncIterable<string>): Promise<void> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => true,
  );
  const unfinished = isFile ? `${path}.part` : path;
  await pipeline(lines, createWriteStream(unfinished));
  if (isFile) await rename(unfinished, path);
}
