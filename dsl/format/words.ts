/** Words side by side, and where a line of them may be broken. */
import { type IToken, tokenMatcher } from 'chevrotain';
import { plain } from '../grammar/values.ts';
import { startsClause } from '../syntax/lines.ts';
import { Comma, LeftParen, Percent, RightParen, Text } from '../syntax/tokens.ts';

export const widest = 120;
const indentWidth = 2;

export function indent(depth: number): string {
  return ' '.repeat(depth * indentWidth);
}

/** Of a line that begins in a column, counted from 1. */
export function depthOf(column: number): number {
  return Math.floor((column - 1) / indentWidth);
}

export function fits(depth: number, text: string, width: number = widest): boolean {
  return depth * indentWidth + text.length <= width;
}

/** One blank between words, none before a comma and inside of brackets. */
export function spaced(tokens: readonly IToken[]): string {
  let text = '';
  let before: IToken | undefined;
  for (const token of tokens) {
    const close =
      !before || tokenMatcher(before, LeftParen) || tokenMatcher(token, Comma) || tokenMatcher(token, RightParen);
    text += `${close ? '' : ' '}${written(token)}`;
    before = token;
  }
  return text;
}

/** A word as it is written: blanks inside are one, but for those in quotes. */
export function written(token: IToken): string {
  if (tokenMatcher(token, Text)) return token.image;
  return tokenMatcher(token, Percent) ? token.image.replace(/\s/g, '') : plain(token);
}

/**
 * As many words on a line as fit, broken before `and` and `or` and behind commas; what cannot be broken may be longer.
 *
 * @param depths of the first line and of the others.
 */
export function fill(tokens: readonly IToken[], depths: readonly [number, number]): readonly string[] {
  const lines: string[] = [];
  let from = 0;
  let end = 0;
  for (let next = 1; next <= tokens.length; next += 1) {
    if (next < tokens.length && !mayBreak(tokens, next)) continue;
    const depth = lines.length === 0 ? depths[0] : depths[1];
    if (end > from && !fits(depth, spaced(tokens.slice(from, next)))) {
      lines.push(spaced(tokens.slice(from, end)));
      from = end;
    }
    end = next;
  }
  return [...lines, spaced(tokens.slice(from))];
}

/** A line that begins with what opens a clause would be one. */
function mayBreak(tokens: readonly IToken[], at: number): boolean {
  const [before, token, after] = tokens.slice(at - 1, at + 2);
  if (!before || !token || startsClause(token, after)) return false;
  return token.image === 'and' || token.image === 'or' || tokenMatcher(before, Comma);
}
