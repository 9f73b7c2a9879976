import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { analyse, type Compilation, compilationOf, type Past } from '../../dsl/compile.ts';
import type { RuleSource, SourceFile } from '../../dsl/source.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { rulesFolder } from '../folders.ts';
import { readJson } from '../read-json.ts';
import { unusable } from '../unusable.ts';
import { holidaysOf } from './holidays.ts';
import { isRulePath, readRuleFolder } from './rule-folder.ts';

/** Rules as they stand in a folder, or as they stood in a revision of the repository. */
export interface RuleRevision {
  /** As it was named: `main`, `rules`. */
  readonly name: string;
  readonly source: RuleSource;
  readonly compilation: Compilation;
  /** By which another revision, most of which is like this one, is compiled in a part of the time. */
  readonly past: Past;
}

/**
 * Reads and compiles `name`: a folder, or a revision of git (`main`, `HEAD~3`, `v1.2:tariffs`), whose folder is that of
 * the rules unless one is named.
 *
 * @param past of another revision, if there is one.
 * @throws Error when it is neither, or when the folder did not exist then.
 */
export async function readRevision(name: string, past?: Past): Promise<RuleRevision> {
  const source = (await isFolder(name)) ? await readRuleFolder(resolve(name)) : await readFromGit(name);
  const analysis = analyse(source, { holidays: holidaysOf }, past);
  return { name, source, compilation: compilationOf(analysis, source), past: analysis.past };
}

/** Two rule sets of which one may take the place of the other. */
export interface BothRuleSets {
  readonly before: RuleSet;
  readonly after: RuleSet;
}

/**
 * The rule sets that two names stand for, each a folder or a git revision, compiled, or a file that `ratebook compile` wrote.
 *
 * @throws Error when one is none of them, or when its rules have errors.
 */
export async function readBothRuleSets(before: string, after: string): Promise<BothRuleSets> {
  const first = await readRuleSet(before);
  const second = await readRuleSet(after, first.past);
  return { before: first.ruleSet, after: second.ruleSet };
}

async function readRuleSet(name: string, past?: Past): Promise<{ readonly ruleSet: RuleSet; readonly past?: Past }> {
  if (!(await isFile(name))) {
    const revision = await readRevision(name, past);
    return { ruleSet: soundRuleSet(revision), past: revision.past };
  }
  const document = (await readJson(name)) as Partial<RuleSet>;
  if (document.format !== ruleSetFormat)
    throw unusable(`${name} is no compiled rule set of the format ${ruleSetFormat}`);
  return { ruleSet: document as RuleSet };
}

const ruleSetFormat: RuleSet['format'] = 'ratebook/rule-set/1';

/** The rule set of a revision. Throws an Error naming the first fault if it has any. */
export function soundRuleSet({ name, compilation }: RuleRevision): RuleSet {
  const { ruleSet, diagnostics } = compilation;
  if (ruleSet) return ruleSet;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  throw new Error(
    `The rules of ${name} have ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}` +
      `${first ? `, the first in ${first.file}:${first.line}: ${first.message}` : ''}`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readFromGit(name: string): Promise<RuleSource> {
  const folder = rulesFolder();
  const colon = name.indexOf(':');
  const revision = colon < 0 ? name : name.slice(0, colon);
  const git = gitIn(dirname(folder));
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`).catch(() => {
    throw unusable(`There is neither a folder nor a git revision "${name}"`);
  });
  const top = await git('rev-parse', '--show-toplevel');
  const path = colon < 0 ? relative(top.trim(), folder) : name.slice(colon + 1);
  const tree = `${commit.trim()}:${path.replace(/\/$/, '')}`;
  const listing = await git('ls-tree', '-r', '-z', '--name-only', '--full-tree', tree).catch(() => {
    throw unusable(`Revision ${revision} has no folder ${path}`);
  });
  const files: SourceFile[] = [];
  for (const file of listing.split('\0').filter(isRulePath).sort()) {
    files.push({ path: file, text: await git('cat-file', 'blob', `${tree}/${file}`.replace(':/', ':')) });
  }
  return { files };
}

function gitIn(folder: string): (...args: readonly string[]) => Promise<string> {
  const run = promisify(execFile);
  return async (...args) =>
    (await run('git', ['-C', folder, ...args], { maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' })).stdout;
}
