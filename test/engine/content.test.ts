import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import { pickLinks } from '../../engine/content.ts';
import { compareLikeness, corpusOf, likenessOf, likenessPercent, weightsOf } from '../../engine/likeness.ts';
import { loadRuleSet } from '../../engine/load.ts';
import { dayNumber } from '../../engine/period.ts';
import type { Facts } from '../../engine/rule-set.ts';
import { source } from '../dsl/sources.ts';

const texts = ['red apples', 'red pears', 'green apples and red cars', 'blue'];
const corpus = corpusOf(texts);
const alike = (a: string, b: string) => likenessOf(weightsOf(a, corpus), weightsOf(b, corpus));

describe('The likeness of two texts', () => {
  it('is whole for the same words, in whatever case and order, and nothing without a common one', () => {
    expect(likenessPercent(alike('Red APPLES', 'apples, red!'))).toBe(100);
    expect(likenessPercent(alike('red', 'green'))).toBe(0);
  });

  it('weighs a word by how rare it is: by hand', () => {
    // "red" is in 3 of 4 texts: 1 + ⌊log₂ 4/3⌋ = 1. "apples" is in 2: 1 + 1 = 2. "pears" is in 1: 1 + 2 = 3.
    expect([...weightsOf('red apples pears apples', corpus)]).toEqual([
      ['red', 1n],
      ['apples', 4n],
      ['pears', 3n],
    ]);
    // (1, 2) and (1, 3 of another word): 1 ÷ √(5 · 10) = 0.1414.
    expect(alike('red apples', 'red pears')).toEqual({ top: 1n, bottom: 50n });
    expect(likenessPercent(alike('red apples', 'red pears'))).toBe(14);
  });

  it('is compared without rounding', () => {
    const one = alike('red apples', 'red pears');
    expect(compareLikeness(one, alike('red pears', 'red apples'))).toBe(0);
    expect(compareLikeness(one, alike('red apples', 'red'))).toBeLessThan(0);
    expect(compareLikeness({ top: 10n ** 40n + 1n, bottom: 10n ** 40n }, { top: 1n, bottom: 1n })).toBeGreaterThan(0);
  });
});

const rules = `
segment gamer
  when customer.profile mentions "gaming"
segment cook
  when customer.profile mentions "cooking"
content stories from "tables/links.csv"
  when customer.segments include any of link.categories
  rank by shared categories, then by likeness of link.text to customer.profile
  top 2, in customer language
`;

function compiled(...rows: readonly string[]) {
  const text = ['id,title,url,categories,languages,from,until,text', ...rows].join('\n');
  const { ruleSet, diagnostics } = compileRules(source(rules, { path: 'tables/links.csv', text }));
  if (!ruleSet) throw new Error(JSON.stringify(diagnostics));
  return ruleSet;
}

const rows = [
  'b,B,https://example.org/b,gamer,en,,,same words',
  'a,A,https://example.org/a,gamer,en,,,same words',
  'c,C,https://example.org/c,gamer cook,en de,,,nothing of it',
  'd,D,https://example.org/d,cook,en,2026-06-01,2026-07-01,cooking',
];

function picked(facts: Facts, shown: readonly string[] = []) {
  return pickLinks('stories', facts, new Set(shown), loadRuleSet(compiled(...rows))).map(({ link }) => link.id);
}

const facts = (segments: readonly string[], date = '2026-05-31', language = 'en'): Facts => ({
  date: dayNumber(date),
  'customer.segments': segments,
  'customer.language': language,
  'customer.profile': 'same cooking',
});

describe('Content', () => {
  it('shows who shares more categories first, and of equals the first by id', () => {
    expect(picked(facts(['gamer', 'cook']))).toEqual(['c', 'a']);
    expect(picked(facts(['gamer']))).toEqual(['a', 'b']);
    expect(picked(facts([]))).toEqual([]);
  });

  it('begins on its first day and has ended on its last', () => {
    expect(picked(facts(['cook']))).toEqual(['c']);
    expect(picked(facts(['cook'], '2026-06-01'))).toEqual(['d', 'c']);
    expect(picked(facts(['cook'], '2026-07-01'))).toEqual(['c']);
  });

  it('speaks the language of the customer', () => {
    expect(picked(facts(['gamer', 'cook'], '2026-05-31', 'de'))).toEqual(['c']);
  });

  it('shows again what was shown where the rule does not say otherwise', () => {
    expect(picked(facts(['gamer']), ['https://example.org/a'])).toEqual(['a', 'b']);
  });

  it('changes in a link are told in the difference of two rule sets', () => {
    const changed = rows.map((row) => row.replace('gamer cook,en de', 'gamer,en de'));
    const differences = diffRuleSets(compiled(...rows), compiled(...changed));
    expect(differences).toEqual([
      {
        kind: 'changed',
        ids: ['link of stories c'],
        details: ['categories was gamer, cook, is now gamer'],
      },
    ]);
  });
});
