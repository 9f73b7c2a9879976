import { describe, expect, it } from 'vitest';
import type { RulesView } from '../../editor/api.ts';
import {
  editFile,
  groupFiles,
  isEdited,
  mergeRules,
  overridesOf,
  storeFile,
  takeStored,
} from '../../editor/rules/workspace.ts';

describe('the rule files in an analyst’s hands', () => {
  it('send only what is edited and not saved to tests and simulations', () => {
    const edited = editFile(opened(), 'consumer.rules', 'plan flex');
    expect(overridesOf(opened())).toEqual([]);
    expect(overridesOf(edited)).toEqual([{ path: 'consumer.rules', text: 'plan flex' }]);
  });

  it('keep an edit, and the hash it began from, when the folder is read again', () => {
    const edited = editFile(opened(), 'consumer.rules', 'mine');
    const again = mergeRules(edited, view({ 'consumer.rules': 'theirs', 'business.rules': 'new' }));
    expect(again.files).toEqual([
      { path: 'consumer.rules', text: 'mine', stored: { text: 'plan', hash: 'hash of plan' } },
      { path: 'business.rules', text: 'new', stored: { text: 'new', hash: 'hash of new' } },
    ]);
  });

  it('count what was typed during a save as an edit', () => {
    const saving = editFile(opened(), 'consumer.rules', 'saved text');
    const typedOn = editFile(saving, 'consumer.rules', 'saved text, and more');
    const stored = storeFile(typedOn, 'consumer.rules', 'saved text', 'h2');
    expect(stored.files[0]).toEqual({
      path: 'consumer.rules',
      text: 'saved text, and more',
      stored: { text: 'saved text', hash: 'h2' },
    });
  });

  it('give an edit up for the version of somebody else only when told so', () => {
    const taken = takeStored(editFile(opened(), 'consumer.rules', 'mine'), 'consumer.rules', 'theirs', 'h2');
    expect(taken.files.some(isEdited)).toBe(false);
    expect(taken.files[0]?.text).toBe('theirs');
  });

  it('are listed as rules, tables, messages and settings', () => {
    const paths = ['messages/invoice/en.email.eta', 'company.json', 'tables/destinations.csv', 'consumer.rules'];
    const { files } = mergeRules(undefined, view(Object.fromEntries(paths.map((path) => [path, path]))));
    expect(groupFiles(files).map((group) => [group.title, ...group.files.map((file) => file.path)])).toEqual([
      ['Rules', 'consumer.rules'],
      ['Tables', 'tables/destinations.csv'],
      ['Messages', 'messages/invoice/en.email.eta'],
      ['Settings', 'company.json'],
    ]);
  });
});

function opened() {
  return mergeRules(undefined, view({ 'consumer.rules': 'plan', 'business.rules': 'plan' }));
}

function view(texts: Readonly<Record<string, string>>): RulesView {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text, hash: `hash of ${text}` }));
  return { ruleSet: null, writable: true, files, diagnostics: [] };
}
