import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { readRuleFolder } from '../../server/rules/rule-folder.ts';

test.each(['', '/', '/./', '/../{name}', '/messages/..'])(
  'a rules folder named with “%s” holds the same files',
  async (end) => {
    const folder = await mkdtemp(join(tmpdir(), 'ratebook-rules-'));
    await mkdir(join(folder, 'messages'));
    await writeFile(join(folder, 'plans.rules'), 'service voice');
    await writeFile(join(folder, 'messages', 'en.email.eta'), 'Hello');
    const { files } = await readRuleFolder(folder + end.replace('{name}', basename(folder)));
    expect(files.map(({ path }) => path)).toEqual(['messages/en.email.eta', 'plans.rules']);
    await rm(folder, { recursive: true });
  },
);
