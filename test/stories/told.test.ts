/** The table of stories in `test/README.md` names stories that are there. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { project } from '../dsl/sources.ts';

const rows = [...readFileSync(`${project}test/README.md`, 'utf8').matchAll(/^\| (.+) \| `([a-z-]+)` \| (.+) … \|$/gm)];

test('Each model of the table has the story that it names', () => {
  expect(rows.length).toBeGreaterThan(30);
  const missing = rows.filter(([, , file, story]) => !textOf(file ?? '').includes(`'${story}`));
  expect(missing.map(([row]) => row)).toEqual([]);
});

function textOf(file: string): string {
  return readFileSync(`${project}test/stories/${file}.test.ts`, 'utf8');
}
