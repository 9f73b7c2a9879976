/**
 * Where only keywords of several words may stand, as behind `policy`: how far the words there go along with one, and which was
 * meant. The lexer reads such a keyword whole or not at all, so that the parser alone could only point at its first word.
 */
import type { IToken } from 'chevrotain';
import { nearest } from '../check/nearest.ts';
import { listed } from './remedies.ts';
import type { Span } from './tree.ts';

export interface PhraseSlip {
  /** `differs` at the first word that does, or `ends` too early at the last. */
  readonly kind: 'differs' | 'ends';
  readonly image: string;
  readonly span: Span;
  /** The words before it that go along with a keyword, itself if it is the last; empty where not even the first does. */
  readonly read: string;
  readonly help: string;
}

/**
 * @param tokens from the one at which the parser has stopped.
 * @param expected labels of what could stand there.
 * @returns undefined where other things could stand there, no words do, or nothing can be said of them.
 */
export function phraseSlip(tokens: readonly IToken[], expected: readonly string[]): PhraseSlip | undefined {
  if (!arePhrases(expected)) return undefined;
  const phrases = expected.map((label) => label.slice(1, -1));
  const words = wordsOf(tokens).slice(0, Math.max(...phrases.map(countOf)) + 1);
  const length = words.findIndex((_, index) => begunBy(phrases, words.slice(0, index + 1)).length === 0);
  const along = length < 0 ? words : words.slice(0, length);
  const possible = begunBy(phrases, along);
  const rests = possible.map((phrase) => phrase.split(' ').slice(along.length).join(' '));
  const read = textOf(along);
  const word = words[along.length];
  if (!word) {
    const last = words.at(-1);
    return last && { ...last, kind: 'ends', read, help: `expected ${listed(rests.map((rest) => `\`${rest}\``))}` };
  }
  const rest = nearestRest(words.slice(along.length), rests);
  const meant = rest === undefined ? undefined : possible[rests.indexOf(rest)];
  if (meant === undefined && possible.length === 1 && read === '') return undefined;
  return { ...word, kind: 'differs', read, help: remedy(possible, meant) };
}

/** Nothing else than keywords of several words. */
export function arePhrases(expected: readonly string[]): boolean {
  return expected.length > 0 && expected.every((label) => /^`\w+( \w+)+`$/.test(label));
}

/** Other words may follow, so each is compared with as many as it has itself, then with one more and one less. */
function nearestRest(words: readonly PlacedWord[], rests: readonly string[]): string | undefined {
  const counts = [...new Set(rests.map(countOf))];
  const tries = [0, 1, -1].flatMap((more) =>
    counts.map((count) => ({
      said: textOf(words.slice(0, count + more)),
      among: rests.filter((rest) => countOf(rest) === count),
    })),
  );
  return tries.map(({ said, among }) => nearest(said, among)).find((found) => found !== undefined);
}

function countOf(phrase: string): number {
  return phrase.split(' ').length;
}

function remedy(possible: readonly string[], meant: string | undefined): string {
  const said = (phrases: readonly string[]) => listed(phrases.map((phrase) => `\`${phrase}\``));
  if (meant === undefined) return `expected ${said(possible)}`;
  const [first] = meant.split(' ');
  const others = possible.filter((phrase) => phrase !== meant && phrase.split(' ')[0] === first);
  return `did you mean \`${meant}\`?${others.length > 0 ? ` it may also be ${said(others)}` : ''}`;
}

interface PlacedWord {
  readonly image: string;
  readonly span: Span;
}

/** One by one, up to what is no word. */
function wordsOf(tokens: readonly IToken[]): readonly PlacedWord[] {
  const end = tokens.findIndex(({ image }) => !/^[A-Za-z_]/.test(image));
  return tokens.slice(0, end < 0 ? undefined : end).flatMap(({ image, startOffset }) =>
    [...image.matchAll(/\S+/g)].map(({ 0: word, index }) => {
      const start = startOffset + index;
      return { image: word, span: { start, end: start + word.length } };
    }),
  );
}

function begunBy(phrases: readonly string[], words: readonly PlacedWord[]): readonly string[] {
  const begun = words.length === 0 ? '' : `${textOf(words)} `;
  return phrases.filter((phrase) => `${phrase} `.startsWith(begun));
}

function textOf(words: readonly PlacedWord[]): string {
  return words.map(({ image }) => image).join(' ');
}
