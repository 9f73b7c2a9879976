/** The tokens, in the order in which the lexer tries them. */
import { type CustomPatternMatcherFunc, createToken, type IToken, Lexer, type TokenType } from 'chevrotain';
import { clauseWords, innerWords, type Keyword, sentenceWords, units } from './keywords.ts';

export const Comment = createToken({ name: 'Comment', pattern: /#[^\r\n]*/, group: 'comments' });
const WhiteSpace = createToken({
  name: 'WhiteSpace',
  pattern: /[ \t\r\n\uFEFF]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});

export const Text = createToken({ name: 'Text', label: 'a text in quotes', pattern: /"[^"\r\n]*"/ });
/** A text whose closing quote is missing still counts as a text, so that the missing quote is the only fault. */
export const UnclosedText = createToken({ name: 'UnclosedText', pattern: /"[^"\r\n]*/, categories: [Text] });
export const LocalDate = createToken({
  name: 'LocalDate',
  label: 'a date (2026-01-31)',
  pattern: /\d{4}-\d{2}-\d{2}(?!\d)/,
});
export const TimeOfDay = createToken({
  name: 'TimeOfDay',
  label: 'a time (20:00)',
  pattern: /\d{1,2}:\d{2}(?::\d{2})?/,
});
export const Phone = createToken({ name: 'Phone', label: 'a phone number (+4930123456)', pattern: /\+\d{7,15}/ });
export const Percent = createToken({ name: 'Percent', label: 'a percentage (10%)', pattern: /\d+(?:\.\d+)?[ \t]*%/ });
export const NumberLiteral = createToken({ name: 'NumberLiteral', label: 'a number', pattern: /\d+(?:\.\d+)?/ });
/** `Europe/Berlin`. */
export const Zone = createToken({
  name: 'Zone',
  label: 'a time zone (Europe/Berlin)',
  pattern: /[A-Z][A-Za-z]+\/[A-Z][\w+-]*(?:\/[A-Z]\w*)?/,
});
/** A part of a country whose holidays differ: `DE-BY`. */
export const Region = createToken({ name: 'Region', pattern: /[A-Z]{2}-[A-Z]{1,3}(?!\w)/ });
/** Facts and rule ids: words joined by dots, keywords included. */
export const Path = createToken({
  name: 'Path',
  label: 'a fact',
  pattern: /[A-Za-z_]\w*(?:@\d{4}-\d{2}-\d{2})?(?:\.[A-Za-z_][\w-]*)+/,
});
export const Name = createToken({ name: 'Name', label: 'a name', pattern: /[A-Za-z_]\w*/ });

/** A unit is a unit only after a number: elsewhere `s`, `min` or `GB` are names. */
export const UnitWord = createToken({
  name: 'UnitWord',
  label: 'a unit',
  pattern: { exec: afterNumber(new RegExp(`(?:${Object.keys(units).sort(longestFirst).join('|')})(?![\\w.])`, 'y')) },
  line_breaks: false,
  start_chars_hint: [...new Set(Object.keys(units).map((name) => name.charAt(0)))],
});
export const Currency = createToken({
  name: 'Currency',
  label: 'a currency (EUR)',
  pattern: { exec: afterNumber(/[A-Z]{3}(?!\w)/y) },
  line_breaks: false,
  start_chars_hint: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
});

export const Comma = createToken({ name: 'Comma', label: '`,`', pattern: /,/ });
export const LeftParen = createToken({ name: 'LeftParen', label: '`(`', pattern: /\(/ });
export const RightParen = createToken({ name: 'RightParen', label: '`)`', pattern: /\)/ });
export const Ordering = createToken({ name: 'Ordering', label: '`>`, `>=`, `<` or `<=`', pattern: /[<>]=?/ });
export const Plus = createToken({ name: 'Plus', label: '`+`', pattern: /\+/ });
export const Minus = createToken({ name: 'Minus', label: '`-`', pattern: /-/ });
export const Times = createToken({ name: 'Times', label: '`*`', pattern: /\*/ });
/** Between the cells of a decision table. */
export const Pipe = createToken({ name: 'Pipe', label: '`|`', pattern: /\|/ });

/** Categories by which lines are told apart; never matched by themselves. */
export const OpensSentence = createToken({ name: 'OpensSentence', pattern: Lexer.NA });
export const OpensClause = createToken({ name: 'OpensClause', pattern: Lexer.NA });

const keywordTokens = new Map<string, TokenType>();
for (const word of [...Object.keys(sentenceWords), ...Object.keys(clauseWords), ...innerWords]) {
  if (!keywordTokens.has(word)) keywordTokens.set(word, keywordToken(word));
}

/** The token of a keyword: `this.CONSUME(word('at most'))` reads as the sentence does. */
export function word(text: Keyword): TokenType {
  return keywordTokens.get(text)!;
}

export const allTokens: TokenType[] = [
  WhiteSpace,
  Comment,
  Text,
  UnclosedText,
  LocalDate,
  TimeOfDay,
  Phone,
  Percent,
  NumberLiteral,
  UnitWord,
  Currency,
  Zone,
  Region,
  Path,
  ...[...keywordTokens.keys()].sort(longestFirst).map((text) => keywordTokens.get(text)!),
  Name,
  Comma,
  LeftParen,
  RightParen,
  Ordering,
  Plus,
  Minus,
  Times,
  Pipe,
  OpensSentence,
  OpensClause,
];

function keywordToken(text: string): TokenType {
  const categories: TokenType[] = [];
  if (Object.hasOwn(sentenceWords, text)) categories.push(OpensSentence);
  if (Object.hasOwn(clauseWords, text)) categories.push(OpensClause);
  const words = text
    .split(' ')
    .map((part) => part.replace('/', '\\/'))
    .join('[ \\t]+');
  // `of account.cycle.charges` is a part of a fact, not `of account`.
  const pattern = new RegExp(`${words}(?!\\w|\\.\\w)`);
  // In quotes, so that no token has the name of a grammar rule.
  return createToken({ name: `'${text}'`, label: `\`${text}\``, pattern, categories });
}

function afterNumber(pattern: RegExp): CustomPatternMatcherFunc {
  return (text: string, offset: number, matched: IToken[]) => {
    if (matched.at(-1)?.tokenType !== NumberLiteral) return null;
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length || (a < b ? -1 : 1);
}
