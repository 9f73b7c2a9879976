/** Tests that start processes run what is built: they refuse at once to run what was built of other sources. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectFolder } from '../../server/folders.ts';
import { requireBuild } from './demo-process.ts';

let project: string;

/** A project of a few lines that is built as this one is. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ratebook-build-'));
  for (const folder of ['dsl', 'engine', 'server', 'editor', 'node_modules']) await mkdir(join(project, folder));
  const lock = '{}';
  const small: Readonly<Record<string, string>> = {
    'package-lock.json': lock,
    'node_modules/.ratebook': createHash('sha256').update('/package-lock.json').update(lock).digest('hex'),
    'package.json': '{"type": "module"}',
    'tsconfig.json': '{}',
    'server/cli.ts': 'export const answer = 42;\n',
    'editor/index.html': '<!doctype html><title>Small</title>',
    'editor/vite.config.ts':
      "export default { root: import.meta.dirname, build: { outDir: '../dist/editor', emptyOutDir: true } };\n",
  };
  for (const [path, text] of Object.entries(small)) await writeFile(join(project, path), text);
  for (const script of ['prepare.mjs', 'build.mjs'])
    await copyFile(join(projectFolder, 'server', script), join(project, 'server', script));
  await mkdir(join(project, 'node_modules/@fastify'));
  for (const name of ['rolldown', 'vite', 'chevrotain', 'typebox', '@fastify/type-provider-typebox'])
    await symlink(join(projectFolder, 'node_modules', name), join(project, 'node_modules', name));
});
afterAll(() => rm(project, { recursive: true, force: true }));

function build(): string {
  const { status, stderr } = spawnSync(process.execPath, [join(project, 'server/prepare.mjs')], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stderr.replace(/[\d.]+ s/g, '… s');
}

test('a server is refused that was not built, or was built before its sources changed, and it is said what to do', async () => {
  const refusal = '(to do: Build the server). Run `npm run build` first.';
  expect(() => requireBuild(project)).toThrow(refusal);
  expect(build()).toContain('Build the editor: … s');
  requireBuild(project);
  await writeFile(join(project, 'engine/more.ts'), 'export const more = 1;\n');
  expect(() => requireBuild(project)).toThrow(refusal);
  build();
  requireBuild(project);
});

test('a change of the editor builds the editor alone', async () => {
  build();
  await appendFile(join(project, 'editor/index.html'), '<p>More</p>');
  requireBuild(project);
  expect(build()).toBe('Build the editor …\nBuild the editor: … s\n');
  expect(build()).toBe('');
});

test('what is built finds the faults of the last member of a union, as the sources do: packages share their settings', async () => {
  requireBuild();
  const built = await import(pathToFileURL(join(projectFolder, 'dist/server/input-faults.js')).href);
  const kinds = ['a', 'b', 'c', 'd', 'e'];
  const members = kinds.map((kind) =>
    Type.Object({ kind: Type.Literal(kind), from: Type.Integer(), on: Type.Integer() }),
  );
  expect(built.compileCheck(Type.Union(members))({ kind: 'e', from: 'x', on: 1 })).toEqual([
    { pointer: '#/from', detail: 'must be of type integer' },
  ]);
  expect(built.compileCheck(Type.Union(members))({ kind: 'z', from: 1, on: 1 })).toEqual([
    { pointer: '#/kind', detail: 'must be one of a, b, c, d, e' },
  ]);
});
