import { posix } from 'node:path';
import ts from 'typescript';
import { type CodeFile, codeRooms, inRooms, nodesOf, type ProjectFile, placeOf, roomOf } from './project-files.ts';

const mostFileLines = 400;
const mostFunctionLines = 70;

export function longFiles(files: readonly ProjectFile[]): readonly string[] {
  return inRooms(files, [...codeRooms, 'test'])
    .filter((file) => /\.(ts|tsx|mjs|css|sql|eta)$/.test(file.path))
    .map((file) => ({ ...file, lines: file.text.trimEnd().split('\n').length }))
    .filter((file) => file.lines > mostFileLines)
    .map(
      (file) =>
        `${file.path}: ${file.lines} lines, ${mostFileLines} are allowed. Split it by what its parts are about.`,
    );
}

/** Tests are read from top to bottom, so that only the functions of the product are measured. */
export function longFunctions(files: readonly CodeFile[]): readonly string[] {
  return inRooms(files, codeRooms).flatMap((file) =>
    [...nodesOf(file.tree)].flatMap((node) => {
      if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return [];
      const line = (position: number) => file.tree.getLineAndCharacterOfPosition(position).line;
      const lines = line(node.getEnd()) - line(node.getStart(file.tree)) + 1;
      if (lines <= mostFunctionLines) return [];
      return [
        `${placeOf(file, node)}: ${functionName(node)} has ${lines} lines, ${mostFunctionLines} are allowed. Give its steps names of their own.`,
      ];
    }),
  );
}

function functionName(node: ts.SignatureDeclaration): string {
  if (node.name) return `${node.name.getText()}()`;
  const { parent } = node;
  const named = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : undefined;
  return named ? `${named}()` : 'a function without a name';
}

/** A default export has another name in every file that imports it. Tool configurations are asked for one. */
export function defaultExports(files: readonly CodeFile[]): readonly string[] {
  return inRooms(files, [...codeRooms, 'test'])
    .filter((file) => !file.path.endsWith('.config.ts'))
    .flatMap((file) =>
      [...nodesOf(file.tree)]
        .filter(isDefaultExport)
        .map((node) => `${placeOf(file, node)}: a default export. Export it by its name.`),
    );
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((one) => one.kind === ts.SyntaxKind.DefaultKeyword)
  );
}

/** A file that only hands on what others export hides where things are. */
export function barrels(files: readonly CodeFile[]): readonly string[] {
  return inRooms(files, [...codeRooms, 'test']).flatMap((file) =>
    [...file.tree.statements]
      .filter((node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
      .map((node) => `${placeOf(file, node)}: exports what another file owns. Import it from there.`),
  );
}

export function anyTypes(files: readonly CodeFile[]): readonly string[] {
  return inRooms(files, [...codeRooms, 'test']).flatMap((file) =>
    [...nodesOf(file.tree)]
      .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
      .map((node) => `${placeOf(file, node)}: any. Say the type; for something unknown, unknown and a check.`),
  );
}

const vagueName = /(Service|Manager|Helper|Utils?|Impl)$|^(Default|Abstract|I)[A-Z][a-z]/;

/** Names that say nothing about what a thing is. */
export function vagueNames(files: readonly CodeFile[]): readonly string[] {
  return inRooms(files, codeRooms).flatMap((file) =>
    [...nodesOf(file.tree)].flatMap((node) => {
      const isType = ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeAliasDeclaration(node);
      if (!isType || !node.name || !vagueName.test(node.name.text)) return [];
      return [`${placeOf(file, node)}: ${node.name.text} says nothing. Name it after what it is.`];
    }),
  );
}

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/;

export function wrongFileNames(files: readonly ProjectFile[]): readonly string[] {
  return inRooms(files, [...codeRooms, 'test'])
    .filter((file) => /\.(ts|tsx|mjs|css|sql|eta)$/.test(file.path))
    .filter((file) => !kebabCase.test(file.path.slice(file.path.lastIndexOf('/') + 1)))
    .map((file) => `${file.path}: not in kebab-case. Rename it: a noun for types, a verb for a function.`);
}

export function leftovers(files: readonly CodeFile[]): readonly string[] {
  return inRooms(files, codeRooms).flatMap((file) => [
    ...file.text
      .split('\n')
      .flatMap((line, index) =>
        /\b(TODO|FIXME|XXX)\b/.test(line)
          ? [
              `${file.path}:${index + 1}: a note to oneself. Do it, or write it into ARCHITECTURE.md under what is not built yet.`,
            ]
          : [],
      ),
    ...[...nodesOf(file.tree)]
      .filter((node) => node.kind === ts.SyntaxKind.DebuggerStatement)
      .map((node) => `${placeOf(file, node)}: a debugger statement. Delete it.`),
    ...[...nodesOf(file.tree)]
      .filter(
        (node) =>
          ['engine', 'dsl'].includes(roomOf(file.path)) &&
          ts.isPropertyAccessExpression(node) &&
          node.expression.getText() === 'console',
      )
      .map((node) => `${placeOf(file, node)}: prints. ${roomOf(file.path)}/ is pure: return what is to be said.`),
  ]);
}

/** What a machine left in the text: it means nothing on another one. */
export function machinePaths(files: readonly ProjectFile[]): readonly string[] {
  const pattern = /(^|[\s"'`(=:])\/(work|root|home|tmp|Users)\/[\w.-]+/;
  return files
    .filter((file) => roomOf(file.path) !== 'test' && file.path !== 'LICENSE')
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line)
            ? [
                `${file.path}:${index + 1}: the path of one machine (${line.trim().slice(0, 60)}). Say it relative to the project, or ask the system.`,
              ]
            : [],
        ),
    );
}

const topLevel = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'biome.json',
  'vitest.config.ts',
  '.npmrc',
  '.gitignore',
  '.editorconfig',
  'README.md',
  'ARCHITECTURE.md',
  'STYLE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'LICENSE',
  '.ci',
  '.github',
  'dsl',
  'engine',
  'rules',
  'server',
  'editor',
  'test',
]);

export function strangersAtTheTop(files: readonly ProjectFile[]): readonly string[] {
  const names = new Set(
    files.map((file) => (file.path.includes('/') ? file.path.slice(0, file.path.indexOf('/')) : file.path)),
  );
  return [...names]
    .filter((name) => !topLevel.has(name))
    .map((name) => `${name}: does not belong to the top level. Put it into the room it is about.`);
}

export function roomsWithoutReadme(files: readonly ProjectFile[]): readonly string[] {
  const paths = new Set(files.map((file) => file.path));
  return [...codeRooms, 'rules', 'test']
    .filter((room) => !paths.has(`${room}/README.md`))
    .map((room) => `${room}/README.md: missing. Say what the room is, what it holds and what it may not do.`);
}

/** Links of documents, and files of ours that they name in backquotes, from the project's folder or their own. */
export function brokenReferences(files: readonly ProjectFile[]): readonly string[] {
  const known = new Set(files.flatMap(({ path }) => [path, ...parentsOf(path)]));
  return files
    .filter((file) => file.path.endsWith('.md'))
    .flatMap((file) =>
      file.text.split('\n').flatMap((line, index) => {
        const links = [...line.matchAll(/\]\((?!\w+:)([^)#]+)[^)]*\)/g)].map((match) =>
          posix.join(posix.dirname(file.path), match[1] ?? ''),
        );
        const named = [...line.matchAll(/`((?:dsl|engine|rules|server|editor|test)\/[\w./-]*)`/g)].map(
          (match) => match[1] ?? '',
        );
        return [...links, ...named]
          .filter(
            (target) =>
              !known.has(tidyPath(target)) && !known.has(posix.join(posix.dirname(file.path), tidyPath(target))),
          )
          .map((target) => `${file.path}:${index + 1}: names ${target}, which is not there. Say where it is now.`);
      }),
    );
}

function tidyPath(path: string): string {
  return path.replace(/\/$/, '');
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
