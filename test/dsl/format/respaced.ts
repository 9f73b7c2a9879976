/** Rule text with the same words and other blanks, line ends, depths and comments, drawn at random. */
import { type IToken, tokenMatcher } from 'chevrotain';
import fc from 'fast-check';
import { cutSentences, splitLines, startsClause } from '../../../dsl/syntax/lines.ts';
import { Comma, LeftParen, Ordering, Percent, RightParen, Text } from '../../../dsl/syntax/tokens.ts';

export interface Respacing {
  /** Endless: one number from 0 to 999 for each decision. */
  readonly choices: readonly number[];
  readonly comments: boolean;
  readonly lineEnd: '\n' | '\r\n';
  readonly mark: boolean;
}

export const respacings = (comments: boolean): fc.Arbitrary<Respacing> =>
  fc.record({
    choices: fc.array(fc.nat(999), { minLength: 50, maxLength: 400 }),
    comments: fc.constant(comments),
    lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
    mark: fc.boolean(),
  });

/** Sentences and the clauses that are lines of their own stay such; blank lines stay where they are. */
export function respaced(text: string, { choices, comments, lineEnd, mark }: Respacing): string {
  let count = 0;
  const choose = (below: number) => (choices[count++ % choices.length] ?? 0) % below;
  const parts = cutSentences(text).map((part) => respaceSentence(part, choose, comments));
  return `${mark ? '\uFEFF' : ''}${parts.join('')}`.replaceAll('\n', lineEnd);
}

function respaceSentence(text: string, choose: (below: number) => number, comments: boolean): string {
  const { tokens, comments: old, errors } = splitLines(text);
  if (errors.length > 0) return text;
  const all = [...tokens, ...old].sort((a, b) => a.startOffset - b.startOffset);
  let written = '';
  let end = 0;
  for (const [index, token] of all.entries()) {
    const between = text.slice(end, token.startOffset);
    const mayBreak = !startsClause(token, tokens[tokens.indexOf(token) + 1]);
    written += gapBefore(token, all[index - 1], between, mayBreak, choose, comments) + image(token, choose);
    end = (token.endOffset ?? 0) + 1;
  }
  return written + text.slice(end);
}

function gapBefore(
  token: IToken,
  before: IToken | undefined,
  between: string,
  mayBreak: boolean,
  choose: (below: number) => number,
  mayComment: boolean,
): string {
  const isComment = token.image.startsWith('#');
  const lines = between.split('\n').length - 1;
  const column = token.startColumn ?? 1;
  if (lines > 0) {
    const end = `${mayComment && !isComment && choose(8) === 0 ? '  # a note' : ''}${' '.repeat(choose(3))}\n`;
    return end + '\n'.repeat(lines - 1) + (column === 1 ? '' : blanks(1 + choose(9), choose));
  }
  if (!before) return between;
  if (isComment) return blanks(choose(4), choose);
  if (mayBreak && choose(9) === 0) {
    const comment = mayComment && choose(2) === 0 ? ` # why ${choose(90)}` : '';
    const own = mayComment && choose(4) === 0 ? `\n${blanks(1 + choose(5), choose)}# on its own` : '';
    return `${comment}${own}\n${blanks(1 + choose(9), choose)}`;
  }
  return blanks(isClose(token, before) ? choose(2) : 1 + choose(3), choose);
}

function isClose(token: IToken, before: IToken): boolean {
  return [Comma, LeftParen, RightParen, Ordering].some(
    (type) => tokenMatcher(token, type) || tokenMatcher(before, type),
  );
}

function image(token: IToken, choose: (below: number) => number): string {
  if (tokenMatcher(token, Text) || token.image.startsWith('#')) return token.image;
  if (tokenMatcher(token, Percent)) return token.image.replace(/\s*%/, `${' '.repeat(choose(2))}%`);
  return token.image.replace(/[ \t]+/g, () => blanks(1 + choose(2), choose));
}

function blanks(count: number, choose: (below: number) => number): string {
  return Array.from({ length: count }, () => (choose(5) === 0 ? '\t' : ' ')).join('');
}
