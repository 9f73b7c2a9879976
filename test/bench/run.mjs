// `npm run bench`: how fast this build is on this machine. README.md beside this file says how it is measured.
//   npm run bench                      everything
//   npm run bench -- decisions         only decisions (or: demo, editing)
//   npm run bench -- --small           with fewer records, where there are many: for a first look
//   npm run bench -- --json            one JSON document instead of text
import { cpus, loadavg, totalmem } from 'node:os';
import { benchBillRun } from './bill-run.mjs';
import { benchCollecting } from './collecting.mjs';
import { benchDecisions } from './decisions.mjs';
import { benchDemo } from './demo.mjs';
import { benchEditing } from './editing.mjs';
import { benchImpact } from './impact.mjs';
import { benchMutants } from './mutants.mjs';
import { benchProofs } from './proofs.mjs';
import { benchRating } from './rating.mjs';

const benches = {
  'bill-run': benchBillRun,
  collecting: benchCollecting,
  decisions: benchDecisions,
  demo: benchDemo,
  editing: benchEditing,
  impact: benchImpact,
  mutants: benchMutants,
  proofs: benchProofs,
  rating: benchRating,
};
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = wanted.find((name) => !(name in benches));
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}". There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(1);
}
const json = process.argv.includes('--json');
const say = (text) => {
  if (!json) console.log(text);
};

const machine = {
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  system: `${process.platform} ${process.arch}`,
  // What others make the machine do before the benches begin; above 0 the figures are too low.
  load: Math.round(loadavg()[0] * 10) / 10,
};
say(
  `${machine.cores} × ${machine.model}, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.system}, load ${machine.load}`,
);

const rows = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
  say(`\n${name}`);
  for (const row of await benches[name](say)) {
    const judged = row.target === undefined ? row : { ...row, met: isMet(row) };
    rows.push({
      name: judged.name,
      value: judged.value,
      unit: judged.unit,
      ...(judged.target ? { target: judged.target, met: judged.met } : {}),
    });
    say(
      `  ${row.name.padEnd(58)} ${format(row.value).padStart(12)} ${row.unit}${row.target ? `   target ${row.target}: ${judged.met ? 'met' : 'NOT met'}` : ''}`,
    );
  }
}
if (json) console.log(JSON.stringify({ machine, rows }, null, 2));

/** A target reads `≤ 90` or `≥ 1000`. */
function isMet({ value, target }) {
  const [sign, bound] = target.split(' ');
  return sign === '≤' ? value <= Number(bound) : value >= Number(bound);
}

function format(value) {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}
