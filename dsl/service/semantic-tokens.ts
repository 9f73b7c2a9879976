/** What each word of a file is, by what it names rather than by how it looks. */
import { type IToken, tokenMatcher } from 'chevrotain';
import { splitLines } from '../syntax/lines.ts';
import { ruleKinds } from '../syntax/sentences.ts';
import * as t from '../syntax/tokens.ts';
import type { Span } from '../syntax/tree.ts';
import type { NameKind } from './names.ts';
import { namedIn } from './resolve.ts';
import { type TokenKind, tokenKinds } from './token-kinds.ts';
import type { Workspace } from './workspace.ts';

export interface SemanticToken {
  readonly span: Span;
  readonly kind: TokenKind;
  readonly introduces: boolean;
}

/** In the order of the text; none overlaps another. */
export function semanticTokens(workspace: Workspace, path: string): readonly SemanticToken[] {
  const named = namedIn(workspace.analysis(), path)
    .filter(({ span }) => span.end > span.start)
    .map(({ span, kind, use }) => ({ span, kind: kindOf(kind), introduces: use === 'introduced' }));
  const lines = splitLines(workspace.textOf(path));
  const lexed = [...lines.tokens, ...lines.comments].map((token) => ({
    span: { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 },
    kind: lexicalKind(token),
    introduces: false,
  }));
  return merged(withoutOverlaps(named), lexed.sort(byPlace));
}

function byPlace(a: SemanticToken, b: SemanticToken): number {
  return a.span.start - b.span.start;
}

function withoutOverlaps(tokens: readonly SemanticToken[]): readonly SemanticToken[] {
  let end = 0;
  return [...tokens].sort(byPlace).filter(({ span }) => {
    if (span.start < end) return false;
    end = span.end;
    return true;
  });
}

/** Names, and what is left of the text around and between them. */
function merged(names: readonly SemanticToken[], lexed: readonly SemanticToken[]): readonly SemanticToken[] {
  const tokens: SemanticToken[] = [...names];
  let next = 0;
  for (const token of lexed) {
    while ((names[next]?.span.end ?? Infinity) <= token.span.start) next += 1;
    let { start } = token.span;
    for (let index = next; start < token.span.end; index += 1) {
      const name = names[index]?.span;
      const end = Math.min(token.span.end, name?.start ?? Infinity);
      if (end > start) tokens.push({ ...token, span: { start, end } });
      start = Math.max(end, name?.end ?? Infinity);
    }
  }
  return tokens.sort(byPlace);
}

function kindOf(kind: NameKind): TokenKind {
  if ((ruleKinds as readonly string[]).includes(kind)) return 'rule';
  return (tokenKinds as readonly string[]).includes(kind) ? (kind as TokenKind) : 'name';
}

function lexicalKind(token: IToken): TokenKind {
  if (tokenMatcher(token, t.Comment)) return 'comment';
  if (tokenMatcher(token, t.Text)) return 'text';
  if (tokenMatcher(token, t.UnitWord) || tokenMatcher(token, t.Currency)) return 'unit';
  if ([t.NumberLiteral, t.Percent, t.LocalDate, t.TimeOfDay, t.Phone].some((type) => tokenMatcher(token, type)))
    return 'number';
  if ([t.Ordering, t.Plus, t.Minus, t.Times, t.Pipe].some((type) => tokenMatcher(token, type))) return 'operator';
  return token.tokenType.name.startsWith("'") ? 'keyword' : 'name';
}
