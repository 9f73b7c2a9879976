// The rules that decisions and rating are timed with: those of rules/ beside this file, on the shipped tables, calendars and services.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const own = ['voice-24.rules', 'voice-240.rules', 'calling-zones.csv'];

export const built = (path) => join(dist, path);
export const load = (path) => import(built(path));

/** The shipped rulebook with the bench's plans in it, compiled, and loaded as it comes from the books. */
export async function loadBenchRules() {
  const [{ compileFolder }, { loadRuleSet }] = await Promise.all([
    load('server/rules/compile-folder.js'),
    load('engine/load.js'),
  ]);
  const files = own.map((path) => ({
    path: `bench/${path}`,
    text: readFileSync(fileURLToPath(new URL(`rules/${path}`, import.meta.url)), 'utf8'),
  }));
  const { ruleSet, diagnostics } = await compileFolder(fileURLToPath(new URL('../../rules', import.meta.url)), files);
  if (!ruleSet)
    throw new Error(
      `The rules have errors: ${diagnostics.map((one) => `${one.file}:${one.line} ${one.message}`).join('; ')}`,
    );
  return loadRuleSet(JSON.parse(JSON.stringify(ruleSet)));
}
