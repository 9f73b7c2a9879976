/** The lines of one clause. */
import { secondLine } from '../families/nesting.ts';
import type { LineComment, Unit, UnitWord } from './units.ts';
import { fill, fits, spaced, written } from './words.ts';

export interface ClauseLine {
  /** Below the clause. */
  readonly depth: number;
  readonly text: string;
  readonly behind?: string | undefined;
}

/**
 * One line where it fits. What is given has a line each, and so have conditions that would be hard to take in on one. A
 * comment inside ends its line.
 */
export function clauseLines(unit: Unit, depth: number): readonly ClauseLine[] {
  const together = segmentsOf(unit, false);
  const isLong = ({ words }: Segment) => !fits(depth, spaced(words.map(({ token }) => token)), widestCondition);
  const apart = unit.kind === 'given' || together.some(isLong);
  const segments = apart ? segmentsOf(unit, true) : together;
  const isJoined = apart && unit.words.some(({ joins }) => joins);
  return segments.flatMap((segment, index) => linesOf(segment, depth, index === 0 ? 0 : 1, isJoined, unit));
}

const widestCondition = 100;

interface Segment {
  readonly words: readonly UnitWord[];
}

/** Cut where a line must end. */
function segmentsOf({ kind, words }: Unit, atJoints: boolean): readonly Segment[] {
  const segments: { words: UnitWord[] }[] = [];
  const second = kind === 'head' ? words.find(({ token }) => secondLine.includes(written(token))) : undefined;
  let mustEnd = true;
  for (const word of words) {
    if (mustEnd || (atJoints && word.joins) || word === second) segments.push({ words: [] });
    segments.at(-1)?.words.push(word);
    mustEnd = word.comments.length > 0;
  }
  return segments;
}

function linesOf(
  { words }: Segment,
  depth: number,
  deeper: number,
  isJoined: boolean,
  { words: all, behind }: Unit,
): readonly ClauseLine[] {
  const tokens = words.map(({ token }) => token);
  const below = isJoined ? 2 : 1;
  const texts = fill(tokens, [depth + deeper, depth + below]);
  const last = words.at(-1);
  const comments = last?.comments ?? [];
  const [first, ...others] = comments;
  const own = first?.isBehind ? others : comments;
  const end = last === all.at(-1) ? behind : first?.isBehind ? first.text : undefined;
  return [
    ...texts.map((text, index) => ({
      depth: index === 0 ? deeper : below,
      text,
      behind: index === texts.length - 1 ? end : undefined,
    })),
    ...own.map(({ text }: LineComment) => ({ depth: 1, text })),
  ];
}
