import { posix } from 'node:path';
import ts from 'typescript';
import { type CodeFile, codeRooms, inRooms, nodesOf, type ProjectFile, placeOf, roomOf } from './project-files.ts';

interface Import {
  readonly from: CodeFile;
  readonly place: string;
  /** As written: `./money.ts`, `node:fs`, `luxon`. */
  readonly name: string;
  /** Path in the project; undefined for a package. */
  readonly target: string | undefined;
}

/** Whom a room may import of ours; `dsl` has `engine` only by way of these files. */
const allowedRooms: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  dsl: ['engine'],
  server: ['engine', 'dsl'],
  editor: ['engine', 'dsl'],
  test: ['engine', 'dsl', 'server', 'editor'],
};
const sharedTypes = [
  'model',
  'past-cycle',
  'vocabulary',
  'service-facts',
  'rule-set',
  'outcomes',
  'titles',
  'test-case',
  'fee',
  'policies',
].map((name) => `engine/${name}.ts`);

/** The one direction: nobody imports what stands nearer to the outside. */
export function wrongDirections(files: readonly CodeFile[]): readonly string[] {
  return inRooms(files, Object.keys(allowedRooms))
    .flatMap(importsOf)
    .flatMap(({ from, place, name, target }) => {
      const room = roomOf(from.path);
      if (target === undefined) return wrongPackage(room, from.path, place, name);
      const other = roomOf(target);
      if (other === room) return [];
      if (!allowedRooms[room]?.includes(other)) {
        return [
          `${place}: imports ${target}. ${room}/ may import ${allowedRooms[room]?.join(' and ') || 'nothing of ours'}: move what both need to the room that both may import.`,
        ];
      }
      if (room === 'dsl' && !sharedTypes.includes(target)) {
        return [
          `${place}: imports ${target}. dsl/ knows only ${sharedTypes.join(', ')}: put the type there, or do the work in engine/.`,
        ];
      }
      return [];
    });
}

function wrongPackage(room: string, path: string, place: string, name: string): readonly string[] {
  if (['engine', 'dsl'].includes(room) && name.startsWith('node:')) {
    return [`${place}: imports ${name}. ${room}/ is pure: let server/ do it and pass the result in.`];
  }
  if (room === 'editor' && name.startsWith('node:') && path !== 'editor/vite.config.ts') {
    return [`${place}: imports ${name}. The editor runs in a browser: ask the server over HTTP.`];
  }
  if (name === 'json-rules-engine' && room !== 'test' && path !== 'engine/decide/library.ts') {
    return [`${place}: imports json-rules-engine. Call engine/decide/library.ts, which alone knows the library.`];
  }
  return [];
}

/** Files that import each other in a circle, each circle once. */
export function importCircles(files: readonly CodeFile[]): readonly string[] {
  const graph = graphOf(files);
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      circles.push(
        `${[...trail.slice(start), path].join(' → ')}: a circle. Move what they share into a file of its own that imports neither.`,
      );
      return;
    }
    if (finished.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return circles;
}

/** Where a person or a tool comes in; whatever they do not lead to is dead. */
const productEntries = [
  'server/cli.ts',
  'server/prepare.mjs',
  'server/build.mjs',
  'editor/index.html',
  'editor/vite.config.ts',
];
const testEntries =
  /^test\/(.*\.test\.tsx?|global-setup\.ts|property-seed\.ts|skipped-reporter\.ts|bench\/(run|faults|[\w-]+-child)\.mjs)$/;

/** Files that no entry leads to: of the product from its commands and its page, of `test/` from its tests. */
export function deadFiles(files: readonly ProjectFile[], code: readonly CodeFile[]): readonly string[] {
  const graph = graphOf(code);
  const page = files.find((file) => file.path === 'editor/index.html');
  graph.set(
    'editor/index.html',
    [...(page?.text.matchAll(/(?:src|href)="\.?\/([\w./-]+)"/g) ?? [])].map((match) => `editor/${match[1]}`),
  );
  const testing = code.map((file) => file.path).filter((path) => testEntries.test(path));
  const alive = reach(graph, productEntries);
  const tested = reach(graph, testing);
  return inRooms(files, [...codeRooms, 'test'])
    .filter(({ path }) => /\.(ts|tsx|mjs|css)$/.test(path) && !path.endsWith('.d.ts') && !alive.has(path))
    .filter(({ path }) => roomOf(path) !== 'test' || !tested.has(path))
    .map(({ path }) =>
      tested.has(path)
        ? `${path}: only tests reach it. Use it in the product, or delete it with its tests.`
        : `${path}: nothing reaches it. Delete it, or import it where it is needed.`,
    );
}

function reach(graph: ReadonlyMap<string, readonly string[]>, entries: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(...(graph.get(path) ?? []));
  }
  return seen;
}

function graphOf(files: readonly CodeFile[]): Map<string, readonly string[]> {
  return new Map(files.map((file) => [file.path, importsOf(file).flatMap(({ target }) => target ?? [])]));
}

/** Imports, re-exports, `import('…')` of values and types, and `new URL('./x.ts', import.meta.url)` of workers. */
function importsOf(file: CodeFile): readonly Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(file.tree)) {
    const name = importedName(node);
    if (name === undefined) continue;
    const target = name.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file.path), name)) : undefined;
    found.push({ from: file, place: placeOf(file, node), name, target });
  }
  return found;
}

function importedName(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return literal(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return literal(node.arguments[0]);
  const isModuleUrl =
    ts.isNewExpression(node) &&
    node.expression.getText() === 'URL' &&
    /\.(ts|js|mjs)'$/.test(node.arguments?.[0]?.getText() ?? '');
  // A worker of the server is named as the build calls it.
  return isModuleUrl ? literal(node.arguments?.[0])?.replace(/\.js$/, '.ts') : undefined;
}

function literal(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteral(node) ? node.text : undefined;
}
