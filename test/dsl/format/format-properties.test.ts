import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRules } from '../../../dsl/format/format.ts';
import type { SourceFile } from '../../../dsl/source.ts';
import { splitLines } from '../../../dsl/syntax/lines.ts';
import { destinations, fences, readText, roamingZones, shippedRules } from '../sources.ts';
import { meaningOf } from './meaning.ts';
import { respaced, respacings } from './respaced.ts';

const shipped = shippedRules().files;
const beside = shipped.filter(({ path }) => !path.endsWith('.rules'));
const rulesOf = (page: string): readonly SourceFile[] =>
  fences(readText(page))
    .filter(({ info }) => info === 'rules')
    .map(({ text }, index) => ({ path: `example-${index + 10}.rules`, text }));

/** Rulebooks without a fault. */
const books = [
  { name: 'the shipped rules', files: shipped },
  { name: 'the examples of the reference', files: [...rulesOf('dsl/README.md'), ...beside] },
];
/** Texts with one mistake each. */
const faulty = [...rulesOf('test/dsl/slips.md'), ...rulesOf('dsl/ERRORS.md')];

const commentsOf = (text: string) => splitLines(text).comments.map(({ image }) => image.trimEnd());

function expectSound(text: string, formatted: string): void {
  expect(formatRules(formatted)).toBe(formatted);
  expect(commentsOf(formatted)).toEqual(commentsOf(text));
}

describe('Formatting', () => {
  it.each(books)('changes nothing that $name say, however they are spaced, broken and commented', ({ files }) => {
    const meaning = meaningOf({ files });
    fc.assert(
      fc.property(respacings(true), (respacing) => {
        const texts = files.map((file) =>
          file.path.endsWith('.rules') ? { ...file, text: respaced(file.text, respacing) } : file,
        );
        const formatted = texts.map((file) =>
          file.path.endsWith('.rules') ? { ...file, text: formatRules(file.text) } : file,
        );
        for (const [index, { text }] of texts.entries())
          if (files[index]?.path.endsWith('.rules')) expectSound(text, formatted[index]?.text ?? '');
        expect(meaningOf({ files: formatted })).toEqual(meaning);
      }),
      { numRuns: 6 },
    );
  });

  it.each(books)('gives $name one look, whatever they looked like', ({ files }) => {
    const rules = files
      .filter(({ path }) => path.endsWith('.rules'))
      .map(({ text }) => [text, formatRules(text)] as const);
    fc.assert(
      fc.property(respacings(false), (respacing) => {
        for (const [text, formatted] of rules) expect(formatRules(respaced(text, respacing))).toBe(formatted);
      }),
      { numRuns: 15 },
    );
  });

  it('leaves the faults of faulty rules as they are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...faulty), respacings(true), (file, respacing) => {
        const text = respaced(file.text, respacing);
        const formatted = formatRules(text);
        expectSound(text, formatted);
        const compiled = (own: string) => meaningOf({ files: [{ ...file, text: own }, destinations, roamingZones] });
        expect(compiled(formatted)).toEqual(compiled(text));
      }),
      { numRuns: 200 },
    );
  });
});
