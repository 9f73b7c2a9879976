import { expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { applyEdits } from '../../dsl/service/rename.ts';
import { source } from './sources.ts';

const plan = (clause: string) => `plan flex "Flex" in EUR, round half up per line, split at start
  from 2026-01-01
  ${clause}
  fee "Line rental" 1.00 EUR monthly in arrears
tax standard otherwise 19% category S
`;

const settings =
  '`cancellation day free`, `cancellation day billed`, `plan change day by new plan`, `plan change day by old plan`, `tier bound in lower tier`, `tier bound in higher tier`, `first tier fee with usage`, `first tier fee always`, `late usage corrects its bill` or `late usage billed in the next cycle`';

it.each([
  {
    clause: 'policy late usage billed in the nxt cycle within 2 cycles',
    message: '`nxt` cannot stand here after `late usage billed in the`',
    help: 'did you mean `late usage billed in the next cycle`?',
    mended: 'policy late usage billed in the next cycle within 2 cycles',
  },
  {
    clause: 'policy late usage is billed in next cycle, cancellation day free',
    message: '`is` cannot stand here after `late usage`',
    help: 'did you mean `late usage billed in the next cycle`? it may also be `late usage corrects its bill`',
    mended: 'policy late usage billed in the next cycle, cancellation day free',
  },
  {
    clause: 'policy cancelation day billed',
    message: '`cancelation` cannot stand here after `policy`',
    help: 'did you mean `cancellation day billed`? it may also be `cancellation day free`',
    mended: 'policy cancellation day billed',
  },
  {
    clause: 'policy cancellation day billed, tier bound in  the higher tier',
    message: '`the` cannot stand here after `tier bound in`',
    help: 'did you mean `tier bound in higher tier`? it may also be `tier bound in lower tier`',
    mended: 'policy cancellation day billed, tier bound in higher tier',
  },
  {
    clause: 'policy plan change day by nev plan',
    message: '`nev` cannot stand here after `plan change day by`',
    help: 'did you mean `plan change day by new plan`? it may also be `plan change day by old plan`',
    mended: 'policy plan change day by new plan',
  },
  {
    clause: 'policy cancellation day paid',
    message: '`paid` cannot stand here after `cancellation day`',
    help: 'expected `cancellation day free` or `cancellation day billed`',
  },
  {
    clause: 'policy refunds never',
    message: '`refunds` cannot stand here after `policy`',
    help: `expected ${settings}`,
  },
  {
    clause: 'policy late usage billed',
    message: 'something is missing after `late usage billed`',
    help: 'expected `in the next cycle`',
  },
  { clause: 'policy', message: 'something is missing after `policy`', help: `expected ${settings}` },
  {
    clause: 'sessions rated by parts',
    message: '`parts` cannot stand here after `by`',
    help: 'did you mean `by part`?',
    mended: 'sessions rated by part',
  },
])('a slip in words that only go together is told at the word that differs: $clause', (slip) => {
  const text = plan(slip.clause);
  const { diagnostics } = compileRules(source(text));
  expect(diagnostics.map(({ message, help }) => ({ message, help }))).toEqual([
    { message: slip.message, help: slip.help },
  ]);
  const [fix] = diagnostics[0]?.fixes ?? [];
  expect(fix && applyEdits(text, fix.edits)).toBe(slip.mended && plan(slip.mended));
});
