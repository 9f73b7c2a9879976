import { createHash, randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { RuleSource } from '../../dsl/source.ts';
import { unusable } from '../unusable.ts';

/** What one rules folder may hold; a folder beyond it is refused as a whole. */
export const ruleFolderLimits = { files: 2_000, fileBytes: 16 * 1024 * 1024, totalBytes: 64 * 1024 * 1024 } as const;

/** What came of an attempt to write one file. */
export type WriteResult =
  | { readonly kind: 'written'; readonly hash: string }
  /** Somebody else changed the file since the writer read it; `hash` is what stands there now (absent: deleted). */
  | { readonly kind: 'changed meanwhile'; readonly hash?: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Reads everything that belongs to the rules: `*.rules`, look-up tables `*.csv` and the files of `messages/`, with
 * paths relative to the folder and forward slashes, sorted.
 *
 * @throws Error saying what is too large, or that the folder cannot be read.
 */
export async function readRuleFolder(folder: string): Promise<RuleSource> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? unusable(`There is no rules folder ${folder}`) : error;
    },
  );
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isRulePath)
    .sort();
  if (paths.length > ruleFolderLimits.files) {
    throw new Error(`The rules folder holds ${paths.length} files; ${ruleFolderLimits.files} are allowed`);
  }
  let total = 0;
  const files: { path: string; text: string }[] = [];
  for (const path of paths) {
    const { size } = await stat(join(folder, path));
    total += size;
    if (size > ruleFolderLimits.fileBytes)
      throw new Error(`${path} has ${size} bytes; ${ruleFolderLimits.fileBytes} are allowed`);
    if (total > ruleFolderLimits.totalBytes)
      throw new Error(`The rules folder has more than ${ruleFolderLimits.totalBytes} bytes`);
    files.push({ path, text: await readFile(join(folder, path), 'utf8') });
  }
  return { files };
}

/**
 * Writes one file of the rules folder so that a reader sees the old text or the new one, never half of it.
 *
 * @param expectedHash hash of the text that the writer edited; absent for a file that must be new.
 */
export async function writeRuleFile(
  folder: string,
  path: string,
  text: string,
  expectedHash?: string,
): Promise<WriteResult> {
  if (!isRulePath(path)) {
    return {
      kind: 'refused',
      reason: 'the path must be relative, without “..”, and name a .rules file, a table .csv or a file of messages/',
    };
  }
  if (Buffer.byteLength(text) > ruleFolderLimits.fileBytes) {
    return { kind: 'refused', reason: `a rule file may have at most ${ruleFolderLimits.fileBytes} bytes` };
  }
  return oneAtATime(async () => {
    const target = join(folder, path);
    if (!(await liesInside(folder, target)))
      return { kind: 'refused', reason: 'the path leads out of the rules folder' };
    const present = await readOptional(target);
    const presentHash = present === undefined ? undefined : hashText(present);
    if (presentHash !== expectedHash) {
      return presentHash === undefined
        ? { kind: 'changed meanwhile' }
        : { kind: 'changed meanwhile', hash: presentHash };
    }
    await mkdir(dirname(target), { recursive: true });
    await replaceFile(target, text);
    return { kind: 'written', hash: hashText(text) };
  });
}

/** Whether this process may write into the folder; a folder from a read-only image is still good for reading. */
export async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** SHA-256 (hex) of a rule file's text; what `expectedHash` compares. */
export function hashText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const segment = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** A relative path of plain segments, none of which climbs or hides, that ends in something the rules consist of. */
export function isRulePath(path: string): boolean {
  if (path.length > 200 || !path.split('/').every((part) => segment.test(part))) return false;
  return (
    path.endsWith('.rules') || path.endsWith('.csv') || (path.startsWith('messages/') && /\.(eta|json)$/.test(path))
  );
}

/** A link inside the folder could lead anywhere: the nearest existing ancestor must really lie in the folder. */
async function liesInside(folder: string, target: string): Promise<boolean> {
  const root = await realpath(folder);
  for (let at = target; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return real === root || real.startsWith(root + sep);
    if (at === dirname(at)) return false;
  }
}

async function replaceFile(target: string, text: string): Promise<void> {
  const temporary = join(dirname(target), `.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Comparing the hash and replacing the file must not interleave with another writer of this process. */
let lastWrite: Promise<unknown> = Promise.resolve();
function oneAtATime<T>(write: () => Promise<T>): Promise<T> {
  const result = lastWrite.then(write);
  lastWrite = result.catch(() => undefined);
  return result;
}
