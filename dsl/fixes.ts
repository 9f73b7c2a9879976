/**
 * The fixes that remedies say in words, as changes to the text: where a remedy names the very words to write, and it is
 * clear where they go. Nothing is made up: no fix writes a price, a date or a name that a person has not given.
 */
import { type IToken, tokenMatcher } from 'chevrotain';
import { distance } from './check/nearest.ts';
import type { Edit, Fix, Reported } from './diagnostic.ts';
import { type SentenceTokens, splitLines } from './syntax/lines.ts';
import { Pipe } from './syntax/tokens.ts';
import type { Span } from './syntax/tree.ts';

/** `text` is that of the sentence that was reported on, from its beginning on; what follows it does not matter. */
export function fixesFor({ code, at, help }: Reported, text: string): readonly Fix[] {
  const written = text.slice(at.start, at.end);
  switch (code) {
    case 'unclosed-text':
      return [fix('close the text with `"`', insertion(at.start + written.trimEnd().length, '"'))];
    case 'unexpected-character':
      return characterFixes(written, at, help);
    case 'unknown-sentence':
      if (help.startsWith('indent the line')) return [fix('indent the line', insertion(at.start, '  '))];
      if (help.startsWith('begin a comment')) return [fix('make it a comment', { span: at, text: '#' })];
      return wordFixes(written, at, help);
    case 'may-be-missing':
      return clauseFixes(/`(unless [^`]+ is missing)`/g, help, text, at);
    case 'discounts-unordered':
      return sentenceFixes(/`((?:after|beside) [^`]+)`/g, help, text);
    case 'rules-overlap':
      return help.includes('`, first that fits`') ? orderFixes(text, at) : [];
    default:
      return phraseFixes(text, at, help) ?? wordFixes(written, at, help);
  }
}

/** A keyword of several words in place of those that are meant to be it, of which only the first wrong one is reported. */
function phraseFixes(text: string, at: Span, help: string): readonly Fix[] | undefined {
  const words = /^did you mean `(\w+(?: \w+)+)`\?/.exec(help)?.[1]?.split(' ');
  if (!words) return undefined;
  const read = (count: number) =>
    new RegExp(`(?<!\\S)${words.slice(0, count).join('\\s+')}\\s+$`).exec(text.slice(0, at.start));
  const counts = words.map((_, index) => words.length - 1 - index);
  const start = counts.flatMap((count) => (count > 0 ? (read(count)?.index ?? []) : []))[0] ?? at.start;
  const rest = /^[^\n,#"|]*/.exec(text.slice(at.start))?.[0] ?? '';
  const ends = [...rest.matchAll(/\S+/g)].map((word) => at.start + word.index + word[0].length);
  const phrase = words.join(' ');
  const [end = at.end] = [...ends].sort(
    (a, b) => distance(text.slice(start, a), phrase) - distance(text.slice(start, b), phrase),
  );
  return [replacement({ start, end }, phrase)];
}

/** Other words in place of those that are wrong. */
function wordFixes(written: string, at: Span, help: string): readonly Fix[] {
  const [, word = '', text, path] = /did you mean (?:`([^`]+)`|"([^"]*)"|([^`"]+))\?/.exec(help) ?? [];
  const meant = word || text || path;
  const inQuotes = meant !== undefined && (written.startsWith('"') || text !== undefined);
  if (meant !== undefined && meant !== '') return [replacement(at, inQuotes ? `"${meant}"` : meant)];
  const instead =
    /^write `([^`]+)`$/.exec(help)?.[1] ??
    /^write currencies in capitals: `([A-Z]{3})`$/.exec(help)?.[1] ??
    /^it is also a word of the language: write ("[^"]+") in quotes$/.exec(help)?.[1];
  return instead === undefined ? [] : [replacement(at, instead)];
}

function characterFixes(written: string, at: Span, help: string): readonly Fix[] {
  if (help.startsWith('begin a comment')) return [replacement(at, '#')];
  if (help.startsWith('write a plain minus')) return [replacement(at, '-')];
  if (help.startsWith('write `is` to compare')) return [replacement(at, 'is')];
  if (help.startsWith('it cannot be seen')) return [fix('write a plain blank', { span: at, text: ' ' })];
  const bracket = { '[': '(', '{': '(', ']': ')', '}': ')' }[written];
  return bracket === undefined ? wordFixes(written, at, help) : [replacement(at, bracket)];
}

/** A clause on a line of its own, below the clause that is reported on and as deep. */
function clauseFixes(words: RegExp, help: string, text: string, at: Span): readonly Fix[] {
  const chunk = firstSentence(text)?.clauses.find(
    (tokens) => startOf(tokens) <= at.start && at.start < endOf(tokens) && !isRow(tokens),
  );
  return chunk ? additions(words, help, text, chunk) : [];
}

/** A clause at the end of the sentence. */
function sentenceFixes(words: RegExp, help: string, text: string): readonly Fix[] {
  const last = firstSentence(text)?.clauses.at(-1);
  return last ? additions(words, help, text, last) : [];
}

function additions(words: RegExp, help: string, text: string, below: readonly IToken[]): readonly Fix[] {
  const depth = /[^\S\n]*$/.exec(text.slice(0, startOf(below)))?.[0] ?? '  ';
  return [...help.matchAll(words)].map(([, clause = '']) =>
    fix(`add \`${clause}\``, insertion(endOf(below), `\n${depth}${clause}`)),
  );
}

/** After the service of the rate above. */
function orderFixes(text: string, at: Span): readonly Fix[] {
  const rate = firstSentence(text)?.clauses.findLast(
    (tokens) => tokens[0]?.image === 'rate' && startOf(tokens) <= at.start,
  );
  const service = rate?.[1];
  return service ? [fix('let the order decide', insertion(endOf([service]), ', first that fits'))] : [];
}

function firstSentence(text: string): SentenceTokens | undefined {
  return splitLines(text).sentences[0];
}

function isRow([first]: readonly IToken[]): boolean {
  return first !== undefined && tokenMatcher(first, Pipe);
}

function startOf([first]: readonly IToken[]): number {
  return first?.startOffset ?? 0;
}

function endOf(tokens: readonly IToken[]): number {
  return (tokens.at(-1)?.endOffset ?? 0) + 1;
}

function replacement(span: Span, text: string): Fix {
  return fix(`write \`${text}\``, { span, text });
}

function insertion(offset: number, text: string): Edit {
  return { span: { start: offset, end: offset }, text };
}

function fix(title: string, ...edits: readonly Edit[]): Fix {
  return { title, edits };
}
