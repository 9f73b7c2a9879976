import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import { drawMutants, type Mutant, mutatedText } from '../../dsl/mutate/mutants.ts';
import { type MutationOperator, mutationOperators } from '../../dsl/mutate/operators.ts';
import { openWorkspace } from '../../dsl/service/workspace.ts';
import { cutSentences } from '../../dsl/syntax/lines.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { startTrying } from '../../server/mutate/try-mutants.ts';
import { destinations, readText, roamingZones, shippedRules, source, withHolidays } from './sources.ts';

const rulebook = `declare zone Europe/Berlin
table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home
table roaming_zone from "tables/roaming-zones.csv" by exact event.visited_network, otherwise home
calendar offpeak in customer time
  every day 20:00 to 08:00

# The prices: 1.00 EUR in a comment is no price.
plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-31
  fee "Line rental" 12.00 EUR monthly in advance
  rate voice, first that fits
    when destination is not eu and event.duration > 2 min  charge 0.05 EUR per min
    when time is offpeak    charge 0.02 EUR per min
    otherwise               charge 0.00 EUR per min
  rate data
    when roaming_zone is zone_2  charge 0.09 EUR per started 100 MB
    otherwise  charge 0.00 EUR per GB

discount birthday
  from 2026-02-14 until 2026-02-15
  take 1.00 EUR off all charges

tax standard otherwise 19% category S

test "a call of three minutes"
  given plan flex
    and a voice event of 3 min to +4930123456 at 2026-05-12 10:00
  expect price 0.15 EUR
`;
const files = source(rulebook, destinations, roamingZones);
const all = drawMutants(files, 1, 10_000);

const spoiled = (mutant: Mutant) =>
  mutatedText(rulebook, mutant).split('\n')[mutant.line - 1]?.trim().replace(/ +/g, ' ');
const becomes = (operator: MutationOperator, before: string) =>
  all
    .filter((one) => one.operator === operator && one.before === before)
    .map(({ after }) => after)
    .sort();

describe('Mutants', () => {
  it('are the same for the same rules and seed, and others for another seed', () => {
    expect(drawMutants(files, 7, 20)).toEqual(drawMutants(files, 7, 20));
    expect(drawMutants(files, 7, 20)).not.toEqual(drawMutants(files, 8, 20));
  });

  it('are all different, and differ from the rules in one place', () => {
    const texts = all.map((mutant) => mutatedText(rulebook, mutant));
    expect(new Set(texts).size).toBe(all.length);
    expect(texts).not.toContain(rulebook);
    for (const mutant of all) expect(rulebook.slice(mutant.span.start, mutant.span.end)).toBe(mutant.before);
  });

  it('leave tests and comments alone', () => {
    const test = rulebook.split('\n').findIndex((line) => line.startsWith('test')) + 1;
    expect(Math.max(...all.map(({ line }) => line))).toBeLessThan(test);
    expect(all.filter(({ before, line }) => before === '1.00' && line === 7)).toEqual([]);
  });

  it('change prices, percentages, numbers, units, comparisons, dates and times of day', () => {
    expect(new Set(all.map(({ operator }) => operator))).toEqual(new Set(Object.keys(mutationOperators)));
    expect(becomes('price', '12.00')).toEqual(['1.200', '11.99', '12.01', '120.00']);
    expect(becomes('price', '0.00').filter((after) => after === '0.01')).toHaveLength(2);
    expect(becomes('percent', '19%')).toEqual(['18%', '190%', '20%']);
    expect(becomes('number', '100')).toEqual(['101', '200', '99']);
    expect(becomes('comparison', '>')).toEqual(['<', '<=', '>=']);
    expect(becomes('date', '2026-01-31')).toEqual([
      ...['2025-01-31', '2025-12-31', '2026-01-30', '2026-02-01', '2026-03-03', '2027-01-31'],
    ]);
    expect(becomes('time', '20:00')).toEqual(['19:30', '20:30']);
  });

  it('turn `is` into `is not` and back, where a condition stands', () => {
    const negations = all.filter(({ operator, before }) => operator === 'comparison' && before.startsWith('is'));
    expect(negations.map(spoiled).sort()).toEqual([
      'when destination is eu and event.duration > 2 min charge 0.05 EUR per min',
      'when roaming_zone is not zone_2 charge 0.09 EUR per started 100 MB',
      'when time is not offpeak charge 0.02 EUR per min',
    ]);
  });

  it('know a unit after a number and after `per`, and never take another word for the same unit', () => {
    expect(becomes('unit', 'MB')).not.toContain('MB');
    expect(becomes('unit', 'MB')).toContain('MiB');
    const words = new Set(all.filter(({ operator }) => operator === 'unit').map(({ before }) => before));
    expect([...words].sort()).toEqual(['GB', 'MB', 'min']);
  });

  it('come from every place once before any place gives a second', () => {
    const places = new Set(all.map(({ span }) => span.start)).size;
    const first = drawMutants(files, 3, places);
    expect(new Set(first.map(({ span }) => span.start)).size).toBe(places);
  });
});

describe('Trying a mutant', () => {
  const tried = async (operator: MutationOperator, before: string, after: string) => {
    const run = await startTrying(files);
    const index = all.findIndex((one) => one.operator === operator && one.before === before && one.after === after);
    const mutant = all[index];
    if (!mutant) throw new Error(`There is no mutant ${before} → ${after}`);
    return (await run({ index, mutant })).fate;
  };

  it('says which test notices it', async () =>
    expect(await tried('price', '0.05', '0.06')).toEqual({ kind: 'test', by: 'a call of three minutes' }));

  it('says which fault the compiler finds in it', async () =>
    expect(await tried('date', '2026-02-15', '2026-02-14')).toEqual({ kind: 'check', by: 'empty-period' }));

  it('says that nothing notices it: no test here asks for the rental', async () =>
    expect(await tried('price', '12.00', '120.00')).toEqual({ kind: 'survived' }));

  it('wants tests that pass', async () => {
    const failing = source(rulebook.replace('expect price 0.15', 'expect price 0.16'), destinations, roamingZones);
    await expect(startTrying(failing)).rejects.toThrow('"a call of three minutes" fails without any change');
  });
});

describe('Every operator makes a difference in meaning, which diff tells', () => {
  const shipped = shippedRules();
  const workspace = openWorkspace(shipped, withHolidays);
  const base = workspace.compilation().ruleSet;

  it.each(Object.keys(mutationOperators))('%s', (operator) => {
    if (!base) throw new Error('The rulebook does not compile.');
    const own = drawMutants(shipped, 11, 400).filter((mutant) => mutant.operator === operator);
    const told = own.slice(0, 15).filter((mutant) => {
      const text = workspace.textOf(mutant.file);
      workspace.change(mutant.file, mutatedText(text, mutant));
      const { ruleSet } = workspace.compilation();
      workspace.change(mutant.file, text);
      if (!ruleSet || content(ruleSet) === content(base)) return false;
      expect(
        diffRuleSets(base, ruleSet).flatMap(({ details }) => details).length,
        JSON.stringify(mutant),
      ).toBeGreaterThan(0);
      return true;
    });
    expect(told).not.toEqual([]);
  });
});

describe('Sentences in another order, in other files and at other depths', () => {
  const shipped = shippedRules();
  const base = compileRules(shipped, withHolidays).ruleSet;
  const sentences = shipped.files
    .filter(({ path }) => path.endsWith('.rules'))
    .flatMap(({ text }) => cutSentences(text));
  const others = shipped.files.filter(({ path }) => !path.endsWith('.rules'));

  it('mean the same', () => {
    const arbitrary = fc.tuple(
      fc.shuffledSubarray(sentences, { minLength: sentences.length, maxLength: sentences.length }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(arbitrary, ([shuffled, count, depth]) => {
        const deeper = (text: string) =>
          text.replace(/^ +(?=\S)/gm, ' '.repeat(depth)).replace(/\n?$/, '\n# a comment\n\n');
        const texts = Array.from({ length: count }, () => '');
        for (const [index, sentence] of shuffled.entries()) texts[index % count] += deeper(sentence);
        const files = texts.map((text, index) => ({ path: `file-${index}.rules`, text }));
        const { ruleSet, diagnostics } = compileRules({ files: [...files, ...others] }, withHolidays);
        if (!ruleSet || !base) throw new Error(JSON.stringify(diagnostics.slice(0, 3)));
        expect(diffRuleSets(base, ruleSet)).toEqual([]);
      }),
      { numRuns: 8, seed: 5 },
    );
  });
});

it('The page on the commands lists every operator of mutate with what it does', () => {
  const page = readText('server/README.md');
  for (const [operator, what] of Object.entries(mutationOperators))
    expect(page.replace(/ +/g, ' ')).toContain(`| \`${operator}\` | ${what} |`);
});

/** Without the texts it was compiled from. */
function content({ hash: _, sources: _sources, ...rest }: RuleSet): string {
  return JSON.stringify(rest);
}
