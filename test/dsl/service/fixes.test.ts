import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../dsl/compile.ts';
import type { Diagnostic } from '../../../dsl/diagnostic.ts';
import { codeActions } from '../../../dsl/service/actions.ts';
import { applyEdits } from '../../../dsl/service/rename.ts';
import { openWorkspace } from '../../../dsl/service/workspace.ts';
import { fences, readText, source } from '../sources.ts';

/** What the examples and slips report, with the files they stand in. */
const faults = [...faultsIn('dsl/ERRORS.md'), ...faultsIn('test/dsl/slips.md')];

describe('A fix', () => {
  const fixable = faults.flatMap(({ files, diagnostic }) =>
    (diagnostic.fixes ?? []).map((fix) => ({ files, diagnostic, fix, title: `${diagnostic.code}: ${fix.title}` })),
  );

  it('is there for many of the faults that are described', () => {
    const codes = new Set(fixable.map(({ diagnostic }) => diagnostic.code));
    expect([...codes].sort()).toEqual(
      expect.arrayContaining([
        ...['discounts-unordered', 'may-be-missing', 'rules-overlap', 'unclosed-text', 'unexpected-character'],
        ...['unexpected-word', 'unknown-fact', 'unknown-sentence', 'unknown-unit', 'unknown-value'],
      ]),
    );
  });

  it.each(fixable)('takes its fault away: $title', ({ files, diagnostic, fix }) => {
    const mended = files.map((file) =>
      file.path === diagnostic.file ? { ...file, text: applyEdits(file.text, fix.edits) } : file,
    );
    const same = ({ code, line, message }: Diagnostic) => `${code} ${line} ${message}`;
    expect(compileRules({ files: mended }).diagnostics.map(same)).not.toContain(same(diagnostic));
  });

  it('is there wherever a remedy asks whether another word is meant', () => {
    const asked = faults.filter(({ diagnostic }) => diagnostic.help.startsWith('did you mean'));
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter(({ diagnostic }) => !diagnostic.fixes).map(({ diagnostic }) => diagnostic.help)).toEqual([]);
  });

  it('makes up no price: what a person must say, no fix says', () => {
    const edits = faults.flatMap(({ diagnostic }) => (diagnostic.fixes ?? []).flatMap(({ edits }) => edits));
    expect(edits.filter(({ text }) => /\d EUR/.test(text))).toEqual([]);
  });
});

describe('Code actions', () => {
  const text = 'discount d\n  when cycle.dta > 1 GB\n  take 1% off all charges\n';
  const workspace = openWorkspace(source(text));

  it('are the fixes of the faults at a place', () => {
    const start = text.indexOf('dta');
    expect(codeActions(workspace, 'example.rules', { start, end: start })).toMatchObject([
      { title: 'write `cycle.data`', diagnostic: { code: 'unknown-fact' } },
    ]);
    expect(codeActions(workspace, 'example.rules', { start: 0, end: 2 })).toEqual([]);
  });

  it('leave the choice where there are two remedies', () => {
    const two = 'discount a\n  take 1% off all charges\n\ndiscount b\n  take 2% off all charges\n';
    const actions = codeActions(openWorkspace(source(two)), 'example.rules', { start: 0, end: two.length });
    expect(actions.map(({ title }) => title)).toEqual(['add `after a`', 'add `beside a`']);
    expect(actions.map((action) => applyEdits(two, action.edits).slice(-12))).toEqual([
      's\n  after a\n',
      '\n  beside a\n',
    ]);
  });
});

function faultsIn(page: string) {
  return readText(page)
    .split(/^## /m)
    .slice(1)
    .flatMap((section) =>
      faultsOf(fences(section).map(({ info, text }) => ({ path: info.split(' ')[1] ?? 'example.rules', text }))),
    );
}

function faultsOf(files: readonly { readonly path: string; readonly text: string }[]) {
  return compileRules({ files }).diagnostics.map((diagnostic) => ({ files, diagnostic }));
}
