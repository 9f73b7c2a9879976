import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { formatRules } from '../../dsl/format/format.ts';
import { clauseWords, innerWords, sentenceWords } from '../../dsl/syntax/keywords.ts';
import { cutSentences } from '../../dsl/syntax/lines.ts';
import { parse } from '../../dsl/syntax/parse.ts';
import { fences, readText, shippedRules } from './sources.ts';

const texts = [
  ...shippedRules()
    .files.filter(({ path }) => path.endsWith('.rules'))
    .map(({ text }) => text),
  ...['dsl/README.md', 'dsl/ERRORS.md', 'test/dsl/slips.md'].flatMap((page) =>
    fences(readText(page))
      .filter(({ info }) => info === 'rules')
      .map(({ text }) => text),
  ),
];

const words = [...Object.keys(sentenceWords), ...Object.keys(clauseWords), ...innerWords];
const oddities = [
  '"',
  '#',
  '|',
  '\n',
  '\n  ',
  '\r',
  '(',
  ')',
  '%',
  '+49',
  '1',
  '.',
  ',',
  '\uFEFF',
  '\u00A0',
  '€',
  '2026-02-30',
  '🂡',
  '\0',
];
const insertion = fc.oneof(
  fc.constantFrom(...words),
  fc.constantFrom(...oddities),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const place = fc.nat(9999);

/** Takes out, puts in, doubles, swaps, cuts short. */
type Change = (text: string) => string;
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.nat(40)).map(
    ([at, length]) =>
      (text: string) =>
        cut(text, at, length, () => ''),
  ),
  fc.tuple(place, insertion).map(
    ([at, word]) =>
      (text: string) =>
        cut(text, at, 0, () => ` ${word} `),
  ),
  fc.tuple(place, insertion).map(
    ([at, word]) =>
      (text: string) =>
        cut(text, at, 1, () => word),
  ),
  fc.tuple(place, fc.nat(40)).map(
    ([at, length]) =>
      (text: string) =>
        cut(text, at, length, (part) => part + part),
  ),
  fc.tuple(place, place).map(
    ([from, to]) =>
      (text: string) =>
        swapLines(text, from, to),
  ),
  place.map((at) => (text: string) => text.slice(0, spot(text, at))),
);

function cut(text: string, at: number, length: number, other: (part: string) => string): string {
  const start = spot(text, at);
  return text.slice(0, start) + other(text.slice(start, start + length)) + text.slice(start + length);
}

function swapLines(text: string, from: number, to: number): string {
  const lines = text.split('\n');
  const [a, b] = [from % lines.length, to % lines.length];
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
}

function spot(text: string, at: number): number {
  return Math.floor((at / 10_000) * text.length);
}

const mutants = fc
  .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([text, changes]) => changes.reduce((changed, apply) => apply(changed), text));

/** Every fault stands inside of the text that is read, and says something. */
function expectReadable(text: string): void {
  for (const part of cutSentences(text)) {
    const { sentences } = parse(part, (_, at, message, help) => {
      expect([at.start >= 0, at.start <= at.end, at.end <= part.length, message !== '', help !== '']).not.toContain(
        false,
      );
    });
    for (const { span } of sentences) expect([span.start >= 0, span.end <= part.length]).toEqual([true, true]);
  }
}

describe('Any text at all', () => {
  it('is read, never fallen over, and its faults stand in it', () => {
    fc.assert(fc.property(mutants, expectReadable), { numRuns: 800 });
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectReadable), { numRuns: 500 });
    fc.assert(
      fc.property(fc.array(insertion, { maxLength: 60 }), (parts) => expectReadable(parts.join(' '))),
      { numRuns: 500 },
    );
  });

  it('is compiled with faults that stand where a person can find them, and formatted without changing them', () => {
    fc.assert(
      fc.property(mutants, (text) => {
        const lines = text.split('\n');
        const compiled = (own: string) => compileRules({ files: [{ path: 'a.rules', text: own }] }).diagnostics;
        const found = compiled(text);
        for (const { span, line, column, endLine, endColumn } of found) {
          expect([span.start >= 0, span.start <= span.end, span.end <= text.length]).not.toContain(false);
          expect([line >= 1, line <= endLine, endLine <= lines.length]).not.toContain(false);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
          expect(endColumn).toBeLessThanOrEqual((lines[endLine - 1]?.length ?? 0) + 1);
        }
        const formatted = formatRules(text);
        expect(formatRules(formatted)).toBe(formatted);
        expect(compiled(formatted).map(({ code }) => code)).toEqual(found.map(({ code }) => code));
      }),
      { numRuns: 100 },
    );
  });
});
