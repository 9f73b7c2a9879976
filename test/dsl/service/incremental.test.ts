/** Whatever is edited in whatever order: what a workspace says is what a compiler says that sees the text for the first time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analyse } from '../../../dsl/compile.ts';
import { openWorkspace } from '../../../dsl/service/workspace.ts';
import type { RuleSource } from '../../../dsl/source.ts';
import { shippedRules, source, withHolidays } from '../sources.ts';

const shipped = shippedRules();
const editable = shipped.files.filter(({ path }) => /\.rules$|\.csv$|\.json$/.test(path) && path !== 'company.json');
const words = [
  ...[
    'flex',
    'family',
    'loyalty',
    'destination',
    'offpeak',
    'voice',
    'data',
    'eu',
    'eur',
    'GB',
    'is',
    'or',
    'and',
    '5',
  ],
  ...[
    '',
    '"',
    '\n',
    '\n  ',
    '\nplan ',
    '\ndiscount flex ',
    '# ',
    '  take 1% off all charges\n',
    '  otherwise ',
    '(',
    '€',
  ],
];

/** Something a person does to a file: at a place, taking characters away and putting others in. */
const edit = fc.record({
  file: fc.nat(editable.length - 1),
  /** Mostly close to the edit before. */
  place: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(undefined)),
  by: fc.integer({ min: -40, max: 40 }),
  remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(80)),
  insert: fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 2 })),
  undo: fc.boolean(),
});

it('An edited workspace says what a compiler says of the same text', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
      const texts = new Map(shipped.files.map(({ path, text }) => [path, text]));
      const workspace = openWorkspace(shipped, withHolidays);
      let last = 0;
      for (const { file, place, by, remove, insert, undo } of edits) {
        const path = editable[file]?.path ?? '';
        const before = texts.get(path) ?? '';
        last = place === undefined ? Math.max(0, last + by) : Math.floor(place * before.length);
        const after = before.slice(0, last) + insert + before.slice(last + remove);
        for (const text of undo ? [after, before] : [after]) {
          texts.set(path, text);
          workspace.change(path, text);
          expect(said(workspace.analysis())).toEqual(said(analyse(sourceOf(texts), withHolidays)));
        }
      }
    }),
    { numRuns: 12 },
  );
});

it('Sentences move with what is written above them', () => {
  const rules = 'discount a\n  take 1% off all charges\n\ndiscount a\n  take 2% of all charges\n';
  const workspace = openWorkspace(source(rules));
  workspace.analysis();
  workspace.change('example.rules', `# two\n# lines\n${rules}`);
  expect(workspace.analysis().diagnostics.map(({ code, line, message }) => [code, line, message])).toEqual([
    ['duplicate-name', 6, 'line 3 of example.rules has the same name'],
    ['unexpected-word', 7, '`of` cannot stand here after `2%`'],
  ]);
});

function sourceOf(texts: ReadonlyMap<string, string>): RuleSource {
  return { files: [...texts].map(([path, text]) => ({ path, text })) };
}

function said({ diagnostics, plans, rules, tests, book }: ReturnType<typeof analyse>) {
  return {
    diagnostics,
    plans: plans.map(({ plan }) => plan),
    rules: rules.map(({ origin, ...rule }) => rule),
    tests,
    derived: [...book.derived.keys()].sort(),
    used: [...book.used].sort(),
    hashes: [...book.tables.values(), ...book.messages.values()].map(({ name, hash }) => `${name} ${hash}`),
  };
}
