import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRules } from '../../../dsl/format/format.ts';
import { splitLines } from '../../../dsl/syntax/lines.ts';
import { files, rulebooks, rulebooksOr, world } from '../reading/random-rules.ts';
import { meaningOf } from './meaning.ts';
import { respaced, respacings } from './respaced.ts';

const rulebookCount = rulebooksOr(80);

const commentsOf = (text: string) => splitLines(text).comments.map(({ image }) => image.trimEnd());
const meaning = (text: string) => meaningOf({ files: [{ path: 'random.rules', text }, ...files] });

describe('Formatting a random rulebook', () => {
  it('keeps its meaning, faults and comments, however it was spaced, broken and commented, and is done at once', () => {
    let sound = 0;
    fc.assert(
      fc.property(rulebooks(), respacings(true), (sentences, respacing) => {
        const text = [world, ...sentences].join('\n');
        const crooked = respaced(text, respacing);
        const formatted = formatRules(crooked);
        expect(formatRules(formatted)).toBe(formatted);
        expect(commentsOf(formatted)).toEqual(commentsOf(crooked));
        const found = meaning(text);
        expect(meaning(formatted)).toEqual(found);
        if ((found as { ruleSet?: unknown }).ruleSet) sound++;
      }),
      { numRuns: rulebookCount },
    );
    expect(sound).toBeGreaterThan(rulebookCount / 5);
  }, 300_000);

  it('gives it one look', () => {
    fc.assert(
      fc.property(rulebooks(), respacings(false), (sentences, respacing) => {
        const text = [world, ...sentences].join('\n');
        expect(formatRules(respaced(text, respacing))).toBe(formatRules(text));
      }),
      { numRuns: rulebookCount },
    );
  }, 300_000);
});
