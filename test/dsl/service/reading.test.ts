/** What the language can say of a text that is being read or written: outline, folds, colours, the shape of a clause. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeActions } from '../../../dsl/service/actions.ts';
import { complete } from '../../../dsl/service/complete.ts';
import { hover } from '../../../dsl/service/hover.ts';
import { definition, references } from '../../../dsl/service/navigate.ts';
import { type DocumentSymbol, documentSymbols, foldingRanges } from '../../../dsl/service/outline.ts';
import { canRename } from '../../../dsl/service/rename.ts';
import { semanticTokens } from '../../../dsl/service/semantic-tokens.ts';
import { signature } from '../../../dsl/service/signature.ts';
import { openWorkspace } from '../../../dsl/service/workspace.ts';
import { cutSentences } from '../../../dsl/syntax/lines.ts';
import { destinations, shippedRules, source, withHolidays } from '../sources.ts';

const plan = `# One plan
# and its prices

plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  fee "Line rental" 12.00 EUR monthly in advance
  rate voice, first that fits
    when destination is eu  charge 0.09 EUR per min
    otherwise               charge 0.05 EUR per min
      as daytime "By day"

discount heavy "Heavy use"
  | id    | cycle.data | take                |
  | large | > 50 GB    | 5% off data charges |
`;

describe('The outline', () => {
  it('has sentences, their blocks, and the rows of these', () => {
    const shown = (symbols: readonly DocumentSymbol[]): unknown =>
      symbols.map(({ name, children }) => (children.length > 0 ? [name, shown(children)] : name));
    expect(shown(documentSymbols(openWorkspace(source(plan)), 'example.rules'))).toEqual([
      ['flex', ['fee "Line rental"', ['rate voice', ['when destination is eu', 'daytime']]]],
      ['heavy', ['heavy_large']],
    ]);
  });

  it('keeps a sentence whose clauses, or whose first line, cannot be read', () => {
    const text =
      'discount a\n  when cycle.data >\n  take 1% off all charges\ntest "b"\n  given nothing at all 5\nplan c in in\n';
    expect(documentSymbols(openWorkspace(source(text)), 'example.rules').map(({ name }) => name)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

it('Sentences, rates and comments of several lines can be folded', () => {
  expect(foldingRanges(openWorkspace(source(plan)), 'example.rules')).toEqual([
    { startLine: 1, endLine: 2, kind: 'comment' },
    { startLine: 4, endLine: 9, kind: 'rules' },
    { startLine: 6, endLine: 9, kind: 'rules' },
    { startLine: 11, endLine: 13, kind: 'rules' },
  ]);
});

it('Words are coloured by what they name', () => {
  const text = `${plan}anomaly much\n  when cycle.data > 5 GB\n  flag invoice\n  because "{cycle.data} of data"\n`;
  const tokens = semanticTokens(openWorkspace(source(text, destinations)), 'example.rules');
  const kinds = (word: string) =>
    tokens.filter(({ span }) => text.slice(span.start, span.end) === word).map(({ kind }) => kind);
  expect(kinds('flex')).toEqual(['plan']);
  expect(kinds('voice')).toEqual(['service']);
  expect(kinds('cycle.data')).toEqual(['fact', 'fact', 'fact']);
  expect(kinds('daytime')).toEqual(['row']);
  expect(kinds('much')).toEqual(['anomaly'].map(() => 'rule'));
  expect(kinds('GB')).toEqual(['unit', 'unit']);
  expect(kinds('first that fits')).toEqual(['keyword']);
  expect(kinds('"{')).toEqual(['text']);
});

describe('The signature at the cursor', () => {
  const shape = (text: string) => {
    const found = signature(openWorkspace(source(text.replace('▮', ''))), 'example.rules', text.indexOf('▮'));
    const active = found?.parameters[found.active];
    return { ...found, active: active && found?.label.slice(active.start, active.end) };
  };

  it('is the shape of the clause, with the piece that comes next', () => {
    const found = shape('plan flex in EUR\n  fee "Line rental" 12.00 EUR ▮');
    expect(found.label).toMatch(/^fee "…" amount .*monthly \| quarterly \| yearly.*\(in advance \| in arrears\)/);
    expect(found.active).toMatch(/monthly \| quarterly \| yearly/);
    expect(found.documentation).toContain('A fee of the plan');
  });

  it('names at the beginning of a line the clauses that the sentence takes, and those that it needs', () => {
    const found = shape('discount d\n  ▮');
    expect(found.label).toBe('discount');
    expect(found.documentation).toContain('- `take` What the discount takes off, and from what. **Needed.**');
    expect(found.documentation).not.toContain('`rate`');
  });

  it('is that of the clause that goes on, where a line holds several', () => {
    const found = shape(
      `${plan}\nplan talk in EUR\n  rate voice\n    when destination is eu  charge 0.09 EUR per min by ▮`,
    );
    expect(found.label).toMatch(/^charge .*price/);
    expect(shape(`${plan}\nplan talk in EUR\n  rate voice\n    unless destination ▮`).label).toBe('unless condition');
  });

  it('is that of the first line while it is written', () => {
    expect(shape('table destination ▮').label).toMatch(/^table name from "…"/);
    expect(shape('table destination ▮').active).toBe('from');
  });
});

const unbroken = openWorkspace(shippedRules(), withHolidays);

/** The sentences of a shipped file, by their texts. */
function namesOf(path: string, text: string): readonly { readonly part: string; readonly name: string }[] {
  const symbols = documentSymbols(unbroken, path);
  let start = 0;
  return cutSentences(text).flatMap((part) => {
    const symbol = symbols.find(({ span }) => start <= span.start && span.start < start + part.length);
    start += part.length;
    return symbol ? [{ part, name: symbol.name }] : [];
  });
}

it('Whatever is broken, everything can be asked everywhere, and the sentences that are whole are all there', () => {
  const shipped = shippedRules();
  const files = shipped.files.filter(({ path }) => path.endsWith('.rules'));
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(12),
    insert: fc.constantFrom('', '"', '(', ' when', '\n  ', '€', ' 5 GB', '|', '\n'),
  });
  fc.assert(
    fc.property(
      fc.nat(files.length - 1),
      fc.array(mutation, { minLength: 1, maxLength: 5 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      (index, mutations, places) => {
        const { path = '', text: whole = '' } = files[index] ?? {};
        const text = mutations.reduce((before, { at, remove, insert }) => {
          const start = Math.floor(at * before.length);
          return before.slice(0, start) + insert + before.slice(start + remove);
        }, whole);
        const workspace = openWorkspace(shipped, withHolidays);
        workspace.change(path, text);
        const kept = new Set(cutSentences(text));
        const names = documentSymbols(workspace, path).map(({ name }) => name);
        expect(names).toEqual(
          expect.arrayContaining(
            namesOf(path, whole)
              .filter(({ part }) => kept.has(part))
              .map(({ name }) => name),
          ),
        );
        foldingRanges(workspace, path);
        semanticTokens(workspace, path);
        for (const place of places) {
          const offset = Math.floor(place * text.length);
          complete(workspace, path, offset);
          hover(workspace, path, offset);
          signature(workspace, path, offset);
          definition(workspace, path, offset);
          references(workspace, path, offset);
          canRename(workspace, path, offset);
          codeActions(workspace, path, { start: offset, end: offset + 20 });
        }
      },
    ),
    { numRuns: 60 },
  );
});
