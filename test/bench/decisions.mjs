// Decisions per second: json-rules-engine as it comes against the functions generated from the same rules.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Engine } from 'json-rules-engine';
import { factDrawer, seededRandom } from './facts.mjs';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const seed = 42;
const cases = 4_096;
const rounds = 11;
/** A variant that is done in a moment goes through the facts again, so that a round is long enough to be timed. */
const leastSeconds = 0.5;

export async function benchDecisions(say) {
  const { rules, drawn } = await prepare();
  const variants = [
    libraryVariant(rules, drawn),
    generatedVariant(drawn),
    recordedVariant(rules, drawn, await load('engine/decide/decide.js')),
    explainedVariant(rules, drawn, await load('engine/decide/library.js')),
  ];
  await compareOutcomes(variants, drawn);
  const setCount = new Set(drawn.map(({ loaded }) => loaded.set.id)).size;
  const ruleCount = rules.document.decisions.reduce((sum, set) => sum + set.rules.length, 0);
  say(
    `  ${setCount} decision sets, ${ruleCount} rules, ${cases} facts of seed ${seed}; ${rounds} rounds, variants in turn; all outcomes equal`,
  );

  const rates = new Map(variants.map((variant) => [variant, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const variant of variants) {
      const rate = await timeVariant(variant, drawn.length);
      // The first round warms up.
      if (round > 0) rates.get(variant).push(rate);
    }
  }
  const rows = variants.flatMap((variant) => [
    { name: `${variant.name}, median`, value: quantile(rates.get(variant), 0.5), unit: 'decisions/s' },
    { name: `${variant.name}, best decile`, value: quantile(rates.get(variant), 0.9), unit: 'decisions/s' },
  ]);
  const [library, generated] = variants.map((variant) => quantile(rates.get(variant), 0.5));
  return [
    ...rows,
    { name: 'generated ÷ stock json-rules-engine, medians', value: generated / library, unit: '×', target: '≥ 1000' },
  ];
}

const load = (path) => import(join(dist, path));

/** The shipped rules, loaded, and 4,096 pairs of a decision set and its facts, the sets in turn. */
async function prepare() {
  const [{ compileFolder }, { loadRuleSet }] = await Promise.all([
    load('server/rules/compile-folder.js'),
    load('engine/load.js'),
  ]);
  const { ruleSet, diagnostics } = await compileFolder(fileURLToPath(new URL('../../rules', import.meta.url)));
  if (!ruleSet)
    throw new Error(
      `The rules have errors: ${diagnostics.map((one) => `${one.file}:${one.line} ${one.message}`).join('; ')}`,
    );
  const rules = loadRuleSet(ruleSet);
  const random = seededRandom(seed);
  const sets = [...rules.sets.values()].map((loaded) => ({
    loaded,
    draw: factDrawer(ruleSet, loaded.set, loaded.inputs, random),
  }));
  const drawn = Array.from({ length: cases }, (_, index) => {
    const { loaded, draw } = sets[index % sets.length];
    return { loaded, facts: draw() };
  });
  return { rules, drawn };
}

/** One engine a set, made once; runs follow each other; derived facts are supplied as engine/decide/library.ts does. */
function libraryVariant(rules, drawn) {
  let current;
  const engines = new Map(
    [...new Set(drawn.map(({ loaded }) => loaded))].map((loaded) => {
      const engine = new Engine(loaded.set.rules);
      for (const { name } of rules.document.derived) {
        for (const fact of [name, `${name}.known`]) {
          if (loaded.set.facts.includes(fact)) engine.addFact(fact, () => rules.derive(fact, current));
        }
      }
      return [loaded, engine];
    }),
  );
  return {
    name: 'stock json-rules-engine',
    decide: async ({ loaded, facts }) => {
      current = facts;
      const { events } = await engines.get(loaded).run({ always: true, ...facts });
      return events.map((event) => event.params.rank);
    },
    async pass() {
      let matches = 0;
      for (const { loaded, facts } of drawn) {
        current = facts;
        matches += (await engines.get(loaded).run({ always: true, ...facts })).events.length;
      }
      return matches;
    },
  };
}

function generatedVariant(drawn) {
  return {
    name: 'generated functions',
    decide: async ({ loaded, facts }) =>
      loaded.matches(facts).map((index) => loaded.set.rules[index].event.params.rank),
    pass() {
      let matches = 0;
      for (const { loaded, facts } of drawn) matches += loaded.matches(facts).length;
      return matches;
    },
  };
}

/** What a bill pays for a decision: facts checked and copied, function, policy, and the record that can be decided again. */
function recordedVariant(rules, drawn, { decide }) {
  const ranks = new Map(
    rules.document.decisions.flatMap((set) => set.rules.map((rule) => [rule.name, rule.event.params.rank])),
  );
  return {
    name: 'generated functions with policy and recorded decision',
    decide: async ({ loaded, facts }) => {
      const record = [];
      decide(rules, loaded.set.id, facts, record);
      return record[0].matches.map((name) => ranks.get(name));
    },
    pass() {
      const record = [];
      for (const { loaded, facts } of drawn) decide(rules, loaded.set.id, facts, record);
      return record.reduce((sum, decision) => sum + decision.matches.length, 0);
    },
  };
}

/** The library as Ratebook uses it for explanations and for re-deciding: an engine a decision, and the reason of each rule. */
function explainedVariant(rules, drawn, { decideWithLibrary }) {
  const ranks = new Map(
    rules.document.decisions.flatMap((set) => set.rules.map((rule) => [rule.name, rule.event.params.rank])),
  );
  const decide = ({ loaded, facts }) => decideWithLibrary(rules.document, loaded.set, facts, rules.derive);
  return {
    name: 'json-rules-engine as explain uses it, with reasons',
    decide: async (one) => (await decide(one)).matches.map((name) => ranks.get(name)),
    async pass() {
      let matches = 0;
      for (const one of drawn) matches += (await decide(one)).matches.length;
      return matches;
    },
  };
}

/** Every variant must say the same of every case; a faster wrong answer is no answer. */
async function compareOutcomes(variants, drawn) {
  for (const one of drawn) {
    const answers = [];
    for (const variant of variants) answers.push([...(await variant.decide(one))].sort((a, b) => a - b).join(','));
    const other = answers.findIndex((answer) => answer !== answers[0]);
    if (other > 0)
      throw new Error(
        `${variants[other].name} decides ${one.loaded.set.id} otherwise than ${variants[0].name} for ${JSON.stringify(one.facts)}`,
      );
  }
}

/** Decisions a second of one round. The matches are summed up and looked at, so that no work can be left out. */
async function timeVariant(variant, decisions) {
  const started = performance.now();
  let passes = 0;
  let seconds = 0;
  while (seconds < leastSeconds) {
    const matches = await variant.pass();
    variant.matches ??= matches;
    if (matches !== variant.matches)
      throw new Error(`${variant.name} found ${matches} matches after ${variant.matches} on the same facts`);
    passes += 1;
    seconds = (performance.now() - started) / 1000;
  }
  return (passes * decisions) / seconds;
}

/** The nearest value at or above the share. */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
}
