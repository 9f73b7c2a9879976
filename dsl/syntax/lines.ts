/**
 * From text to sentences and clauses, before any grammar.
 *
 * A sentence starts in column 0. A deeper line that starts with a clause word, a number, a percentage or `|` starts a
 * clause; any other deeper line continues the one before. Depth means nothing. Because the parser then sees one clause at a
 * time, a broken clause costs only itself.
 */
import { type ILexingError, type IToken, Lexer, tokenMatcher } from 'chevrotain';
import { allTokens, NumberLiteral, OpensClause, Percent, Pipe } from './tokens.ts';

export interface SentenceTokens {
  /** The sentence's first words, in column 0, and what continues them. */
  readonly head: readonly IToken[];
  readonly clauses: readonly (readonly IToken[])[];
}

export interface Lines {
  readonly sentences: readonly SentenceTokens[];
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
  readonly errors: readonly ILexingError[];
}

/** The texts of the sentences, in order; together they are the text. What stands above the first belongs to it. */
export function cutSentences(text: string): readonly string[] {
  return text.split(/(?<![^\n\r])(?=[^\s#])/);
}

const lexer = new Lexer(allTokens, { positionTracking: 'full', ensureOptimizations: true, skipValidations: true });

export function splitLines(text: string): Lines {
  const { tokens, groups, errors } = lexer.tokenize(text);
  const sentences: { head: IToken[]; clauses: IToken[][] }[] = [];
  let line = 0;
  for (const [index, token] of tokens.entries()) {
    const opensLine = token.startLine !== line;
    line = token.startLine ?? line;
    const sentence = sentences.at(-1);
    if (!sentence || (opensLine && token.startColumn === 1)) sentences.push({ head: [token], clauses: [] });
    else if (opensLine && startsClause(token, tokens[index + 1])) sentence.clauses.push([token]);
    else (sentence.clauses.at(-1) ?? sentence.head).push(token);
  }
  return { sentences, tokens, comments: groups.comments ?? [], errors };
}

/** Whether a deeper line that begins with it is a clause, and does not go on with the one above. */
export function startsClause(token: IToken, next: IToken | undefined): boolean {
  // `for 3 cycles` says how long what stands above it lasts.
  if (token.image === 'for' && next && tokenMatcher(next, NumberLiteral)) return false;
  return [OpensClause, NumberLiteral, Percent, Pipe].some((type) => tokenMatcher(token, type));
}
