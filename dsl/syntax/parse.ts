/** From text to the syntax tree. Never throws: what cannot be read becomes a diagnostic, and the rest is kept. */
import {
  type ILexingError,
  type IParserErrorMessageProvider,
  type IRecognitionException,
  type IToken,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';
import { knownEvent } from '../check/events.ts';
import { nearest } from '../check/nearest.ts';
import type { Report } from '../diagnostic.ts';
import { RuleGrammar } from '../grammar/sentences.ts';
import type { Clause } from './clauses.ts';
import {
  type DecisionTable,
  type Read,
  rateClauses,
  readDecisionTable,
  ruleOfEachRow,
  type TableRow,
} from './decision-table.ts';
import { sentenceWords } from './keywords.ts';
import { type SentenceTokens, splitLines } from './lines.ts';
import { arePhrases, phraseSlip } from './phrases.ts';
import { characterRemedy, listed, unitRemedy, visible, wordRemedy } from './remedies.ts';
import { isRule, type Sentence, takesTable } from './sentences.ts';
import {
  LeftParen,
  Minus,
  Name,
  NumberLiteral,
  OpensClause,
  OpensSentence,
  Pipe,
  Plus,
  RightParen,
  Times,
  UnclosedText,
} from './tokens.ts';
import type { Span } from './tree.ts';

export interface Parsed {
  /** One, or those of the rows of its decision table; none if its first line cannot be read. */
  readonly sentences: readonly Sentence[];
  /** It is a clause that stands in column 0 by mistake: the sentence above misses it. */
  readonly unindented: boolean;
  /** Names of a sentence that cannot be read: they are meant to exist. */
  readonly lost: readonly string[];
}

/** Reads the text of one sentence, as `cutSentences` gives it. */
export function parse(text: string, report: Report): Parsed {
  const lines = splitLines(text);
  reportCharacters(lines.errors, text, report);
  for (const token of lines.tokens.filter((token) => tokenMatcher(token, UnclosedText))) {
    report('unclosed-text', spanOf(token), 'this text has no closing quote', 'add `"` at its end');
  }
  const unreadable = lines.errors.map(({ offset, length, line = 0 }) => ({
    line,
    inWord: /[\p{L}\p{N}]/u.test(text.slice(offset, offset + length)),
  }));
  const [tokens] = lines.sentences;
  const sentences = tokens && readSentence(tokens, unreadable, report);
  if (!tokens || sentences) return { sentences: sentences ?? [], unindented: false, lost: [] };
  return { sentences: [], unindented: isUnindented(tokens), lost: namesIn(tokens) };
}

/** Where a character cannot be read, and whether it is part of a word: then the word is lost. */
interface Unreadable {
  readonly line: number;
  readonly inWord: boolean;
}

/** Once per line: what follows on it is mostly the other end of a pair. */
function reportCharacters(errors: readonly ILexingError[], text: string, report: Report): void {
  let reported: number | undefined;
  for (const { offset, length, line } of errors) {
    if (line === reported) continue;
    reported = line;
    const found = text.slice(offset, offset + length);
    const isWord = /\p{L}/u.test(found);
    const start =
      offset - (isWord ? (/[\p{L}\p{N}_]*$/u.exec(text.slice(Math.max(0, offset - 60), offset))?.[0].length ?? 0) : 0);
    const end =
      offset +
      length +
      (isWord ? (/^[\p{L}\p{N}_]*/u.exec(text.slice(offset + length, offset + length + 60))?.[0].length ?? 0) : 0);
    report(
      'unexpected-character',
      { start, end },
      `\`${visible(text.slice(start, Math.min(end, start + longestQuote)))}\` is not used in rules`,
      characterRemedy(
        found,
        text.slice(Math.max(0, offset - 60), offset).trimEnd(),
        text.slice(offset + length, offset + length + 60),
      ),
    );
  }
}

const longestQuote = 40;

/** The one parser of the process; making it takes a moment, reading with it does not. */
export function grammar(): RuleGrammar {
  instance ??= new RuleGrammar(expectations);
  return instance;
}

let instance: RuleGrammar | undefined;

/** One sentence, or one for each row of its decision table. */
function readSentence(
  tokens: SentenceTokens,
  unreadable: readonly Unreadable[],
  report: Report,
): readonly Sentence[] | undefined {
  const [opener] = tokens.head;
  if (!opener) return undefined;
  if (!tokenMatcher(opener, OpensSentence)) {
    if (unreadable.some(({ line }) => line === opener.startLine)) return undefined;
    const guess = nearest(opener.image, Object.keys(sentenceWords));
    const help = isUnindented(tokens)
      ? opener.startColumn === 1
        ? 'indent the line: it belongs to the sentence above'
        : `write a sentence above it that starts in column 0: ${Object.keys(sentenceWords).slice(0, 4).join(', ')}, …`
      : opener.image === '-'
        ? 'begin a comment with `#`'
        : guess
          ? `did you mean \`${guess}\`?`
          : `start with one of: ${Object.keys(sentenceWords).join(', ')}`;
    report('unknown-sentence', spanOf(opener), `no sentence starts with \`${opener.image}\``, help);
    return undefined;
  }
  const readHere: Read = (chunk, rule) => read(chunk, unreadable, report, rule);
  const head = readHere(tokens.head, (parser) => parser.head());
  if (!head) return undefined;
  const clauses: Clause[] = [...head.clauses];
  const rows: TableRow[] = [];
  let broken = false;
  let partial = false;
  for (const lines of joinTables(tokens.clauses)) {
    const [chunk = []] = lines;
    if (isTable(chunk)) {
      const table = takesTable(head) ? readDecisionTable(lines, head.kind, readHere, report) : misplaced(lines, report);
      if (isRule(head)) rows.push(...table.rows);
      else clauses.push(...rateClauses(table.rows));
      if (table.rows.length === 0) broken = true;
      else partial ||= table.broken;
      continue;
    }
    const found = readHere(chunk, (parser) => parser.clauses());
    if (found) clauses.push(...found);
    else broken = true;
  }
  const end = clauses.at(-1)?.span.end ?? head.span.end;
  const span = { start: head.span.start, end };
  const sentence: Sentence = { ...head, clauses, broken, ...(partial && { partial }), span };
  return isRule(sentence) && rows.length > 0 ? ruleOfEachRow(sentence, rows, report) : [sentence];
}

function misplaced(lines: SentenceTokens['clauses'], report: Report): DecisionTable {
  const first = lines[0]?.[0];
  const help = 'a decision table is the body of a `rate`, or of a rule';
  if (first) report('misplaced-clause', spanOf(first), 'no decision table can stand here', help);
  return { rows: [], broken: true };
}

function isTable([first]: readonly IToken[]): boolean {
  return first !== undefined && tokenMatcher(first, Pipe);
}

/** The lines of one decision table together; every other clause by itself. */
function joinTables(clauses: SentenceTokens['clauses']): readonly SentenceTokens['clauses'][] {
  const joined: (readonly IToken[])[][] = [];
  for (const chunk of clauses) {
    const above = joined.at(-1);
    if (isTable(chunk) && above && isTable(above.at(-1) ?? [])) above.push(chunk);
    else joined.push([chunk]);
  }
  return joined;
}

/** A clause that stands in column 0 by mistake. */
function isUnindented({ head: [opener] }: SentenceTokens): boolean {
  return opener !== undefined && tokenMatcher(opener, OpensClause);
}

function namesIn({ head }: SentenceTokens): readonly string[] {
  return head.slice(0, 2).flatMap(({ image }) => (/^[\w.]+$/.test(image) ? [image] : []));
}

function read<T>(
  tokens: readonly IToken[],
  unreadable: readonly Unreadable[],
  report: Report,
  rule: (parser: RuleGrammar) => T,
): T | undefined {
  const [firstLine, lastLine] = [tokens[0]?.startLine ?? 0, tokens.at(-1)?.endLine ?? 0];
  const here = unreadable.filter(({ line }) => line >= firstLine && line <= lastLine);
  const deep = tooDeep(tokens);
  if (deep) {
    report(
      'too-deep',
      spanOf(deep),
      'this line goes deeper than anybody can follow',
      'say it in several rules, or in several `when` and `unless`',
    );
    return undefined;
  }
  const parser = grammar();
  parser.input = [...tokens];
  const result = rule(parser);
  const [error] = parser.errors;
  // An unreadable character on these lines has been reported already; whatever it broke is not a second mistake.
  if (error && here.length === 0) {
    nameEvent(tokens, error.token, report);
    explain(error, tokens, report);
  }
  return error || here.some(({ inWord }) => inWord) ? undefined : result;
}

/** The token at which brackets, `not` or sums go deeper than can be followed, if any does. */
function tooDeep(tokens: readonly IToken[]): IToken | undefined {
  let brackets = 0;
  let nots = 0;
  let operators = 0;
  return tokens.find((token) => {
    if (tokenMatcher(token, LeftParen)) brackets += 1;
    if (tokenMatcher(token, RightParen)) brackets -= 1;
    nots = token.image === 'not' ? nots + 1 : 0;
    if (tokenMatcher(token, Plus) || tokenMatcher(token, Minus) || tokenMatcher(token, Times)) operators += 1;
    return brackets + nots > deepest || operators > longestSum;
  });
}

const deepest = 50;
const longestSum = 200;

/** What was expected, as labels with a comma between; `explain` makes a sentence of it. */
const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => label(expected),
  buildNotAllInputParsedMessage: () => '',
  buildNoViableAltMessage: ({ expectedPathsPerAlt }) => firstTokens(expectedPathsPerAlt.flat()),
  buildEarlyExitMessage: ({ expectedIterationPaths }) => firstTokens(expectedIterationPaths),
};

function explain(error: IRecognitionException, tokens: readonly IToken[], report: Report): void {
  const expected = error.message.split('\n').filter(Boolean);
  const canBeListed = expected.length > 0 && (expected.length <= 8 || arePhrases(expected));
  const wanted = canBeListed ? `expected ${listed(expected)}` : undefined;
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
  const slip = phraseSlip(tokens.slice(position), expected);
  if (slip?.kind === 'ends') {
    report('unfinished', slip.span, `something is missing after \`${slip.read}\``, slip.help);
    return;
  }
  const { image } = error.token;
  if (before && tokenMatcher(before, NumberLiteral) && tokenMatcher(error.token, Name)) {
    report('unknown-unit', spanOf(error.token), `\`${image}\` is not a unit`, unitRemedy(image));
    return;
  }
  const after = slip?.read || before?.image;
  report(
    'unexpected-word',
    slip?.span ?? spanOf(error.token),
    `\`${slip?.image ?? image}\` cannot stand here${after === undefined ? '' : ` after \`${after}\``}`,
    slip?.help ?? wordRemedy(error.token, before, expected),
  );
}

/** Of a clause that breaks on a later line, the event is read by itself: a slip in its name would hide behind the other. */
function nameEvent(tokens: readonly IToken[], broken: IToken, report: Report): void {
  const on = tokens.findIndex(({ image }) => image === 'on');
  const line = tokens[on]?.startLine;
  if (line === undefined || broken.startLine === undefined || broken.startLine <= line) return;
  const behind = tokens.slice(on + 1);
  const end = behind.findIndex((token) => !tokenMatcher(token, Name) || token.startLine !== line);
  const words = behind.slice(0, end < 0 ? undefined : end);
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) return;
  const span = { start: spanOf(first).start, end: spanOf(last).end };
  knownEvent({ text: words.map(({ image }) => image).join(' '), span }, report);
}

function firstTokens(paths: readonly (readonly TokenType[])[]): string {
  return [...new Set(paths.flatMap(([first]) => (first ? [label(first)] : [])))].join('\n');
}

function label(type: TokenType): string {
  return type.LABEL ?? type.name;
}

function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
}
