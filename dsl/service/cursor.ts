/** Where somebody is typing: in which sentence and clause, what stands before, and what the grammar expects next. */
import { type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import type { Scope } from '../../engine/rule-set.ts';
import { businessEvents } from '../../engine/vocabulary.ts';
import type { Book } from '../check/book.ts';
import { shapes } from '../families/shapes.ts';
import { type SentenceTokens, splitLines } from '../syntax/lines.ts';
import { grammar } from '../syntax/parse.ts';
import type { SentenceKind } from '../syntax/sentences.ts';
import * as t from '../syntax/tokens.ts';
import type { Workspace } from './workspace.ts';

export interface Cursor {
  readonly kind: SentenceKind;
  readonly sentence: SentenceTokens;
  /** What the grammar has read before the word at the cursor: of the clause, or of the sentence's first words. */
  readonly tokens: readonly IToken[];
  readonly rule: 'head' | 'clauses' | 'comparison';
  /** The line begins here. */
  readonly opensLine: boolean;
  /** An open quote stands before the cursor. */
  readonly inText: boolean;
  readonly text: string;
  readonly scope: Scope;
  readonly book: Book;
}

export interface Expectation {
  readonly type: TokenType;
  /** Rules of the grammar, from the outermost to the innermost. */
  readonly rules: readonly string[];
}

/** Undefined in a comment, and where no sentence has begun. */
export function cursorAt(workspace: Workspace, path: string, offset: number): Cursor | undefined {
  const all = workspace.textOf(path).slice(0, offset);
  const line = all.slice(all.lastIndexOf('\n') + 1);
  const inText = /"/.test(line.replace(/"[^"]*"/g, ''));
  if (!inText && line.replace(/"[^"]*"/g, '').includes('#')) return undefined;
  const text = inText ? all.slice(0, all.lastIndexOf('"')) : all.replace(/[\w.]*$/, '');
  const sentence = splitLines(lastSentence(text)).sentences.at(-1);
  const kind = sentenceKind(sentence?.head[0]);
  if (!sentence || !kind) return undefined;
  const { book } = workspace.analysis();
  const clause = sentence.clauses.at(-1);
  const cell = clause && isRow(clause) ? cellBefore(sentence, clause) : undefined;
  const opensLine = !inText && text.slice(text.lastIndexOf('\n') + 1).trim() === '';
  return {
    kind,
    sentence,
    tokens: cell?.tokens ?? clause ?? sentence.head,
    rule: cell?.rule ?? (clause ? 'clauses' : 'head'),
    opensLine,
    inText,
    text,
    scope: scopeOf(kind, sentence),
    book,
  };
}

/** What may stand at the cursor. */
export function expectedAt({ rule, tokens }: Cursor): readonly Expectation[] {
  return grammar()
    .computeContentAssist(rule, [...tokens])
    .map(({ nextTokenType, ruleStack }) => ({ type: nextTokenType, rules: ruleStack }));
}

/** The text from the last sentence that begins in column 0. */
function lastSentence(text: string): string {
  for (let end = text.length; end > 0; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    if (/[^\s#]/.test(text.charAt(start))) return text.slice(start);
    end = start - 1;
  }
  return text;
}

function sentenceKind(token: IToken | undefined): SentenceKind | undefined {
  const word = token?.image.replace(/\s+/g, ' ') ?? '';
  return Object.hasOwn(shapes, word) ? (word as SentenceKind) : undefined;
}

function isRow([first]: readonly IToken[]): boolean {
  return first !== undefined && tokenMatcher(first, t.Pipe);
}

/** A cell is read as if the words of its column stood before it. */
function cellBefore(
  { clauses, head }: SentenceTokens,
  row: readonly IToken[],
): Pick<Cursor, 'tokens' | 'rule'> | undefined {
  const first = clauses.length - 1 - [...clauses].reverse().findIndex((chunk) => !isRow(chunk));
  const header = clauses[first === clauses.length ? 0 : first + 1];
  if (!header || header === row) return undefined;
  const cells = cellsOf(row);
  const column = cellsOf(header)[cells.length - 1] ?? [];
  const cell = cells.at(-1) ?? [];
  const [opener] = column;
  if (!opener || opener.image === 'id' || opener.image === 'title') return undefined;
  if (opener.image === head[0]?.image) return { rule: 'clauses', tokens: cell };
  if (tokenMatcher(opener, t.OpensClause)) return { rule: 'clauses', tokens: [...column, ...cell] };
  const says = cell[0] && (tokenMatcher(cell[0], t.Ordering) || /^(is|starts|mention|include|has)/.test(cell[0].image));
  const is = splitLines('is').tokens;
  return { rule: 'comparison', tokens: [...column, ...(says ? [] : is), ...cell] };
}

/** The cells of a row as far as they are there. */
function cellsOf(row: readonly IToken[]): readonly (readonly IToken[])[] {
  const cells: IToken[][] = [];
  for (const token of row) {
    if (tokenMatcher(token, t.Pipe)) cells.push([]);
    else cells.at(-1)?.push(token);
  }
  return cells;
}

/** What the sentence decides about, as far as it can be told while it is being typed. */
function scopeOf(kind: SentenceKind, { head, clauses }: SentenceTokens): Scope {
  switch (kind) {
    case 'plan':
    case 'contract':
      return 'portion';
    case 'tax':
    case 'advantage':
      return 'line';
    case 'offer':
    case 'notify': {
      const on = [head, ...clauses].find((tokens) => tokens.some(({ image }) => image === 'on')) ?? [];
      const event = on
        .slice(on.findIndex(({ image }) => image === 'on') + 1)
        .map(({ image }) => image)
        .join(' ');
      return businessEvents.find(({ name }) => event.startsWith(name))?.scope ?? 'customer';
    }
    case 'anomaly':
      return 'event';
    default:
      return 'subscription';
  }
}
