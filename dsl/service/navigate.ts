/** Where a name comes from, and where it is used. */
import type { Analysis } from '../compile.ts';
import type { Span } from '../syntax/tree.ts';
import { allNamed, type Named, namedAt } from './resolve.ts';
import type { Workspace } from './workspace.ts';

export interface Place {
  readonly file: string;
  readonly span: Span;
}

/** Where what is named at a place is introduced: a sentence, a clause, a file beside the rules; none if it is built in. */
export function definition(workspace: Workspace, path: string, offset: number): readonly Place[] {
  const analysis = workspace.analysis();
  const named = namedAt(analysis, path, offset);
  return named ? definitionsOf(named, analysis) : [];
}

/** Every place that speaks of what is named here, where it is introduced among them. */
export function references(workspace: Workspace, path: string, offset: number): readonly Place[] {
  const analysis = workspace.analysis();
  const named = namedAt(analysis, path, offset);
  return named ? allNamed(analysis).filter(same(named)).map(placeOf) : [];
}

export function same({ kind, name }: Named): (other: Named) => boolean {
  return (other) => other.kind === kind && other.name === name;
}

function definitionsOf(named: Named, analysis: Analysis): readonly Place[] {
  const { kind, name } = named;
  const all = allNamed(analysis);
  const introduced = all.filter((other) => other.use === 'introduced' && same(named)(other));
  if (introduced.length > 0) return introduced.map(placeOf);
  switch (kind) {
    case 'message':
      return fileAt(`messages/${name}/message.json`, analysis);
    case 'file':
      return fileAt(name, analysis);
    case 'row':
      return rowAt(name, analysis);
    case 'value': {
      const [fact = '', value = ''] = name.split(' ');
      return valueAt(fact, value, all, analysis);
    }
    default:
      return [];
  }
}

/** A row without a name of its own begins at its condition. */
function rowAt(id: string, { rules, book }: Analysis): readonly Place[] {
  const rule = rules.find((candidate) => candidate.name === id);
  if (!rule) return [];
  const lines = (book.files.get(rule.at.file) ?? '').split('\n');
  const line = lines[rule.at.line - 1] ?? '';
  const start = lines.slice(0, rule.at.line - 1).reduce((sum, before) => sum + before.length + 1, 0);
  return [{ file: rule.at.file, span: { start: start + line.search(/\S|$/), end: start + line.trimEnd().length } }];
}

/** Values come from the declaration of their fact, or from its table. */
function valueAt(fact: string, value: string, all: readonly Named[], { book }: Analysis): readonly Place[] {
  const table = book.tables.get(fact.split('.')[0] ?? '');
  const kind = table ? 'table' : 'fact';
  return all
    .filter((other) => other.use === 'introduced' && other.kind === kind && other.name === (table ? table.name : fact))
    .map(({ file, span }) => {
      const text = book.files.get(file) ?? '';
      const end = text.indexOf('\n', span.end);
      const at = new RegExp(`\\b${value.replace(/\W/g, '\\$&')}\\b`).exec(
        text.slice(span.end, end < 0 ? undefined : end),
      );
      const start = at ? span.end + at.index : span.start;
      return { file, span: at ? { start, end: start + value.length } : span };
    });
}

function fileAt(path: string, { book }: Analysis): readonly Place[] {
  return book.files.has(path) ? [{ file: path, span: { start: 0, end: 0 } }] : [];
}

function placeOf({ file, span }: Named): Place {
  return { file, span };
}
