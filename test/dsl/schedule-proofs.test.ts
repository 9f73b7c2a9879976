import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { message, source } from './sources.ts';

const remind = (clauses: string, steps = '7 days before subscription.renews_on') =>
  compileRules(
    source(
      `remind r\n${clauses}  unless subscription.renews_on is missing\n  ${steps}\n  between 09:00 and 20:00 customer time\n  send "hello" to customer\n`,
      ...message('hello'),
    ),
  ).diagnostics.map(({ code, message: text }) => [code, text]);

describe('A step that is never due', () => {
  it('falls on no day on which the rule applies', () => {
    expect(remind('  from 2026-06-01 until 2026-07-01\n  when subscription.renews_on < 2026-03-01\n')).toEqual([
      ['never-due', 'the step 7 days before `subscription.renews_on` falls on no day on which this rule applies'],
    ]);
    expect(
      remind(
        '  until 2026-02-01\n  when subscription.renews_on > 2026-06-01\n',
        '1 day and 60 days before subscription.renews_on',
      ),
    ).toEqual([
      ['never-due', 'the step 1 day before `subscription.renews_on` falls on no day on which this rule applies'],
    ]);
  });

  it('is stopped wherever its rule applies', () => {
    expect(
      remind(
        '  when subscription.payment is manual and subscription is paid\n',
        '7 days before subscription.renews_on\n  stop when subscription is paid',
      ),
    ).toEqual([
      [
        'never-due',
        '`stop when` holds wherever this rule applies, for example where subscription.paid is yes, subscription.payment is manual, subscription.renews_on is known',
      ],
    ]);
  });

  it.each([
    [
      '  from 2026-06-01 until 2026-07-01\n  when subscription.renews_on < 2026-06-10\n',
      '7 days before subscription.renews_on',
    ],
    [
      '  from 2026-06-01 until 2026-07-01\n  when subscription.renews_on < 2026-05-10\n',
      '1 month after subscription.renews_on, clamped to month end',
    ],
    [
      '  when subscription.payment is manual\n',
      '7 days before subscription.renews_on\n  stop when subscription is paid',
    ],
  ])('is not claimed where some day fits: %s %s', (clauses, steps) => {
    expect(remind(clauses, steps)).toEqual([]);
  });
});
