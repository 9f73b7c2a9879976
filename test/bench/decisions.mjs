// Decisions per second among 24 rules of five conditions: json-rules-engine as it comes, the functions generated from the same
// rules, and two other engines that are given the same rules in their own form.
import { Engine } from 'json-rules-engine';
import { load, loadBenchRules } from './bench-rules.mjs';
import { factDrawer, seededRandom } from './facts.mjs';
import { celVariants, zenVariant } from './peers.mjs';
import { quantile, ratesAsRows, timeInTurns } from './rounds.mjs';

const seed = 42;
const cases = 4_096;
const rounds = 7;
const setId = 'rate:voice_24.voice';

export async function benchDecisions(say) {
  const rules = await loadBenchRules();
  const loaded = rules.sets.get(setId);
  const draw = factDrawer(rules.document, loaded.set, loaded.inputs, seededRandom(seed));
  const facts = Array.from({ length: cases }, () => draw());
  const stock = stockVariant(rules, loaded, facts);
  const generated = generatedVariant(loaded, facts);
  const traced = tracedVariant(loaded, facts);
  const recorded = recordedVariant(rules, facts, await load('engine/decide/decide.js'));
  const peers = await peersOf(rules, loaded, facts, say);
  const variants = [stock, generated, traced, recorded, ...peers];
  await compareOutcomes(variants, facts);
  await compareTraces(rules, loaded, facts, await load('engine/decide/library.js'));
  say(
    `  ${loaded.set.rules.length} rules, the last of them the otherwise; ${cases} facts of seed ${seed}; ${rounds} rounds, variants in turn; all outcomes equal`,
  );

  const rates = await timeInTurns(variants, cases, rounds);
  const median = (variant) => quantile(rates.get(variant), 0.5);
  const against = (name, target, variant, rivals) =>
    rivals.length === 0
      ? []
      : [{ name, value: median(variant) / Math.max(...rivals.map(median)), unit: '×', target: `≥ ${target}` }];
  const named = (part) => peers.filter(({ name }) => name.includes(part));
  return [
    ...ratesAsRows(rates, 'decisions/s'),
    ...against('generated ÷ stock json-rules-engine, medians', 1_000, generated, [stock]),
    ...against('generated with the trace of every condition ÷ stock, medians', 300, traced, [stock]),
    ...against('generated ÷ zen-engine, medians', 100, generated, named('zen')),
    ...against('generated ÷ the faster way of cel-js, medians', 5, generated, named('cel')),
  ];
}

/** One engine, made once; runs follow each other; derived facts are supplied as engine/decide/library.ts does. */
function stockVariant(rules, { set }, facts) {
  let current;
  const engine = new Engine(set.rules);
  for (const { name } of rules.document.derived) {
    for (const fact of [name, `${name}.known`]) {
      if (set.facts.includes(fact)) engine.addFact(fact, () => rules.derive(fact, current));
    }
  }
  const decide = async (one) => {
    current = one;
    const { events } = await engine.run({ always: true, ...one });
    return Math.min(...events.map(({ params }) => params.rank));
  };
  return {
    name: 'stock json-rules-engine',
    decide,
    async pass() {
      let sum = 0;
      for (const one of facts) sum += await decide(one);
      return sum;
    },
  };
}

function generatedVariant({ matches }, facts) {
  return {
    name: 'generated functions',
    decide: (one) => matches(one)[0],
    pass() {
      let sum = 0;
      for (const one of facts) sum += matches(one)[0];
      return sum;
    },
  };
}

/** The decision, and of every condition of every rule whether it holds. */
function tracedVariant({ matches, leaves }, facts) {
  const trace = leaves();
  return {
    name: 'generated functions with the trace of every condition',
    decide: (one) => matches(one)[0],
    pass() {
      let sum = 0;
      for (const one of facts) {
        sum += matches(one)[0];
        for (const holds of trace(one)) if (holds) sum += 1;
      }
      return sum;
    },
  };
}

/** What a bill pays for a decision: facts checked and copied, function, policy, and the record that can be decided again. */
function recordedVariant(rules, facts, { decide }) {
  const rank = (one, record) => decide(rules, setId, one, record).rules[0].event.params.rank;
  return {
    name: 'generated functions with policy and recorded decision',
    decide: (one) => rank(one, []),
    pass() {
      const record = [];
      let sum = 0;
      for (const one of facts) sum += rank(one, record);
      return sum + record.length;
    },
  };
}

/** The peers get the derived facts as values, which ours work out for themselves. */
async function peersOf(rules, loaded, facts, say) {
  const names = new Map(
    loaded.set.facts
      .filter((fact) => loaded.set.rules.some(({ conditions }) => JSON.stringify(conditions).includes(`"${fact}"`)))
      .map((fact) => [fact, fact.replaceAll('.', '_')]),
  );
  const given = facts.map((one) =>
    Object.fromEntries([...names].map(([fact, name]) => [name, rules.derive(fact, one) ?? one[fact] ?? true])),
  );
  const byFacts = new Map(facts.map((one, index) => [one, given[index]]));
  try {
    return [
      await zenVariant(loaded.set.rules, names, given),
      ...(await celVariants(loaded.set.rules, names, given)),
    ].map((variant) => ({ ...variant, decide: (one) => variant.decide(byFacts.get(one)) }));
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    say(
      '  zen-engine and cel-js are not installed, so there is nothing to compare with: npm install --prefix test/bench',
    );
    return [];
  }
}

/** Every variant must say the same of every case; a faster wrong answer is no answer. */
async function compareOutcomes(variants, facts) {
  for (const one of facts) {
    const answers = [];
    for (const variant of variants) answers.push(await variant.decide(one));
    const other = answers.findIndex((answer) => answer !== answers[0]);
    if (other > 0)
      throw new Error(`${variants[other].name} decides otherwise than ${variants[0].name} for ${JSON.stringify(one)}`);
  }
}

/** The trace must be what the library finds of each condition; it takes long, so a part of the cases stands for all. */
async function compareTraces(rules, { set, leaves }, facts, { decideWithLibrary }) {
  const leavesOf = (reason) => (reason.kind === 'leaf' ? [reason.result] : reason.of.flatMap(leavesOf));
  for (const one of facts.slice(0, 256)) {
    const { why } = await decideWithLibrary(rules.document, set, one, rules.derive);
    const theirs = why.flatMap(({ conditions }) => leavesOf(conditions));
    if (theirs.join() !== leaves()(one).join()) throw new Error(`The trace differs for ${JSON.stringify(one)}`);
  }
}
