/** From text to the syntax tree. Never throws: what cannot be read becomes a diagnostic, and the rest is kept. */
import {
  type IParserErrorMessageProvider,
  type IRecognitionException,
  type IToken,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';
import { nearest } from '../check/nearest.ts';
import type { Report } from '../diagnostic.ts';
import { RuleGrammar } from '../grammar/sentences.ts';
import { plain } from '../grammar/values.ts';
import type { Clause } from './clauses.ts';
import { clauseWords, innerWords, plannedSentences, plannedWords, sentenceWords, units } from './keywords.ts';
import { type SentenceTokens, splitLines } from './lines.ts';
import type { Sentence } from './sentences.ts';
import { Comma, Name, NumberLiteral, OpensClause, OpensSentence, Planned, UnclosedText } from './tokens.ts';
import type { Span } from './tree.ts';

export interface Parsed {
  readonly sentences: readonly Sentence[];
  /** Names of sentences whose first line cannot be read: they are meant to exist. */
  readonly lost: readonly string[];
}

export function parse(text: string, report: Report): Parsed {
  const lines = splitLines(text);
  for (const error of lines.errors) {
    const span = { start: error.offset, end: error.offset + error.length };
    const found = text.slice(span.start, span.end);
    const help = /[€$£¥]/.test(found)
      ? 'write the code of the currency: EUR'
      : 'remove it, or put it in quotes if it belongs to a text';
    report('unexpected-character', span, `\`${found}\` is not used in rules`, help);
  }
  for (const token of lines.tokens.filter((token) => tokenMatcher(token, UnclosedText))) {
    report('unclosed-text', spanOf(token), 'this text has no closing quote', 'add `"` at its end');
  }
  const unreadable = lines.errors.map(({ offset }) => offset);
  const sentences: Sentence[] = [];
  const lost: string[] = [];
  for (const tokens of lines.sentences) {
    const sentence = readSentence(tokens, unreadable, report);
    const above = sentences.at(-1);
    if (sentence) sentences.push(sentence);
    else if (above && isUnindented(tokens)) sentences[sentences.length - 1] = { ...above, broken: true };
    else lost.push(...namesIn(tokens));
  }
  return { sentences, lost };
}

/** The one parser of the process; making it takes a moment, reading with it does not. */
export function grammar(): RuleGrammar {
  instance ??= new RuleGrammar(expectations);
  return instance;
}

let instance: RuleGrammar | undefined;

function readSentence(tokens: SentenceTokens, unreadable: readonly number[], report: Report): Sentence | undefined {
  const [opener] = tokens.head;
  if (!opener) return undefined;
  if (tokens.head.some((token) => tokenMatcher(token, Planned))) {
    reportPlanned(tokens.head, report);
    return undefined;
  }
  if (!tokenMatcher(opener, OpensSentence)) {
    const guess = nearest(opener.image, Object.keys(sentenceWords));
    const help = isUnindented(tokens)
      ? 'indent the line: it belongs to the sentence above'
      : guess
        ? `did you mean \`${guess}\`?`
        : `start with one of: ${Object.keys(sentenceWords).join(', ')}`;
    report('unknown-sentence', spanOf(opener), `no sentence starts with \`${opener.image}\``, help);
    return undefined;
  }
  const head = read(tokens.head, unreadable, report, (parser) => parser.head());
  if (!head) return undefined;
  const clauses: Clause[] = [...head.clauses];
  let broken = false;
  for (const chunk of tokens.clauses) {
    const planned = chunk.some((token) => tokenMatcher(token, Planned));
    if (planned) reportPlanned(chunk, report);
    const found = planned ? undefined : read(chunk, unreadable, report, (parser) => parser.clauses());
    if (found) clauses.push(...found);
    else broken = true;
  }
  const end = clauses.at(-1)?.span.end ?? head.span.end;
  return { ...head, clauses, broken, span: { start: head.span.start, end } };
}

/** A clause that stands in column 0 by mistake. */
function isUnindented({ head: [opener] }: SentenceTokens): boolean {
  return opener !== undefined && tokenMatcher(opener, OpensClause);
}

function namesIn({ head }: SentenceTokens): readonly string[] {
  return head.slice(0, 2).flatMap(({ image }) => (/^\w+$/.test(image) ? [image] : []));
}

function read<T>(
  tokens: readonly IToken[],
  unreadable: readonly number[],
  report: Report,
  rule: (parser: RuleGrammar) => T,
): T | undefined {
  const parser = grammar();
  parser.input = [...tokens];
  const result = rule(parser);
  const [error] = parser.errors;
  if (!error) return result;
  const span = { start: tokens[0]?.startOffset ?? 0, end: (tokens.at(-1)?.endOffset ?? 0) + 1 };
  // An unreadable character on these lines has been reported already; whatever it broke is not a second mistake.
  if (!unreadable.some((offset) => offset >= span.start && offset <= span.end)) explain(error, tokens, report);
  return undefined;
}

/** What was expected, as labels with a comma between; `explain` makes a sentence of it. */
const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => label(expected),
  buildNotAllInputParsedMessage: () => '',
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => firstTokens(expectedPathsPerAlt.flat()),
  buildEarlyExitMessage: ({ expectedIterationPaths }) => firstTokens(expectedIterationPaths),
};

function explain(error: IRecognitionException, tokens: readonly IToken[], report: Report): void {
  const expected = error.message.split('\n').filter(Boolean);
  const wanted = expected.length > 0 && expected.length <= 8 ? `expected ${listed(expected)}` : undefined;
  const position = tokens.indexOf(error.token);
  const before = tokens[position - 1];
  if (position < 0) {
    const last = tokens.at(-1);
    if (last)
      report(
        'unfinished',
        spanOf(last),
        `something is missing after \`${last.image}\``,
        wanted ?? 'finish the line, or remove it',
      );
    return;
  }
  const { image } = error.token;
  if (before && tokenMatcher(before, NumberLiteral) && tokenMatcher(error.token, Name)) {
    const guess = nearest(image, Object.keys(units));
    report(
      'unknown-unit',
      spanOf(error.token),
      `\`${image}\` is not a unit`,
      guess
        ? `did you mean \`${guess}\`?`
        : `units are ${Object.keys(units).join(', ')}; a currency has three capital letters`,
    );
    return;
  }
  const place = before ? ` after \`${before.image}\`` : '';
  report(
    'unexpected-word',
    spanOf(error.token),
    `\`${image}\` cannot stand here${place}`,
    remedy(error.token, before, expected),
  );
}

function remedy(token: IToken, before: IToken | undefined, expected: readonly string[]): string {
  const plainWord = tokenMatcher(token, Name);
  const isKeyword = /^'/.test(token.tokenType.name);
  if (isKeyword && before && /^(is|not|or)$/.test(before.image))
    return `it is also a word of the language: write "${token.image}" in quotes`;
  if (plainWord && Object.hasOwn(foreignWords, token.image)) return foreignWords[token.image] ?? '';
  if (tokenMatcher(token, Comma) && before && tokenMatcher(before, NumberLiteral))
    return 'write decimals with a point: 12.50';
  const guess = nearest(
    token.image,
    expected.length > 0
      ? expected.map((label) => label.replace(/`/g, ''))
      : [...Object.keys(clauseWords), ...innerWords],
  );
  if (guess && (plainWord || isKeyword)) return `did you mean \`${guess}\`?`;
  if (expected.length > 0 && expected.length <= 8) return `expected ${listed(expected)}`;
  return 'remove it, or begin a new line with a word that opens a clause';
}

/** Words that other languages, or plain English, use for what has a word here. */
const foreignWords: Readonly<Record<string, string>> = {
  than: 'compare amounts with `>`, `>=`, `<` or `<=`',
  more: 'compare amounts with `>` or `>=`',
  less: 'compare amounts with `<` or `<=`',
  equals: 'write `is`',
  contains: 'write `include` for a list, `mentions` for a text',
  if: 'write `when`',
  but: 'write `unless` on a line of its own',
};

function reportPlanned(tokens: readonly IToken[], report: Report): void {
  const token = tokens.find((candidate) => tokenMatcher(candidate, Planned));
  if (!token) return;
  const names: Record<string, string> = { ...plannedSentences, ...plannedWords };
  report(
    'not-supported-yet',
    spanOf(token),
    `${names[plain(token)] ?? token.image} cannot be compiled yet`,
    'remove it for now; this version of the language does without',
  );
}

function firstTokens(paths: readonly (readonly TokenType[])[]): string {
  return [...new Set(paths.flatMap(([first]) => (first ? [label(first)] : [])))].join('\n');
}

function label(type: TokenType): string {
  return type.LABEL ?? type.name;
}

function listed(labels: readonly string[]): string {
  return labels.length === 1 ? labels.join('') : `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}
