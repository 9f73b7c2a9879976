import { describe, expect, it } from 'vitest';
import { formatRules } from '../../dsl/format/format.ts';
import type { AccountCycle } from '../../engine/model.ts';
import { sampleCycles } from '../../server/sample/sample-cycles.ts';
import { verificationAsMarkdown } from '../../server/verify/show-verification.ts';
import { isSound, verifyRules } from '../../server/verify/verification.ts';
import { project, readText, shippedRules } from './sources.ts';

/** The first customers of the sample company. */
async function* fewCycles(): AsyncGenerator<AccountCycle> {
  let left = 6;
  for await (const cycle of sampleCycles({ seed: 42, accounts: 60, records: 12_000 })) {
    if (left-- === 0) return;
    yield cycle;
  }
}

/** The shipped rules with an edit, verified against the shipped rules. */
const verified = (edit: (text: string) => string) => {
  const files = shippedRules().files.map(({ path, text }) => {
    const formatted = path.endsWith('.rules') ? formatRules(text) : text;
    return { path, text: path === 'consumer.rules' ? edit(formatted) : formatted };
  });
  return verifyRules('rules', { files }, `${project}rules`, { name: 'six accounts', cycles: fewCycles() });
};

describe('Verifying a change of the rules', () => {
  it('finds nothing where only a comment was added', async () => {
    const verification = await verified((text) => `# Consumer prices\n\n${text}`);
    expect(isSound(verification)).toBe(true);
    expect(verification.comparison).toEqual({ differences: [] });
    const report = verificationAsMarkdown(verification);
    expect(report).toMatch(/^## Rules: sound\n/);
    expect(report).toContain('| check | ✓ 0 errors, 0 warnings |');
    expect(report).toContain('Nothing: the compiled rules are the same.');
  });

  it('tells of a new price which tests fail, what it means and what it does to the money', async () => {
    const verification = await verified((text) => text.replace('charge 0.05 EUR per min', 'charge 0.06 EUR per min'));
    expect(isSound(verification)).toBe(false);
    const report = verificationAsMarkdown(verification);
    expect(report).toMatch(/^## Rules: not sound\n/);
    expect(report).toMatch(/expected price 0\.025 EUR by flex\.voice\.otherwise, got price 0\.03 EUR/);
    expect(report).toContain('price was 0.05 EUR per min, is now 0.06 EUR per min');
    expect(report).toMatch(/\| \*\*total\*\* \| €[\d.,]+ \| €[\d.,]+ \| \+€[\d.]+ \|/);
    expect(verification.comparison?.impact?.impacts[0]?.accounts).toBe(6);
  });

  it('tells of rules that do not compile where, and compares nothing', async () => {
    const verification = await verified((text) => text.replace('destination is premium', 'destinaton is premium'));
    expect(isSound(verification)).toBe(false);
    const report = verificationAsMarkdown(verification);
    expect(report).toMatch(/`consumer\.rules:\d+:\d+` \*\*error\*\* \(unknown-fact\): there is no fact `destinaton`/);
    expect(report).toContain('the rules have errors');
  });

  it('names files that are not in the one format', async () => {
    const { unformatted } = await verified((text) => text.replace('  fee "Line rental"', '      fee   "Line rental"'));
    expect(unformatted).toEqual(['consumer.rules']);
  });
});

describe('The workflow on pull requests', () => {
  const workflow = readText('.github/workflows/rules.yml');
  const commands = [...workflow.matchAll(/run: (.+)/g)].map(([, command = '']) => command);

  it('starts when rules change, and runs what `ratebook verify` runs', () => {
    expect(workflow).toContain("paths: ['rules/**']");
    expect(commands).toContain('node dist/server/cli.js verify rules --base "$BASE" --sample 200 --out report.md');
  });

  it('gives code of the pull request no right to write, and the right to comment no code of the pull request', () => {
    const [verify = '', comment = ''] = workflow.split(/^ {2}comment:$/m);
    expect(workflow).toMatch(/^permissions: \{\}$/m);
    expect(verify).toMatch(/permissions:\n +contents: read\n/);
    expect(verify).not.toMatch(/: write/);
    expect(comment).toMatch(/permissions:\n +pull-requests: write\n/);
    expect(comment).not.toMatch(/checkout|node /);
  });
});
