import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { message, source } from './sources.ts';

const offer = (name: string, days: string) =>
  `offer ${name}\n${days}  for subscribing\n  give voucher 5.00 EUR off next invoice, valid 30 days\n`;

function found(offers: string, days: string) {
  const remind = `remind r\n${days}  7 days before subscription.renews_on\n  between 09:00 and 20:00 customer time\n  send "hello" to customer with the best offer for subscribing\n`;
  return compileRules(source(offers + remind, ...message('hello'))).diagnostics.map(({ code, message: text }) => [
    code,
    text,
  ]);
}

describe('An offer that a message brings along', () => {
  it('ends no earlier than the message', () => {
    expect(found(offer('summer', '  from 2026-05-01 until 2026-09-01\n'), '')).toEqual([
      [
        'offer-ends-early',
        'no offer for `subscribing` is in force where date is 2026-09-01, and this rule still brings one along',
      ],
    ]);
  });

  it('leaves no day between itself and the next', () => {
    const offers = offer('a', '  from 2026-05-01 until 2026-06-01\n') + offer('b', '  from 2026-06-10\n');
    expect(found(offers, '')[0]?.[1]).toContain('where date is 2026-06-01');
  });

  it.each([
    [offer('summer', '  from 2026-05-01 until 2026-09-01\n'), '  until 2026-09-01\n'],
    [offer('summer', '  from 2026-05-01 until 2026-09-01\n') + offer('always', ''), ''],
    [offer('a', '  from 2026-05-01 until 2026-06-01\n') + offer('b', '  from 2026-06-01\n'), ''],
  ])('may end with it, or be followed by another: %s', (offers, days) => {
    expect(found(offers, days)).toEqual([]);
  });
});
