import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountCycle } from '../../engine/model.ts';
import { lineNumberAt, linesOf, partsOf } from '../../server/impact/file-parts.ts';
import { cycleAsLine, cyclesFromFile, type RecordedCycle } from '../../server/impact/recorded-cycles.ts';
import { sampleCycles } from '../../server/sample/sample-cycles.ts';

describe('A file of lines that is read in parts', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratebook-parts-'));
    path = join(folder, 'lines.ndjson');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const line = fc.oneof(fc.constant(''), fc.stringMatching(/^[a-zäß€😀]{0,12}\r?$/u), fc.constant('x'.repeat(200)));

  it('has each line once, whole and in order, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 60 }), async (lines, bytesEach) => {
        const bytes = Buffer.from(lines.join('\n'));
        await writeFile(path, bytes);
        const found = [...partsOf(path, bytes.length, bytesEach)].flatMap((part) => [...linesOf(part)]);
        // A line end is the end of a line, and not the begin of one more.
        const wanted = lines.at(-1) === '' ? lines.slice(0, -1) : lines;
        expect(found.map(({ text }) => text)).toEqual(wanted);
        expect(found.map(({ at }) => lineNumberAt(path, at))).toEqual(wanted.map((_, index) => index + 1));
      }),
      { numRuns: 60 },
    );
  });

  it('knows a line that is longer than what is read at once', async () => {
    const long = 'y'.repeat(300_000);
    await writeFile(path, `first\n${long}\nlast`);
    const parts = [...partsOf(path, 300_011, 100_000)].map((part) => [...linesOf(part)]);
    expect(parts.map((lines) => lines.map(({ text }) => text))).toEqual([['first', long], [], [], ['last']]);
    expect(lineNumberAt(path, 300_007)).toBe(3);
  });

  it('must be there, and be no folder', async () => {
    await expect(all(join(folder, 'none.ndjson'))).rejects.toThrow('none.ndjson');
    await expect(all(folder)).rejects.toThrow('EISDIR');
  });

  it('may be a pipe, which is read line by line', async () => {
    const pipe = join(folder, 'pipe');
    const cycles: AccountCycle[] = [];
    await promisify(execFile)('mkfifo', [pipe]);
    for await (const cycle of sampleCycles({ seed: 1, accounts: 3, records: 300 })) cycles.push(cycle);
    const text = cycles.map(cycleAsLine).join('');
    expect((await Promise.all([all(pipe), writeFile(pipe, `\n${text}`)]))[0]).toEqual(cycles);
    const bad = Promise.all([all(pipe), writeFile(pipe, `${text}{"account":1}\n`)]);
    await expect(bad).rejects.toThrow(`${pipe}:4: #/`);
  });
});

async function all(path: string): Promise<readonly RecordedCycle[]> {
  const found: RecordedCycle[] = [];
  for await (const one of cyclesFromFile(path)) found.push(one);
  return found;
}
