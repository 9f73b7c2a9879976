import { expect, test } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { titlesIn } from '../../server/invoice/titles.ts';

const rulebook = `
plan flat "Flat" in EUR, round half even per line, split at boundaries
  from 2025-01-01
  fee "Line rental, basic" 31.00 EUR monthly in advance, prorated by day
  rate data charge 1.00 EUR per GB as "Data at home"

tax standard otherwise 19% category S
`;
const german = `title,translation\nFlat,Flat\n"Line rental, basic","Grundgebühr, einfach"\nData at home,Daten zu Hause\n`;

test.each([
  ['Line rental, basic, Credit for the next invoice', 'Grundgebühr, einfach, Guthaben für die nächste Rechnung'],
  ['Data at home, tier 2, Line rental, basic', 'Daten zu Hause, Stufe 2, Grundgebühr, einfach'],
  ['Roaming, Data at home', 'Roaming, Daten zu Hause'],
  ['Roaming', 'Roaming'],
])('the lines that a correction corrects are named in the language of the customer: %s', (title, said) => {
  const { ruleSet, diagnostics } = compileRules({
    files: [
      { path: 'flat.rules', text: rulebook },
      { path: 'titles/de.csv', text: german },
    ],
  });
  expect(diagnostics).toEqual([]);
  const titles = titlesIn('de', ruleSet ?? null);
  expect(titles.line({ kind: 'correction', title })).toBe(said);
  const correction = { invoice: 'NM-2026-000031', tax: '0.68' };
  expect(titles.line({ kind: 'correction', title, correction })).toBe(`Berichtigung von NM-2026-000031: ${said}`);
});
