import type { Knex } from 'knex';
import type { Compilation } from '../../dsl/compile.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../engine/load.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { compileFolder } from './compile-folder.ts';

/** The rules that this process decides by, and how to put others in force. */
export interface ReleasedRules {
  /** The rules folder. */
  readonly folder: string;
  /** The rule set in force; absent as long as the folder has never compiled. */
  readonly inForce: () => LoadedRuleSet | undefined;
  /** Compiles the folder and, if it has no errors, stores the rule set and puts it in force. */
  readonly release: () => Promise<Compilation>;
}

/** Nothing is in force until the first `release`. */
export function createReleasedRules(db: Knex, folder: string): ReleasedRules {
  let inForce: LoadedRuleSet | undefined;
  return {
    folder,
    inForce: () => inForce,
    release: async () => {
      const compilation = await compileFolder(folder);
      if (compilation.ruleSet !== undefined) {
        await storeRuleSet(db, compilation.ruleSet);
        inForce = await loadReleasedRuleSet(db, compilation.ruleSet.hash);
      }
      return compilation;
    },
  };
}

/** Keeps a rule set for ever under its hash: every invoice names the one that made it. */
async function storeRuleSet(db: Knex, document: RuleSet): Promise<void> {
  await db('rule_set')
    .insert({ hash: document.hash, document: JSON.stringify(document) })
    .onConflict('hash')
    .ignore();
}

/**
 * The rule set of a hash with its generated functions, loaded once per process.
 *
 * @throws Error when no rule set of this hash was ever stored.
 */
export async function loadReleasedRuleSet(db: Knex, hash: string): Promise<LoadedRuleSet> {
  const known = loaded.get(hash);
  if (known !== undefined) return known;
  const row = await db('rule_set').where({ hash }).first<{ document: RuleSet } | undefined>('document');
  if (row === undefined) throw new Error(`No rule set with hash ${hash} is stored in the books`);
  const rules = loadRuleSet(row.document);
  if (loaded.size >= mostLoaded) loaded.delete(loaded.keys().next().value ?? '');
  loaded.set(hash, rules);
  return rules;
}

/** Generated functions take memory: the few releases that are in use at one time, oldest out first. */
const mostLoaded = 8;
const loaded = new Map<string, LoadedRuleSet>();
