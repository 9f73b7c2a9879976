/** Another name for a thing, everywhere: its sentence, whoever names it, tests, and ids that follow from it. */
import { type Analysis, analyse } from '../compile.ts';
import type { Edit } from '../diagnostic.ts';
import { splitLines } from '../syntax/lines.ts';
import { ruleKinds } from '../syntax/sentences.ts';
import { Name, Path, Text } from '../syntax/tokens.ts';
import type { Span } from '../syntax/tree.ts';
import { allMentions } from './mentions.ts';
import type { NameKind } from './names.ts';
import { same } from './navigate.ts';
import { allNamed, type Named, namedAt } from './resolve.ts';
import type { Workspace } from './workspace.ts';

export type Renaming =
  | { readonly kind: 'renamed'; readonly edits: readonly FileEdit[] }
  /** Why not, as a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface FileEdit extends Edit {
  readonly file: string;
}

export type Renamable =
  | { readonly kind: 'renamable'; readonly span: Span; readonly name: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Whether what stands here can have another name, and the words it is written with. */
export function canRename(workspace: Workspace, path: string, offset: number): Renamable {
  const analysis = workspace.analysis();
  const named = namedAt(analysis, path, offset);
  const reason = named ? whyNot(named, analysis) : 'Nothing is named here that could have another name.';
  if (!named || reason !== undefined) return { kind: 'refused', reason: reason ?? '' };
  const { start, end } = named.span;
  return { kind: 'renamable', span: named.span, name: workspace.textOf(path).slice(start, end) };
}

/** The edits that rename, or why that would not do: the name is taken or no name, or the rules would say something else. */
export function rename(workspace: Workspace, path: string, offset: number, newName: string): Renaming {
  const analysis = workspace.analysis();
  const named = namedAt(analysis, path, offset);
  if (!named) return refused('Nothing is named here that could have another name.');
  const reason = whyNot(named, analysis) ?? whyNotSo(named, newName, analysis);
  if (reason !== undefined) return refused(reason);
  const all = allNamed(analysis);
  const written = workspace.textOf(path).slice(named.span.start, named.span.end);
  // A row of a decision table is written without the name of its sentence.
  const prefix = named.name.endsWith(written) ? named.name.slice(0, -written.length) : '';
  const direct = all
    .filter((other) => same(named)(other) && other.spelled && !other.inId)
    .map(({ file, span }) => ({ file, span, text: newTextAt(span, named.name, prefix, newName) }));
  const renamed = analyse(sourceWith(analysis, direct), workspace.options);
  const ids = changedIds(analysis, renamed);
  if (!ids) return refused(`With the name \`${newName}\` the rules would not be the same any more.`);
  const edits = [...direct, ...editsOfIds(analysis, ids, direct)];
  const fault = newFault(analysis, analyse(sourceWith(analysis, edits), workspace.options));
  if (fault !== undefined) return refused(`With the name \`${newName}\`, ${fault}.`);
  return { kind: 'renamed', edits };
}

function refused(reason: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason };
}

/** The whole name where the whole stands, its last part where only that stands. */
function newTextAt(span: Span, name: string, prefix: string, newName: string): string {
  return span.end - span.start === name.length ? prefix + newName : newName;
}

/** Names that are written in quotes may hold anything but quotes. */
const quoted: readonly NameKind[] = ['fee', 'test'];

function whyNot({ kind, name, inId }: Named, analysis: Analysis): string | undefined {
  switch (kind) {
    case 'message':
      return `A message is a folder: rename messages/${name}, and write its new name where it is sent.`;
    case 'file':
      return 'This is a file beside the rules: rename it there, and write its new name here.';
    case 'value':
      return `\`${name.split(' ').at(-1)}\` is a value: it comes from data, and is not a name of the rules.`;
    case 'event':
    case 'unit':
    case 'zone':
    case 'column':
      return `\`${name}\` is built in, or comes from data.`;
    case 'row':
      return inId && !introduces(analysis, { kind, name })
        ? 'The name of this row follows from its condition; give it one with `as`.'
        : undefined;
    default:
      if (introduces(analysis, { kind, name })) return undefined;
      return `\`${name}\` is built in: no sentence introduces it.`;
  }
}

function introduces(analysis: Analysis, { kind, name }: Pick<Named, 'kind' | 'name'>): boolean {
  return allNamed(analysis).some((other) => other.use === 'introduced' && other.kind === kind && other.name === name);
}

function whyNotSo({ kind, name }: Named, newName: string, analysis: Analysis): string | undefined {
  if (!isLegal(kind, newName)) {
    if (quoted.includes(kind)) return 'Write a text without quotes.';
    if (kind === 'fact') return `\`${newName}\` is no name of a fact: write words joined by dots, as in customer.tier.`;
    return `\`${newName}\` is no name: write letters, digits and \`_\`, and no word of the language.`;
  }
  if (newName !== name && introduces(analysis, { kind, name: newName })) return `The name \`${newName}\` is taken.`;
  return kind === 'fact' && analysis.book.facts.has(newName) && newName !== name
    ? `The name \`${newName}\` is taken.`
    : undefined;
}

function isLegal(kind: NameKind, newName: string): boolean {
  const { tokens, errors } = splitLines(quoted.includes(kind) ? `"${newName}"` : newName);
  if (errors.length > 0 || newName.trim() !== newName) return false;
  const wanted = quoted.includes(kind) ? Text : kind === 'fact' ? Path : Name;
  return (
    (kind === 'role' ? tokens.length >= 1 : tokens.length === 1) &&
    tokens.every(({ tokenType }) => tokenType === wanted)
  );
}

function sourceWith({ book }: Analysis, edits: readonly FileEdit[]) {
  return {
    files: [...book.files].map(([path, text]) => ({
      path,
      text: applyEdits(
        text,
        edits.filter(({ file }) => file === path),
      ),
    })),
  };
}

/** The text after edits that do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((after, { span, text: put }) => after.slice(0, span.start) + put + after.slice(span.end), text);
}

/** Old ids with the new ones; undefined if the rules are not the same but for their names. */
function changedIds(before: Analysis, after: Analysis): ReadonlyMap<string, string> | undefined {
  if (before.rules.length !== after.rules.length) return undefined;
  const ids = new Map<string, string>();
  for (const [index, { name }] of before.rules.entries()) {
    const now = after.rules[index]?.name ?? name;
    if (now !== name) ids.set(name, now);
  }
  return ids;
}

/** Tests name rules by ids, in full or without the family. */
function editsOfIds(
  analysis: Analysis,
  ids: ReadonlyMap<string, string>,
  done: readonly FileEdit[],
): readonly FileEdit[] {
  const edited = new Set(done.map(({ file, span }) => `${file} ${span.start}`));
  return allMentions(analysis).flatMap(({ kind, name, use, file, span }) => {
    const families: readonly string[] =
      kind === 'rule' ? ['', ...ruleKinds.map((family) => `${family}.`)] : [`${kind}.`];
    const family = families.find((candidate) => ids.has(candidate + name));
    if (family === undefined || use === 'introduced' || edited.has(`${file} ${span.start}`)) return [];
    return [{ file, span, text: (ids.get(family + name) ?? name).slice(family.length) }];
  });
}

/** The first error that was not there before, with its place. */
function newFault(before: Analysis, after: Analysis): string | undefined {
  const known = new Map<string, number>();
  const key = ({ code, file }: Analysis['diagnostics'][number]) => `${code} ${file}`;
  for (const old of before.diagnostics) known.set(key(old), (known.get(key(old)) ?? 0) + 1);
  const fresh = after.diagnostics.find((one) => {
    const left = (known.get(key(one)) ?? 0) - 1;
    known.set(key(one), left);
    return one.severity === 'error' && left < 0;
  });
  return fresh && `${fresh.message} (line ${fresh.line} of ${fresh.file})`;
}
