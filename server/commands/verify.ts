import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readRuleFolder } from '../rules/rule-folder.ts';
import { verificationAsMarkdown } from '../verify/show-verification.ts';
import { isSound, verifyRules } from '../verify/verification.ts';
import { type CycleSource, withCycles } from './impact.ts';

export interface VerifyOptions extends CycleSource {
  readonly base: string;
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * `ratebook verify`: what the pull request workflow runs, in one go: format, check, tests with coverage, difference in
 * meaning and effect on the money. Writes one report. Exit code 1 if the rules are not sound.
 */
export async function verify(folder: string, options: VerifyOptions): Promise<void> {
  const source = await readRuleFolder(resolve(folder));
  // With a run or a file of cycles, the sample's size says nothing.
  const { run, cycles, seed } = options;
  const from =
    run === undefined && cycles === undefined ? options : { ...(run && { run }), ...(cycles && { cycles }), seed };
  await withCycles(from, async (recorded, name) => {
    const verification = await verifyRules(folder, source, options.base, { name, cycles: recorded });
    const report = options.json ? `${JSON.stringify(verification, null, 2)}\n` : verificationAsMarkdown(verification);
    if (options.out === undefined) process.stdout.write(report);
    else await writeFile(options.out, report);
    if (!isSound(verification)) process.exitCode = 1;
  });
}
