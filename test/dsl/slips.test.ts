import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import type { SourceFile } from '../../dsl/source.ts';
import { destinations, fences, readText, roamingZones, source } from './sources.ts';

const slips = readText('test/dsl/slips.md')
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const what = section.slice(0, section.indexOf('\n'));
    const [, code = '', at = ''] = /^`([\w-]+)` at `(.*)`$/m.exec(section) ?? [];
    const files = fences(section).map(({ info, text }) => ({ path: info.split(' ')[1] ?? 'example.rules', text }));
    return { what, code, at, files };
  });

/** With the tables that it does not bring itself. */
function errorsOf(files: readonly SourceFile[]) {
  const own = new Set(files.map(({ path }) => path));
  const all = [...files, ...[destinations, roamingZones].filter(({ path }) => !own.has(path))];
  return compileRules({ files: all })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, file, span, message, help }) => {
      const at = all.find(({ path }) => path === file)?.text.slice(span.start, span.end);
      return { code, at, message, help };
    });
}

/** Said only while nothing else is wrong: what is missing may stand in a faulty line. */
const saidLast = ['missing-otherwise', 'unknown-rule', 'unknown-line'];

describe('A slip of the pen', () => {
  it.each(slips)('is one diagnostic at the very words: $what', ({ code, at, files }) => {
    const errors = errorsOf(files);
    expect(errors.map((one) => [one.code, one.at])).toEqual([[code, at]]);
    for (const { message, help } of errors) {
      expect(message).toMatch(/^[^A-Z].*[^.]$/);
      expect(help).not.toBe('');
    }
  });

  it.each(slips.filter(({ code }) => !saidLast.includes(code)))('hides no other below it: $what', ({ code, files }) => {
    const below = files.map((file) =>
      file.path === 'example.rules' ? { ...file, text: `${file.text}declare fact customer.last numbr "x"\n` } : file,
    );
    expect(
      errorsOf(below)
        .map((one) => one.code)
        .sort(),
    ).toEqual([code, 'unknown-type'].sort());
  });
});

describe('Text as editors and other systems write it', () => {
  const rules = 'discount d\n  when cycle.dta > 5 GB\n  take 5% off all charges\n';

  it.each([
    ['with a byte order mark', `\uFEFF${rules}`, 2, 8],
    ['with Windows line ends', rules.replaceAll('\n', '\r\n'), 2, 8],
    ['indented by tabs', rules.replaceAll('  ', '\t'), 2, 7],
    ['without a last line end', rules.trimEnd(), 2, 8],
  ])('is read %s, and places are right', (_, text, line, column) => {
    const { diagnostics } = compileRules(source(text));
    expect(diagnostics.map((one) => [one.code, one.line, one.column])).toEqual([['unknown-fact', line, column]]);
    expect(text.slice(diagnostics[0]?.span.start, diagnostics[0]?.span.end)).toBe('cycle.dta');
  });

  it.each([
    ['a blank that does not break', '\u00a0', 'U+00a0'],
    ['a blank of no width', '\u200b', 'U+200b'],
    ['a zero byte', '\0', 'U+0000'],
  ])('is told of %s', (_, character, shown) => {
    const { diagnostics } = compileRules(source(`discount d\n  take 5%${character} off all charges\n`));
    expect(diagnostics.map(({ message }) => message)).toEqual([`\`${shown}\` is not used in rules`]);
  });

  it('may hold any letters in quotes', () => {
    const { diagnostics, ruleSet } = compileRules(
      source('discount d "Größe für Łódź, 大"\n  when customer.country is "Österreich"\n  take 5% off all charges\n'),
    );
    expect(diagnostics).toEqual([]);
    expect(ruleSet?.decisions[0]?.rules[0]?.event.params.title).toBe('Größe für Łódź, 大');
  });
});

describe('Text beyond all measure', () => {
  const discount = (condition: string) => `discount d\n  when ${condition}\n  take 5% off all charges\n`;

  it.each([
    ['2,000 brackets', discount(`${'('.repeat(2000)}cycle.data > 5 GB${')'.repeat(2000)}`)],
    ['5,000 times not', discount(`${'not '.repeat(5000)}customer.country is DE`)],
    ['a sum of 5,000', discount(`${Array(5000).fill('cycle.data').join(' + ')} > 5 GB`)],
    [
      'seven facts that may be missing',
      discount(`${Array(7).fill('history.data.median if missing 0 GB').join(' + ')} > 5 GB`),
    ],
  ])('is refused, not fallen over: %s', (_, text) => {
    expect(compileRules(source(text)).diagnostics.map(({ code }) => code)).toEqual(['too-deep']);
  });

  it('that only goes on and on is read', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `customer.country is c${index}`);
    const rules = Array.from(
      { length: 2000 },
      (_, index) => `tax t${index}\n  when customer.country is c${index}\n  0% category Z\n`,
    );
    const texts = [
      discount(many.join(' or ')),
      `discount d "${'x'.repeat(100_000)}"\n  take 5% off all charges\n`,
      `${rules.join('')}tax rest otherwise 19% category S\n`,
      '# nothing here\n'.repeat(10_000),
    ];
    expect(texts.flatMap((text) => compileRules(source(text)).diagnostics)).toEqual([]);
  });

  it.each([
    ['too-large', 'and 5000000000 voice events of 1 min at 2026-05-01 10:00'],
    ['not-positive', 'and 0 voice events of 1 min at 2026-05-01 10:00'],
    ['too-fine', 'and 1.5 voice events of 1 min at 2026-05-01 10:00'],
    ['too-large', 'and history of 1000000000 cycles with 5 GB of data\n    and it is 2026-05-01 10:00'],
  ])('is %s in a test: %s', (code, given) => {
    const text = `test "t"\n  given no history\n    ${given}\n  expect no anomaly\n`;
    expect(compileRules(source(text)).diagnostics.map((one) => one.code)).toEqual([code]);
  });
});
