/** The clauses of one sentence as its tokens, with the comments where they stand. */
import { type IToken, tokenMatcher } from 'chevrotain';
import type { NestedKind } from '../families/nesting.ts';
import type { Clause } from '../syntax/clauses.ts';
import { type Lines, splitLines } from '../syntax/lines.ts';
import { parse } from '../syntax/parse.ts';
import { Comment, Pipe } from '../syntax/tokens.ts';
import type { Logic, Node } from '../syntax/tree.ts';

/** A clause, the head of the sentence, or a line of a decision table. */
export interface Unit {
  readonly kind: NestedKind | 'head';
  readonly words: readonly UnitWord[];
  /** Whole lines of comment above it. */
  readonly above: readonly LineComment[];
  readonly blankBefore: boolean;
  /** The comment behind its last word. */
  readonly behind: string | undefined;
}

export interface UnitWord {
  readonly token: IToken;
  /** It begins another of the conditions, or of what is given, that the clause joins. */
  readonly joins: boolean;
  /** Comments that follow it and do not end the unit; the first may stand behind it, on its line. */
  readonly comments: readonly LineComment[];
}

export interface LineComment {
  readonly text: string;
  /** It stands behind a word, on its line. */
  readonly isBehind: boolean;
  readonly blankBefore: boolean;
  /** 1-based, where it stands in the text. */
  readonly column: number;
}

export interface SentenceUnits {
  readonly units: readonly Unit[];
  /** Comments below the last clause. */
  readonly below: readonly LineComment[];
}

/** Undefined if the sentence cannot be read. */
export function unitsOf(text: string): SentenceUnits | undefined {
  let faulty = false;
  const { sentences } = parse(text, () => {
    faulty = true;
  });
  const [sentence] = sentences;
  if (faulty || !sentence) return undefined;
  const lines = splitLines(text);
  const kinds = kindsByStart(lines, sentence.clauses);
  return gather(lines, kinds, jointsOf(sentence.clauses, lines.tokens));
}

/** Where units begin, and what they are. The clauses that a decision table is read as are none. */
function kindsByStart({ sentences }: Lines, clauses: readonly Clause[]): ReadonlyMap<number, Unit['kind']> {
  const kinds = new Map<number, Unit['kind']>();
  const [{ head, clauses: chunks } = { head: [], clauses: [] }] = sentences;
  for (const chunk of [head, ...chunks]) {
    const [first] = chunk;
    const last = chunk.at(-1);
    if (!first || !last) continue;
    if (chunk === head) kinds.set(first.startOffset, 'head');
    if (tokenMatcher(first, Pipe)) kinds.set(first.startOffset, 'decision table');
    else
      for (const { kind, span } of clauses)
        if (span.start >= first.startOffset && span.start <= last.startOffset) kinds.set(span.start, kind);
  }
  return kinds;
}

/** Where the second and later of the terms or items begin that a clause joins by `and` or `or` outside all brackets. */
function termsOf(clause: Clause): readonly number[] {
  const parts = clause.kind === 'given' ? clause.items : Object.values(clause).flatMap(joined);
  return parts.slice(1).map(({ span }) => span.start);
}

function joined(value: unknown): readonly Node[] {
  const { kind, terms, grouped } = (value ?? {}) as Partial<Logic>;
  if ((kind !== 'and' && kind !== 'or') || !terms || grouped) return [];
  return terms.flatMap((term) => (joined(term).length > 0 ? joined(term) : [term]));
}

/** The words that join: the last `and` or `or` before each term, which may begin with a bracket. */
function jointsOf(clauses: readonly Clause[], tokens: readonly IToken[]): ReadonlySet<IToken> {
  const words = tokens.filter(({ image }) => image === 'and' || image === 'or');
  const starts = clauses.flatMap(termsOf);
  return new Set(starts.flatMap((start) => words.findLast(({ startOffset }) => startOffset < start) ?? []));
}

/** Words and comments in their order, a new unit at each of `kinds`. */
function gather(
  { tokens, comments }: Lines,
  kinds: ReadonlyMap<number, Unit['kind']>,
  joints: ReadonlySet<IToken>,
): SentenceUnits {
  const units: Open[] = [];
  let waiting: LineComment[] = [];
  let line = 0;
  for (const token of inOrder(tokens, comments)) {
    const startLine = token.startLine ?? 0;
    const blankBefore = line > 0 && startLine > line + 1;
    const unit = units.at(-1);
    const kind = kinds.get(token.startOffset);
    if (token.tokenType === Comment) {
      const text = token.image.trimEnd();
      waiting.push({ text, isBehind: startLine === line, blankBefore, column: token.startColumn ?? 1 });
    } else if (kind) {
      const [first] = waiting;
      if (unit && first?.isBehind) unit.behind = waiting.shift()?.text;
      units.push({
        kind,
        words: [{ token, joins: false, comments: [] }],
        above: waiting,
        blankBefore,
        behind: undefined,
      });
      waiting = [];
    } else if (unit) {
      unit.words.at(-1)?.comments.push(...waiting);
      unit.words.push({ token, joins: joints.has(token), comments: [] });
      waiting = [];
    }
    line = token.endLine ?? startLine;
  }
  const last = units.at(-1);
  if (last && waiting[0]?.isBehind) last.behind = waiting.shift()?.text;
  return { units, below: waiting };
}

interface Open extends Unit {
  readonly words: (UnitWord & { readonly comments: LineComment[] })[];
  behind: string | undefined;
}

function inOrder(tokens: readonly IToken[], comments: readonly IToken[]): readonly IToken[] {
  return [...tokens, ...comments].sort((a, b) => a.startOffset - b.startOffset);
}
