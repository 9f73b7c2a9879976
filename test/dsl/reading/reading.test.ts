import fc from 'fast-check';
import { Engine } from 'json-rules-engine';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../dsl/compile.ts';
import type { Diagnostic } from '../../../dsl/diagnostic.ts';
import { renderDiagnostic } from '../../../dsl/render.ts';
import { applyPolicy } from '../../../engine/decide/policy.ts';
import { type LoadedRuleSet, loadRuleSet } from '../../../engine/load.ts';
import type { DecisionSet, Facts } from '../../../engine/rule-set.ts';
import { withHolidays } from '../sources.ts';
import { factSheets } from './random-facts.ts';
import { files, rulebooks, rulebooksOr, world as worldText } from './random-rules.ts';
import { decide, type ReadGroup, readGroups } from './rules.ts';
import { type BaseFacts, readSentences, readWorld, type World } from './world.ts';

const rulebookCount = rulebooksOr(300);
const sheetCount = 3;

const compile = (text: string) => compileRules({ files: [{ path: 'random.rules', text }, ...files] }, withHolidays);

/** What the compiler refuses of rules whose every condition is well typed: by proof, or for what stands together in them. */
const refusable = [
  'never-matches',
  'never-due',
  'never-reached',
  'offer-ends-early',
  'rules-overlap',
  'discounts-unordered',
  'unknown-discount',
  'mixed-units',
];

interface Refused {
  readonly text: string;
  readonly fault: Diagnostic;
}

/** What plans of the world are like. */
const basicPlan = worldText.slice(worldText.indexOf('plan basic'));

/** The rulebook without the rules that are refused by proof, and those. */
function compileWhatIsSound(sentences: readonly string[]) {
  const refused: Refused[] = [];
  let kept = sentences;
  for (;;) {
    const text = [worldText, ...kept].join('\n');
    const { ruleSet, diagnostics } = compile(text);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (ruleSet)
      return { text, ruleSet, refused, isUnclear: diagnostics.some(({ code }) => code === 'overlap-unclear') };
    const [fault] = errors;
    if (!fault || !refusable.includes(fault.code)) throw new Error(renderDiagnostic(fault as Diagnostic, text));
    let start = worldText.length + 1;
    const faulty = kept.find((sentence) => {
      const isHere = fault.span.start >= start && fault.span.start < start + sentence.length;
      start += sentence.length + 1;
      return isHere;
    });
    if (faulty === undefined) throw new Error(renderDiagnostic(fault, text));
    refused.push({ text: faulty, fault });
    kept = kept.filter((sentence) => sentence !== faulty);
  }
}

/** The rules that match in the library as it comes, with facts given and derived as the engine derives them. */
async function matchesOfStockEngine(set: DecisionSet, facts: Facts, rules: LoadedRuleSet): Promise<readonly string[]> {
  const engine = new Engine(JSON.parse(JSON.stringify(set.rules)));
  for (const { name } of rules.document.derived)
    for (const fact of [name, `${name}.known`])
      if (set.facts.includes(fact)) engine.addFact(fact, () => rules.derive(fact, facts) as Facts[string]);
  const { results } = await engine.run({ always: true, ...facts });
  return results.map(({ name }) => name).sort();
}

async function expectAsRead(
  groups: readonly ReadGroup[],
  rules: LoadedRuleSet,
  facts: BaseFacts,
  isUnclear: boolean,
): Promise<void> {
  const matches = new Map<string, readonly string[]>();
  for (const [id, { set, matches: generated }] of rules.sets) {
    const found = await matchesOfStockEngine(set, facts, rules);
    const ours = generated({ always: true, ...facts }).map((index) => set.rules[index]?.name ?? '');
    expect(ours.sort()).toEqual(found);
    matches.set(id, found);
  }
  const setOf = (rule: string) => rules.document.decisions.find((set) => set.rules.some(({ name }) => name === rule));
  for (const group of groups) {
    const [first] = group.rules;
    const set = first && setOf(first.id);
    if (!set) continue;
    const own = group.rules.map(({ id }) => id);
    const expected = group.rules.filter((rule) => rule.otherwise || rule.applies(facts)).map(({ id }) => id);
    const found = (matches.get(set.id) ?? []).filter((name) => own.includes(name));
    expect(found).toEqual([...expected].sort());
    const fired = applyPolicy(set, matches.get(set.id) ?? []).rules.filter(({ name }) => own.includes(name));
    const read = decide(group, facts);
    // Proved: exactly one. Where the compiler warns that it cannot see whether two exclude each other, both may fit.
    if (group.policy === 'exactly one' && !isUnclear) expect(read.length).toBe(1);
    if (group.policy === 'exactly one') expect(read.length).toBeGreaterThan(0);
    expect(fired.map(({ name }) => name)).toEqual(read.map(({ id }) => id));
    for (const [index, { event }] of fired.entries())
      expect(event.params.outcome).toMatchObject(read[index]?.outcome ?? {});
  }
}

/** What the compiler says it proved of a rule that it refuses, no facts may deny. */
function expectRightlyRefused({ text, fault }: Refused, world: World, sheets: readonly BaseFacts[]): void {
  const groups = readGroups(readSentences(`${basicPlan}\n${text}`), world);
  const always = (proved: (facts: BaseFacts) => boolean) => sheets.every(proved);
  const rules = groups.flatMap((group) => group.rules);
  if (fault.code === 'never-matches') expect(rules.some((rule) => always((facts) => !rule.applies(facts)))).toBe(true);
  if (fault.code === 'never-due' && fault.message.startsWith('`stop when`')) {
    const [rule, stop] = rules.filter(({ id }) => !id.startsWith('basic.'));
    expect(always((facts) => !rule?.applies(facts) || stop?.applies(facts) === true)).toBe(true);
  }
  if (fault.code === 'never-reached') {
    const isShadowed =
      ({ rules: all }: ReadGroup, index: number) =>
      (facts: BaseFacts) =>
        !all[index]?.applies(facts) || all.slice(0, index).some((rule) => rule.applies(facts));
    const ordered = groups.filter(({ policy }) => policy === 'first');
    expect(ordered.some((group) => group.rules.some((_, index) => always(isShadowed(group, index))))).toBe(true);
  }
}

describe('A rulebook', () => {
  it('means what it says: the compiled rules decide as one who reads the text does', async () => {
    const bare = compile(worldText).ruleSet;
    if (!bare) throw new Error('The world does not compile.');
    const { calendar } = loadRuleSet(bare);
    const sheets = fc.array(factSheets(bare.facts), { minLength: sheetCount, maxLength: sheetCount });
    let read = 0;
    await fc.assert(
      fc.asyncProperty(rulebooks(), sheets, async (sentences, facts) => {
        const { text, ruleSet, refused, isUnclear } = compileWhatIsSound(sentences);
        expect(bare.calendars).toEqual(expect.arrayContaining([...ruleSet.calendars]));
        const rules = loadRuleSet(ruleSet, calendar);
        const all = readSentences(text);
        const world = readWorld(all, new Map(files.map((file) => [file.path, file.text])), withHolidays.holidays);
        const groups = readGroups(all, world);
        const ids = groups.flatMap((group) => group.rules.map(({ id }) => id));
        expect(ids.sort()).toEqual(ruleSet.decisions.flatMap((set) => set.rules.map(({ name }) => name)).sort());
        for (const sheet of facts) await expectAsRead(groups, rules, sheet, isUnclear);
        for (const one of refused) expectRightlyRefused(one, world, facts);
        read += ids.length;
      }),
      { numRuns: rulebookCount, endOnFailure: true },
    );
    expect(read).toBeGreaterThan(rulebookCount * 5);
  }, 300_000);
});
