import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { compileFolder } from '../../server/rules/compile-folder.ts';
import { readRuleFolder } from '../../server/rules/rule-folder.ts';
import { verifyRules } from '../../server/verify/verification.ts';

const template = 'messages/invoice/de.email.eta';
const partial = 'messages/_row.email.eta';
const compileWith = async (path: string, add: string) =>
  compileFolder('rules', [{ path, text: `${await readFile(`rules/${path}`, 'utf8')}${add}` }]);
const linesOf = async (path: string) => (await readFile(`rules/${path}`, 'utf8')).split('\n').length;

describe('a template that cannot be rendered is an error of the rules', () => {
  test('where it reads what no message has, with its file and line', async () => {
    const { ruleSet, diagnostics } = await compileWith(template, '\n <%~ it.nix.foo %>');
    expect(ruleSet).toBeUndefined();
    expect(diagnostics).toMatchObject([
      {
        ...{
          code: 'broken-message',
          severity: 'error',
          file: template,
          line: (await linesOf(template)) + 1,
          column: 1,
        },
        message: "the template cannot be rendered: Cannot read properties of undefined (reading 'foo')",
      },
    ]);
  });

  test('in a part that many templates include, once', async () => {
    const { diagnostics } = await compileWith(partial, '\n<%= it.nix.foo %>');
    expect(diagnostics.map(({ file, line }) => ({ file, line }))).toEqual([
      { file: partial, line: (await linesOf(partial)) + 1 },
    ]);
  });

  test.each([
    ['<%= it.customer.name( %>', 'Bad template syntax: missing ) after argument list'],
    ['<% if (it.fee) { ', 'unclosed tag at line'],
    ['<%~ include("/_nix.email.eta") %>', 'there is no template messages/_nix.email.eta'],
    ['<% if (it.invoice.passed) { %><%= it.nix.foo %><% } %>', 'Cannot read properties of undefined'],
  ])('of %s', async (wrong, said) => {
    const { ruleSet, diagnostics } = await compileWith(template, wrong);
    expect(ruleSet).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'broken-message', message: expect.stringContaining(said) }]);
  });

  test('for who verifies, too', async () => {
    const { files } = await readRuleFolder('rules');
    const wrong = files.map((file) =>
      file.path === template ? { ...file, text: `${file.text}<%= it.nix.foo %>` } : file,
    );
    const none = { name: 'none', cycles: (async function* () {})() };
    const { diagnostics, noComparison } = await verifyRules('rules', { files: wrong }, 'rules', none);
    expect(diagnostics).toMatchObject([{ code: 'broken-message', file: template }]);
    expect(noComparison).toBe('the rules have errors');
  });
});
