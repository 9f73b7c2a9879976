import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { complete } from '../../dsl/service/complete.ts';
import { hover } from '../../dsl/service/hover.ts';
import { openWorkspace } from '../../dsl/service/workspace.ts';
import { cutSentences } from '../../dsl/syntax/lines.ts';
import { parse } from '../../dsl/syntax/parse.ts';
import { shippedRules, source, withHolidays } from './sources.ts';

const shipped = shippedRules();
const texts = shipped.files.filter(({ path }) => path.endsWith('.rules')).map(({ text }) => text);

function read(text: string) {
  const codes: string[] = [];
  const sentences = cutSentences(text).flatMap((part) => parse(part, (code) => codes.push(code)).sentences);
  return { codes, sentences };
}

describe('Reading half-typed rules', () => {
  it('costs only the clause that is broken', () => {
    const { codes, sentences } = read(
      'discount a\n  when cycle.data >\n  take 5% off all charges\ndiscount b\n  take 1% off all charges',
    );
    expect(codes).toEqual(['unfinished']);
    expect(sentences.map(({ name, clauses }) => [name.text, clauses.length])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it.each([
    [
      'a broken row of a rate',
      'plan p in EUR, round half even per line, split at start\n  rate voice\n    when x y z charge 1 EUR per min\n    otherwise charge 1.00 EUR per min',
    ],
    [
      'an otherwise without a price',
      'plan p in EUR, round half even per line, split at start\n  rate voice\n    otherwise charge',
    ],
    ['a required clause that is broken', 'notify a\n  on customer acquired\n  send nothing to customer'],
    [
      'a plan whose first line is broken',
      'plan p in\n  fee "Rental" 1.00 EUR monthly in advance\ndiscount d\n  take 1% off all charges',
    ],
    [
      'a misspelt fact read twice in one rule',
      'discount d\n  when cycle.dta > 1 GB\n  take 1% off all charges\n  after d2\ndiscount d2\n  take 1% off data charges',
    ],
    [
      'a plan that other sentences name',
      'plan flex in EUR round\n  rate voice charge 1.00 EUR per min\ndiscount d\n  for plan flex\n  take 1% off all charges\ntest "t"\n  given plan flex\n    and a voice event of 1 min at 2026-05-01 10:00\n  expect price 1.00 EUR by flex.voice.otherwise',
    ],
    [
      'a calendar that rates read',
      'calendar night in customer tim\n  weekends\nplan p in EUR, round half even per line, split at start\n  rate voice\n    when time is night charge 1.00 EUR per min\n    otherwise charge 1.00 EUR per min',
    ],
    [
      'the tax for everything else',
      'tax a\n  when customer.country is FR\n  0% category Z\ntax b otherwise 19% categry S',
    ],
    [
      'a row that a test names',
      'plan p in EUR, round half even per line, split at start\n  rate voice charge 1.00 EUR per GB\ntest "t"\n  given plan p\n    and a voice event of 1 min at 2026-05-01 10:00\n  expect price 1.00 EUR by p.voice.otherwise',
    ],
    ['a clause that is not indented', 'discount d\ntake 1% off all charges'],
    [
      'a test of a rule that does not compile',
      'discount d\n  take 1% of all charges\ntest "t"\n  given it is 2026-05-01 10:00\n  expect discount d',
    ],
  ])('reports one mistake once: %s', (_, text) => {
    expect(compileRules(source(text)).diagnostics).toHaveLength(1);
  });

  it.each([
    ['to customer', '`to` cannot stand here after `isued`'],
    ['message "hello" to customer', '`message` cannot stand here after `isued`'],
    ['mesage "hello" to customer', '`"hello"` cannot stand here after `mesage`'],
  ])('names a misspelt event before a line that breaks off: %s', (line, then) => {
    for (const on of [' on', '\n  on']) {
      const { diagnostics } = compileRules(source(`notify ghost "x"${on} invoice isued\n  ${line}\n`));
      expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
        'unknown-event: nothing is known as `invoice isued`',
        `unexpected-word: ${then}`,
      ]);
      expect(diagnostics[0]?.help).toBe('did you mean `invoice issued`?');
      const known = compileRules(source(`notify ghost "x"${on} invoice issued\n  ${line}\n`)).diagnostics;
      expect(known.map(({ code }) => code)).toEqual(['unexpected-word']);
    }
  });

  it('lets words of the language be names after a dot', () => {
    expect(
      read(
        'discount d\n  when line.charge > 1 EUR and order.items > 2 and event.at > 2026-01-01 10:00\n  take 1% off all charges',
      ).codes,
    ).toEqual([]);
  });

  it('takes a unit for a unit only after a number', () => {
    expect(read('calendar bank in customer time\n  holidays of GB').codes).toEqual([]);
    expect(read('discount d\n  when cycle.data > 1 GB\n  take 1% off all charges').codes).toEqual([]);
  });

  it('goes on with a list of values until a condition begins', () => {
    const [sentence] = read(
      'tax t\n  when customer.country is FR or ES or customer.category is business\n  0% category Z',
    ).sentences;
    const [when] = sentence?.clauses ?? [];
    expect(
      when?.kind === 'when' && when.condition.kind === 'or' && when.condition.terms.map(({ kind }) => kind),
    ).toEqual(['is', 'is']);
  });
});

describe('The compiler', () => {
  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => void compileRules(source(text))),
      { numRuns: 300 },
    );
  });

  it('never throws on rules with words taken out, doubled or swapped, nor do completion and hover', () => {
    const pieces = texts.flatMap((text) => text.split(/(?<=\n)(?=\S)/)).map((sentence) => sentence.split(/(\s+)/));
    const mutation = fc.record({
      sentence: fc.nat(pieces.length - 1),
      cut: fc.nat(60),
      length: fc.nat(6),
      other: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const text = mutations.map(({ sentence, cut, length, other }) => {
          const words = [...(pieces[sentence] ?? [])];
          const removed = words.splice(cut % words.length, length);
          words.splice(other % (words.length + 1), 0, ...removed.slice(1));
          return words.join('');
        });
        const broken = source(text.join('\n'));
        compileRules(broken);
        const workspace = openWorkspace(broken);
        complete(workspace, 'example.rules', text.join('\n').length / 2);
        hover(workspace, 'example.rules', text.join('\n').length / 2);
      }),
      { numRuns: 300 },
    );
  });

  it('makes the same rule set of the same files in any order', () => {
    const hashes = [shipped.files, [...shipped.files].reverse(), [...shipped.files].sort(() => -1)].map(
      (files) => compileRules({ files }, withHolidays).ruleSet?.hash,
    );
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('makes another rule set when a price changes by a thousandth', () => {
    const change = (price: string) => ({
      files: shipped.files.map((file) => ({
        ...file,
        text: file.text.replace('charge 0.05 EUR', `charge ${price} EUR`),
      })),
    });
    expect(compileRules(change('0.05')).ruleSet?.hash).not.toBe(compileRules(change('0.051')).ruleSet?.hash);
  });
});
