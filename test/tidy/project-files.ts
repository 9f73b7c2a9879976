import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A file of the project; `path` is relative to the project folder, with forward slashes. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** A file of code with its syntax tree. */
export interface CodeFile extends ProjectFile {
  readonly tree: ts.SourceFile;
}

export const projectFolder: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Rooms that hold code which people run; `test` looks at them and nobody looks at `test`. */
export const codeRooms = ['engine', 'dsl', 'server', 'editor'] as const;

/**
 * All files of the project except what `.gitignore` names. The folder is read, and git is not asked: a machine with Node
 * and npm has no git.
 */
export function readProject(): readonly ProjectFile[] {
  const ignored = readFileSync(join(projectFolder, '.gitignore'), 'utf8').split('\n').filter(Boolean);
  const folders = new Set(['.git', ...ignored.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1))]);
  const endings = ignored.filter((name) => name.startsWith('*')).map((name) => name.slice(1));
  const paths: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !folders.has(entry.name)) walk(join(folder, entry.name));
      // In a linked worktree `.git` is a file.
      else if (entry.isFile() && entry.name !== '.git' && !endings.some((ending) => entry.name.endsWith(ending))) {
        paths.push(join(folder, entry.name));
      }
    }
  };
  walk(projectFolder);
  return paths.sort().map((path) => ({
    path: relative(projectFolder, path).split(sep).join('/'),
    text: readFileSync(path, 'utf8'),
  }));
}

/** TypeScript and plain JavaScript among the files, parsed. */
export function parseCode(files: readonly ProjectFile[]): readonly CodeFile[] {
  return files
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file.path))
    .map((file) => ({ ...file, tree: ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ESNext, true) }));
}

/** `dsl/x.ts` → `dsl`; a file at the top level has the room ''. */
export function roomOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

export function inRooms<F extends ProjectFile>(files: readonly F[], rooms: readonly string[]): readonly F[] {
  return files.filter((file) => rooms.includes(roomOf(file.path)));
}

/** Every node of a tree, parents before children. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}

/** `dsl/x.ts:12`, where the node begins. */
export function placeOf(file: CodeFile, node: ts.Node): string {
  return `${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1}`;
}
