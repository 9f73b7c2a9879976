import { describe, expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import { source } from './sources.ts';

const rules = `plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 12.00 EUR monthly in advance
  allowance 300 min of voice
  rate voice charge 0.05 EUR per min
`;
const whole =
  'title,translation\nMobile Flex,Mobile Flex\nLine rental,Grundgebühr\n300 min of voice,300 Minuten\nVoice,Telefonie\n';

const compile = (titles: string, path = 'titles/de.csv') => compileRules(source(rules, { path, text: titles }));
const faults = (titles: string, path?: string) =>
  compile(titles, path).diagnostics.map(({ code, file, line, message }) => `${code} ${file}:${line} ${message}`);

describe('Titles in another language', () => {
  test('are part of the rule set, so that its hash changes with them', () => {
    const { ruleSet, diagnostics } = compile(whole);
    expect(diagnostics).toEqual([]);
    expect(ruleSet?.translations).toEqual([
      {
        language: 'de',
        titles: [
          ['300 min of voice', '300 Minuten'],
          ['Line rental', 'Grundgebühr'],
          ['Mobile Flex', 'Mobile Flex'],
          ['Voice', 'Telefonie'],
        ],
      },
    ]);
    expect(compile(whole.replace('Grundgebühr', 'Grundpreis')).ruleSet?.hash).not.toBe(ruleSet?.hash);
  });

  test('are not asked for where no language has a file', () => {
    expect(compileRules(source(rules)).diagnostics).toEqual([]);
    expect(compileRules(source(rules)).ruleSet).not.toHaveProperty('translations');
  });

  test('warn of what a language lacks, at the words of the rules', () => {
    expect(faults('title,translation\nMobile Flex,Mobile Flex\nLine rental,Grundgebühr\n')).toEqual([
      'untranslated-title example.rules:4 "300 min of voice" has no translation into de: invoices show it as it is',
      'untranslated-title example.rules:5 "Voice" has no translation into de: invoices show it as it is',
    ]);
    const { diagnostics } = compile(whole.replace('Line rental', 'Line fee'));
    const [lacking, useless] = diagnostics;
    expect(rules.slice(lacking?.span.start, lacking?.span.end)).toBe('"Line rental"');
    expect([useless?.message, useless?.help]).toEqual([
      'no rule has the title "Line fee"',
      expect.stringMatching(/^remove the line|did you mean "Line rental"\?$/),
    ]);
  });

  test.each([
    ['without the names of its columns', 'Line rental,Grundgebühr\n', undefined, 'the first line names the columns'],
    ['with a row of three cells', `${whole}a,b,c\n`, undefined, 'the titles cannot be read'],
    ['with an empty translation', `${whole}Other,\n`, undefined, '"Other" is not translated'],
    ['with one title twice', `${whole}Voice,Anrufe\n`, undefined, '"Voice" is translated twice'],
    ['under a name that is no language', whole, 'titles/german.csv', '`german` is no language of two letters'],
  ])('a file %s is refused', (_, text, path, message) => {
    const { ruleSet, diagnostics } = compile(text, path);
    expect(ruleSet).toBeUndefined();
    expect(diagnostics.map((one) => [one.code, one.message])).toEqual([['broken-table', message]]);
  });

  test('are told as differences, title by title', () => {
    const [before, after] = [compile(whole).ruleSet, compile(whole.replace('Grundgebühr', 'Grundpreis')).ruleSet];
    if (!before || !after) throw new Error('does not compile');
    expect(diffRuleSets(before, after)).toEqual([
      { kind: 'changed', ids: ['titles in de'], details: ['"Line rental" was "Grundgebühr", is now "Grundpreis"'] },
    ]);
  });
});
