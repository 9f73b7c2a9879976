// What is proved of 2,000 rules together: that alternatives exclude each other and leave no case open, that each can be reached.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const wanted = 2_000;
const rounds = 7;

export async function benchProofs(say) {
  const load = (path) => import(join(root, 'dist', path));
  const [{ analyse }, { prove }, { createMemory }] = await Promise.all([
    load('dsl/compile.js'),
    load('dsl/check/proofs.js'),
    load('dsl/check/memory.js'),
  ]);
  const source = { files: [{ path: 'large.rules', text: largeBook() }, ...tables()] };
  const checks = [];
  const proofs = [];
  let said;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    said = analyse(source);
    checks.push(performance.now() - started);
    const { rules, sentences, book } = said;
    if (said.isFaulty) throw new Error(`The rulebook has faults: ${said.diagnostics[0]?.message}`);
    // A memory of its own: nothing that was proved before is remembered.
    const again = performance.now();
    prove(rules, sentences, book, true, createMemory());
    proofs.push(performance.now() - again);
  }
  say(`  ${said.rules.length} rules, ${rounds} rounds, nothing remembered from one to the next`);
  return [
    { name: `proofs of ${said.rules.length} rules, median`, value: median(proofs), unit: 'ms', target: '≤ 1000' },
    { name: `the whole check of ${said.rules.length} rules, median`, value: median(checks), unit: 'ms' },
  ];
}

function tables() {
  return ['tables/destinations.csv', 'tables/roaming-zones.csv'].map((path) => ({
    path,
    text: readFileSync(join(root, 'rules', path), 'utf8'),
  }));
}

/** Plans with rates that need no `otherwise` and rates in order, discounts that follow each other, one tax a country. */
function largeBook() {
  const countries = Array.from({ length: 120 }, (_, i) => String.fromCharCode(65 + (i % 26), 65 + Math.floor(i / 26)));
  const plans = Array.from({ length: 60 }, (_, index) => `p${index}`);
  const parts = [
    `declare zone Europe/Berlin
table destination from "tables/destinations.csv" by longest prefix of event.called_number, otherwise home
table roaming_zone from "tables/roaming-zones.csv" by exact event.visited_network, otherwise home
calendar evening in customer time
  every day 18:00 to 22:00
calendar night in customer time
  every day 22:00 to 06:00
`,
    ...plans.map(planText),
    ...plans.flatMap((plan) => discountTexts(plan)),
    ...countries.map(
      (country, index) =>
        `tax of_${country}\n  when customer.tax_country is ${country}\n  ${5 + (index % 20)}% category S\n`,
    ),
    'tax elsewhere otherwise 0% category O, note "Taxed where the customer is"\n',
  ];
  const count = plans.length * (2 + 10 + 4 + 4 + 6) + countries.length + 1;
  const anomalies = Array.from(
    { length: Math.max(0, wanted - count) },
    (_, index) =>
      `anomaly a${index}\n  for plan p${index % plans.length}\n  when cycle.data > ${index + 1} GB and cycle.voice > ${index} min\n  flag invoice\n  because "Used {cycle.data}."\n`,
  );
  return [...parts, ...anomalies].join('\n');
}

function planText(plan) {
  return `plan ${plan} in EUR, round half even per line, split at boundaries
  allowance 100 min of voice to home or eu
  allowance 1 GB of data
  rate voice, first that fits
    when destination is premium and time is night charge 0.90 EUR per min
    when destination is premium charge 0.80 EUR per min
    when destination is eu and time is evening charge 0.07 EUR per min
    when destination is eu and time is night charge 0.06 EUR per min
    when destination is eu or efta charge 0.08 EUR per min
    when event.duration < 1 min charge 0.05 EUR per min
    when time is evening charge 0.04 EUR per min
    when time is night charge 0.03 EUR per min
    when event.direction is incoming charge 0.00 EUR per min
    otherwise charge 0.02 EUR per min
  rate data
    when roaming_zone is home and event.volume < 1 GB charge 1.00 EUR per GB
    when roaming_zone is home and event.volume >= 1 GB as large charge 0.80 EUR per GB
    when roaming_zone is zone_1 charge 2.00 EUR per GB
    when roaming_zone is zone_2 charge 3.00 EUR per GB
  rate sms
    when event.direction is incoming charge 0.00 EUR per message
    when event.direction is outgoing and customer.category is business charge 0.05 EUR per message
    when event.direction is outgoing and customer.category is consumer and roaming_zone is home charge 0.07 EUR per message
    when event.direction is outgoing and customer.category is consumer and roaming_zone is not home charge 0.09 EUR per message
`;
}

function discountTexts(plan) {
  return Array.from(
    { length: 6 },
    (_, index) =>
      `discount ${plan}_${index}\n  for plan ${plan}\n  when cycle.data > ${index + 1} GB\n  take ${index + 1}% off all charges\n${index > 0 ? `  after ${plan}_${index - 1}\n` : ''}`,
  );
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
