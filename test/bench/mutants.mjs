// How many slips in the shipped rules are noticed, by the compiler or by a test of the rules.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const seed = 1;
const count = 600;

export async function benchMutants(say) {
  const command = ['mutate', join(root, 'rules'), '--seed', String(seed), '--count', String(count), '--json'];
  const started = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'dist/server/cli.js'), ...command], {
    maxBuffer: 16 * 1024 * 1024,
  });
  const seconds = (performance.now() - started) / 1000;
  const { mutants, caughtByCheck, caughtByTests, caughtPercent, survivors } = JSON.parse(stdout);
  say(
    `  seed ${seed}: ${mutants} mutants, ${caughtByCheck} caught by check, ${caughtByTests} by tests; these survive:`,
  );
  for (const { file, line, column, before, after } of survivors)
    say(`    ${file}:${line}:${column}  ${before} → ${after}`);
  return [
    { name: `caught of ${mutants} mutants of the shipped rules`, value: caughtPercent, unit: '%', target: '≥ 95' },
    { name: 'mutants tried per second', value: mutants / seconds, unit: '' },
  ];
}
