import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRatebook } from './demo-process.ts';

const crooked = 'tax  standard   otherwise 19 % category S # everything else\n';
const straight = 'tax standard otherwise 19% category S  # everything else\n';

describe('ratebook fmt', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratebook-fmt-'));
    await mkdir(join(folder, 'prices'));
    await writeFile(join(folder, 'prices/taxes.rules'), crooked);
    await writeFile(join(folder, 'roles.rules'), 'declare role sales manager\n');
    await writeFile(join(folder, 'notes.txt'), crooked);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const ratebook = (...args: readonly string[]) => startRatebook([...args, folder], folder).finished;
  const taxes = () => readFile(join(folder, 'prices/taxes.rules'), 'utf8');

  it('brings the rule files that need it into the one format, names them, and leaves the others untouched', async () => {
    const before = await stat(join(folder, 'roles.rules'));
    const { code, output } = await ratebook('fmt');
    expect(output).toBe('prices/taxes.rules\n1 of 2 rule files were not formatted\n');
    expect(code).toBe(0);
    expect(await taxes()).toBe(straight);
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe(crooked);
    expect((await stat(join(folder, 'roles.rules'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('only says with --check what is not formatted, and fails', async () => {
    const { code, output } = await ratebook('fmt', '--check');
    expect(output).toBe('prices/taxes.rules\n1 of 2 rule files are not formatted\n');
    expect(code).toBe(1);
    expect(await taxes()).toBe(crooked);
  });

  it('has nothing to say against what it wrote itself', async () => {
    await ratebook('fmt');
    const checked = await ratebook('fmt', '--check');
    expect(checked).toMatchObject({ code: 0, output: 'All rule files are formatted\n' });
    expect(await ratebook('fmt')).toMatchObject({ code: 0, output: '0 of 2 rule files were not formatted\n' });
  });

  it('formats what is whole beside what cannot be read, and loses nothing of it', async () => {
    await writeFile(join(folder, 'prices/taxes.rules'), `taxx  standard\n  oops   here\n\n${crooked}`);
    expect((await ratebook('fmt')).code).toBe(0);
    expect(await taxes()).toBe(`taxx  standard\n  oops   here\n\n${straight}`);
  });
});
