import ts from 'typescript';
import { type CodeFile, nodesOf, type ProjectFile } from './project-files.ts';

/**
 * A catalogue is closed when what the code has and what a document says are the same.
 *
 * @param documented names that `document` describes.
 */
export function differences(
  kind: string,
  inCode: readonly string[],
  document: string,
  documented: readonly string[],
): readonly string[] {
  return [
    ...inCode
      .filter((name) => !documented.includes(name))
      .map((name) => `${document}: does not describe the ${kind} ${name}. Describe it: what it means and what to do.`),
    ...documented
      .filter((name) => !inCode.includes(name))
      .map((name) => `${document}: describes the ${kind} ${name}, which does not exist. Delete it, or build it.`),
  ];
}

/**
 * Names that no test mentions as a text of their own: `'no-rate'`.
 *
 * @param forms how a test may write a name.
 */
export function unprovoked(
  kind: string,
  names: readonly string[],
  files: readonly ProjectFile[],
  forms: (name: string) => readonly string[] = (name) => [name],
): readonly string[] {
  const tests = files
    .filter((file) => /^test\/.*\.(ts|tsx)$/.test(file.path) && !file.path.startsWith('test/tidy'))
    .map((file) => file.text)
    .join('\n');
  const isMentioned = (form: string) => ["'", '"', '`'].some((quote) => tests.includes(`${quote}${form}${quote}`));
  return names
    .filter((name) => !forms(name).some(isMentioned))
    .map((name) => `test/: no test provokes the ${kind} ${name}. Write one that fails when it is not raised.`);
}

/** Texts in backquotes that open the rows of the table under a heading. */
export function tableNames(file: ProjectFile | undefined, heading: string): readonly string[] {
  const lines = (file?.text ?? '').split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line));
  return rest.slice(0, end < 0 ? undefined : end).flatMap((line) => {
    const cell = /^\|([^|]*)\|/.exec(line)?.[1] ?? '';
    return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  });
}

/** Headings that are the name of one thing: `## unknown-fact` or ``### `unknown-fact` ``. */
export function headingNames(file: ProjectFile | undefined): readonly string[] {
  return (file?.text ?? '')
    .split('\n')
    .flatMap((line) => /^#{2,4} `?([a-z0-9]+(?:-[a-z0-9]+)*)`?$/.exec(line)?.[1] ?? []);
}

/** The literals of a union of texts: `type X = 'a' | 'b'`. */
export function unionLiterals(file: CodeFile | undefined, name: string): readonly string[] {
  for (const node of file ? nodesOf(file.tree) : []) {
    if (!ts.isTypeAliasDeclaration(node) || node.name.text !== name || !ts.isUnionTypeNode(node.type)) continue;
    return node.type.types.flatMap((type) =>
      ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [],
    );
  }
  return [];
}

/** Set by the system or by npm, not by the operator. */
const givenBySystem = ['PATH', 'npm_execpath'];

/** Names read from `process.env`, from a parameter called `env` that stands for it, or taken out of it by pattern. */
export function settingsRead(files: readonly CodeFile[]): readonly string[] {
  const names = files.flatMap((file) => [...nodesOf(file.tree)].flatMap(settingNames));
  return [...new Set(names)].filter((name) => !givenBySystem.includes(name)).sort();
}

function settingNames(node: ts.Node): readonly string[] {
  const isEnvironment = (from: ts.Expression | undefined) => /^(process\.)?env$/.test(from?.getText() ?? '');
  if (ts.isPropertyAccessExpression(node) && isEnvironment(node.expression)) return [node.name.text];
  if (ts.isElementAccessExpression(node) && isEnvironment(node.expression)) return literalText(node.argumentExpression);
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name) && isEnvironment(node.initializer)) {
    return node.name.elements
      .filter((element) => !element.dotDotDotToken)
      .map((element) => (element.propertyName ?? element.name).getText());
  }
  return [];
}

function literalText(node: ts.Expression): readonly string[] {
  return ts.isStringLiteral(node) ? [node.text] : [];
}

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** What `npm ci` refuses: a package that asks for another one of which the lock file says nothing. */
export function unlockedPackages(lock: {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}): readonly string[] {
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    const wanted = Object.keys({ ...entry.dependencies, ...entry.devDependencies, ...entry.optionalDependencies });
    return wanted
      .filter((name) => !foldersAbove(path).some((folder) => `${folder}node_modules/${name}` in lock.packages))
      .map(
        (name) =>
          `package-lock.json: ${path || 'package.json'} asks for ${name}, which is not locked, so npm ci refuses. Lock it, also for platforms other than yours.`,
      );
  });
}

/** Where Node looks for what a package asks for: in its own folder, then in those around it. */
function foldersAbove(path: string): readonly string[] {
  const parts = path === '' ? [] : path.split('/node_modules/');
  return [...parts.map((_, index) => `${parts.slice(0, parts.length - index).join('/node_modules/')}/`), ''];
}
