/** Draws mutants of a rulebook from a seed: the same rules and seed give the same mutants. */
import type { IToken } from 'chevrotain';
import { positionsOf } from '../diagnostic.ts';
import type { RuleSource, SourceFile } from '../source.ts';
import { cutSentences, splitLines } from '../syntax/lines.ts';
import type { Span } from '../syntax/tree.ts';
import { changesOf, type MutationOperator } from './operators.ts';

/** The rules with one slip in them. */
export interface Mutant {
  readonly operator: MutationOperator;
  readonly file: string;
  readonly span: Span;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly before: string;
  readonly after: string;
}

/**
 * `count` different mutants, or all there are. Every place is as likely as any other: each gives one mutant before any
 * gives a second. What stands in tests is left alone.
 */
export function drawMutants({ files }: RuleSource, seed: number, count: number): readonly Mutant[] {
  const random = randomNumbers(seed);
  const places = shuffled(
    files
      .filter(({ path }) => path.endsWith('.rules'))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .flatMap(placesOf),
    random,
  ).map((mutants) => shuffled(mutants, random));
  const rounds = Math.max(0, ...places.map((mutants) => mutants.length));
  const drawn = Array.from({ length: rounds }, (_, round) => places.flatMap((mutants) => mutants[round] ?? [])).flat();
  return drawn.slice(0, count);
}

/** The text of the file with the mutant in it. */
export function mutatedText(text: string, { span, after }: Mutant): string {
  return text.slice(0, span.start) + after + text.slice(span.end);
}

/** For each token with something to spoil, the mutants that come of it. */
function placesOf({ path, text }: SourceFile): readonly (readonly Mutant[])[] {
  const positionOf = positionsOf(text);
  let start = 0;
  return cutSentences(text).flatMap((sentence) => {
    const offset = start;
    start += sentence.length;
    const { sentences } = splitLines(sentence);
    return sentences
      .filter(({ head }) => head[0]?.image !== 'test')
      .flatMap(({ head, clauses }) => [head, ...clauses])
      .flatMap((clause) => clause.map((token, index) => mutantsOf(clause, token, index)))
      .filter((mutants) => mutants.length > 0);

    function mutantsOf(clause: readonly IToken[], token: IToken, index: number): readonly Mutant[] {
      return changesOf(clause, index).map(({ operator, upTo = token, after }) => {
        const span = { start: offset + token.startOffset, end: offset + (upTo.endOffset ?? upTo.startOffset) + 1 };
        const before = text.slice(span.start, span.end);
        return { operator, file: path, span, ...positionOf(span.start), before, after };
      });
    }
  });
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

/** Numbers in [0, 1) from a seed (mulberry32): good enough to shuffle, and the same everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
