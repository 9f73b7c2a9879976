import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { source } from './sources.ts';

const rules = `plan flex "Mobile Flex" in EUR, round half even per line, split at boundaries
  from 2026-01-01
  fee "Line rental" 12.00 EUR monthly in advance
  allowance 300 min of voice
    as "Minutes"
  minimum spend 10.00 EUR per cycle of all charges, prorated
  rate voice charge 0.05 EUR per min
    as "Calls"
  rate sms charge 0.09 EUR per message
  rate data graduated per cycle
    first 40 GB  1.20 EUR per GB
    beyond       0.50 EUR per GB
  rate seats graduated per cycle, at the average level
    first 5 units  0.00 EUR per unit
    beyond         6.00 EUR per unit

declare service seats in units "Seats of the team."

contract acme for customer "C-1" on plan flex
  from 2026-03-01 for 24 months
  commitment 5000.00 EUR per 12 months, shortfall charged

discount many
  from 2026-01-01
  take 5% off all charges

discount many
  from 2026-06-01
  take 6% off all charges

offer hello "Welcome"
  on customer acquired
  give allowance 2 GB of data for 3 cycles

tax standard otherwise 19% category S

dunning overdue
  7 days after invoice.due_on  charge 2.50 EUR "Reminder fee"
  stop when invoice is paid
`;

/** Of the last line of the test that follows the rules. */
const expectLine = rules.split('\n').length + 3;

const faultsOf = (expected: string) =>
  compileRules(
    source(`${rules}test "t"\n  given plan flex\n    and it is 2026-05-12 10:00\n  expect ${expected}\n`),
  ).diagnostics.map(({ code, line, message, help }) => ({ code, line, message, help }));

describe('A line that a test names', () => {
  it.each([
    'Line rental',
    'Included: Minutes',
    'Minimum spend',
    'Calls',
    'Sms',
    'Data, tier 1',
    'Data, tier 2',
    'Shortfall against commitment',
    'discount.many',
    'Seats',
    'Included: Welcome',
    'Reminder fee',
    'Bonus credit',
  ])('may be any that a rule can put on a bill: %s', (title) => {
    expect(faultsOf(`no line "${title}"`)).toEqual([]);
  });

  it.each([
    ['Line rentl', 'did you mean "Line rental"?'],
    ['Data, tier 3', 'did you mean "Data, tier 1"?'],
    ['Included: Minuts', 'did you mean "Included: Minutes"?'],
    ['Nothing alike', expect.stringContaining('write the title as')],
  ])('is no other, so that `no line` can fail: %s', (title, help) => {
    const fault = {
      code: 'unknown-line',
      line: expectLine,
      message: `no line of a bill can be called "${title}"`,
      help,
    };
    expect(faultsOf(`no line "${title}"`)).toEqual([fault]);
    expect(faultsOf(`line "${title}" 1.00 EUR`)).toEqual([fault]);
  });
});

describe('A fee of a step that a test names', () => {
  it('is one that a step charges', () => {
    expect(faultsOf('no fee "Reminder fee"')).toEqual([]);
    const fault = { code: 'unknown-fee', line: expectLine };
    expect(faultsOf('no fee "Reminder fe"')).toEqual([
      { ...fault, message: 'no step charges a fee "Reminder fe"', help: 'did you mean "Reminder fee"?' },
    ]);
    expect(faultsOf('no fee "Line rental"')).toEqual([
      {
        ...fault,
        message: 'no step charges a fee "Line rental"',
        help: 'it is a line of the bill: write `line "Line rental"`',
      },
    ]);
  });
});
