/** From files to sentences that know where they stand. A sentence whose text has not changed stays the same one. */
import type { Placed } from './check/book.ts';
import type { Memory } from './check/memory.ts';
import { type Anchor, positionsOf, type Report, type Reported } from './diagnostic.ts';
import type { SourceFile } from './source.ts';
import { cutSentences } from './syntax/lines.ts';
import { parse } from './syntax/parse.ts';
import type { Sentence } from './syntax/sentences.ts';

/** One file, cut into the texts of its sentences. */
export interface PlacedFile {
  readonly text: string;
  readonly parts: readonly Part[];
}

/** The text of one sentence, read; a decision table is several. */
export interface Part {
  readonly text: string;
  /** How many lines it is long. */
  readonly lines: number;
  readonly anchor: Anchor;
  readonly faults: readonly Reported[];
  readonly lost: readonly string[];
  readonly unindented: boolean;
  readonly whole: readonly Placed[];
  /** The same with a clause missing that stands in column 0 below it by mistake. */
  readonly broken: readonly Placed[];
}

/** The file in its new text; its sentences are those of `before` wherever their text is the same. */
export function placeFile({ path, text }: SourceFile, before: PlacedFile | undefined, memory: Memory): PlacedFile {
  if (before?.text === text) return before;
  const known = new Map<string, Part[]>();
  for (const part of before?.parts ?? []) known.set(part.text, [...(known.get(part.text) ?? []), part]);
  let start = 0;
  let line = 0;
  const parts = cutSentences(text).map((own) => {
    const part = known.get(own)?.shift() ?? readPart(own, path, memory);
    part.anchor.start = start;
    part.anchor.line = line;
    start += own.length;
    line += part.lines;
    return part;
  });
  return { text, parts };
}

/** The sentences of a file, in the order of its text. */
export function sentencesOf({ parts }: PlacedFile): readonly Placed[] {
  let below: Part | undefined;
  const found = parts.toReversed().map((part) => {
    const own = below?.unindented ? part.broken : part.whole;
    if (part.unindented || part.whole.length > 0) below = part;
    return own;
  });
  return found.reverse().flat();
}

/** Names that are meant to exist and whose sentence cannot be read. */
export function lostIn({ parts }: PlacedFile): readonly string[] {
  const first = parts.findIndex(({ whole }) => whole.length > 0);
  return parts.flatMap(({ lost, unindented }, index) => (unindented && first >= 0 && index > first ? [] : lost));
}

function readPart(text: string, file: string, memory: Memory): Part {
  const said: Omit<Reported, 'anchor'>[] = [];
  const { sentences, unindented, lost } = parse(text, (code, at, message, help) =>
    said.push({ code, at, message, help }),
  );
  const anchor: Anchor = { file, names: sentences.map(({ name }) => name.text), start: 0, line: 0 };
  const whole = sentences.map((sentence) => placed(sentence, text, anchor, memory));
  const [last] = whole.slice(-1);
  return {
    text,
    lines: text.split('\n').length - 1,
    anchor,
    faults: said.map((fault) => ({ anchor, ...fault })),
    lost,
    unindented,
    whole,
    broken: last ? [...whole.slice(0, -1), { ...last, sentence: { ...last.sentence, broken: true } }] : [],
  };
}

function placed(sentence: Sentence, text: string, anchor: Anchor, memory: Memory): Placed {
  const report: Report = (code, at, message, help) => memory.report({ anchor, code, at, message, help });
  let position: ReturnType<typeof positionsOf> | undefined;
  return {
    sentence,
    file: anchor.file,
    report,
    // The line is read off late: by then the sentence may have moved.
    locate: (at) => ({
      file: anchor.file,
      get line() {
        position ??= positionsOf(text);
        return anchor.line + position(at.start).line;
      },
    }),
    slice: (at) => text.slice(at.start, at.end),
  };
}
