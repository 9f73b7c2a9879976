import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
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
    const file = createWriteStream(options.out);
    let count = 0;
    for await (const recorded of cycles) {
      for (const cycle of readRecorded(recorded)) {
        count++;
        if (!file.write(cycleAsLine(cycle))) await once(file, 'drain');
      }
    }
    file.end();
    await finished(file);
    console.log(`${count} account cycles of ${name} are in ${options.out}`);
  });
}
