import { describe, expect, it } from 'vitest';
import { compileRules } from '../../dsl/compile.ts';
import { diffRuleSets } from '../../dsl/diff/diff.ts';
import type { DecisionSet, RuleSet } from '../../engine/rule-set.ts';
import { message, source } from './sources.ts';

const roles = 'declare role boss\n';
const letter = { path: 'messages/final/en.post.eta', text: 'Subject: Final\n\nPay.' };
const files = [...['friendly', 'firm', 'final'].flatMap(message), letter];

const dunning = `dunning overdue
  when invoice.open >= 5.00 EUR
  7 days after invoice.due_on send "friendly" to customer
  3 weeks after invoice.due_on send "firm" to customer, charge 2.50 EUR "Reminder fee", fiscal category damages
  1 month after invoice.due_on, rolling over, useless after 2 days send "final" to customer by post, suspend subscription
  stop when invoice is paid or invoice is disputed
`;

function compiled(text: string): RuleSet {
  const { ruleSet, diagnostics } = compileRules(source(roles + text, ...files));
  if (!ruleSet) throw new Error(diagnostics.map((one) => `${one.code}: ${one.message}`).join('\n'));
  return ruleSet;
}

const codes = (text: string) =>
  compileRules(source(roles + text, ...files))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);

const setOf = ({ decisions }: RuleSet, id: string): DecisionSet | undefined => decisions.find((set) => set.id === id);

describe('Dunning', () => {
  it('compiles its steps with what happens at each, and the rule that stops them', () => {
    const ruleSet = compiled(dunning);
    const [rule] = setOf(ruleSet, 'dunning:invoice')?.rules ?? [];
    expect(rule?.event.params.outcome).toEqual({
      kind: 'dunning',
      date: 'invoice.due_on',
      between: { from: 0, until: 1440 },
      zone: 'customer',
      onWorkingDays: false,
      sends: [],
      steps: [
        {
          count: 7,
          unit: 'day',
          side: 'after',
          actions: [{ kind: 'send', send: { message: 'friendly', to: ['customer'] } }],
        },
        {
          count: 3,
          unit: 'week',
          side: 'after',
          actions: [
            { kind: 'send', send: { message: 'firm', to: ['customer'] } },
            { kind: 'fee', amount: '2.50', currency: 'EUR', title: 'Reminder fee', fiscalCategory: 'damages' },
          ],
        },
        {
          count: 1,
          unit: 'month',
          side: 'after',
          monthEnd: 'rolling over',
          uselessAfterDays: 2,
          actions: [
            { kind: 'send', send: { message: 'final', to: ['customer'], channel: 'post' } },
            { kind: 'suspend' },
          ],
        },
      ],
    });
    expect(setOf(ruleSet, 'stop:dunning.overdue')?.rules).toHaveLength(1);
  });

  it('asks for its date and for invoices in the currency of its fee', () => {
    const [rule] = setOf(compiled(dunning), 'dunning:invoice')?.rules ?? [];
    expect(rule?.conditions).toEqual({
      all: [
        { fact: 'invoice.due_on.known', operator: 'equal', value: true },
        { fact: 'invoice.open', operator: 'greaterThanInclusive', value: 5_000_000 },
        { fact: 'invoice.currency', operator: 'equal', value: 'EUR' },
      ],
    });
  });

  it('is changed in sentences: a fee, a day, a policy', () => {
    const changes = (after: string) =>
      diffRuleSets(compiled(dunning), compiled(after)).map(({ ids, details }) => [...ids, ...details]);
    expect(changes(dunning.replace('2.50', '3.00'))).toEqual([
      [
        'dunning.overdue',
        'step 3 weeks after was send "firm" to customer, charge 2.50 EUR "Reminder fee", fiscal category damages, is now ' +
          'send "firm" to customer, charge 3.00 EUR "Reminder fee", fiscal category damages',
      ],
    ]);
    expect(changes(dunning.replace('7 days', '8 days'))).toEqual([
      [
        'dunning.overdue',
        'step 7 days after is gone; it was send "friendly" to customer',
        'step 8 days after is new: send "friendly" to customer',
      ],
    ]);
    expect(changes(dunning.replace('2 days', '3 days'))).toEqual([
      [
        'dunning.overdue',
        'step 1 month after, rolling over was send "final" to customer by post, suspend subscription, useless after 2 days, ' +
          'is now send "final" to customer by post, suspend subscription, useless after 3 days',
      ],
    ]);
  });
});

describe('Reminders', () => {
  it('count from dates of subscriptions, orders, invoices and customers, also from declared ones', () => {
    const remind = (date: string) =>
      `declare fact customer.contract_ends date, may be missing\nremind r\n  7 days before ${date} send "friendly" to customer\n  between 09:00 and 17:00 Europe/Berlin\n`;
    for (const [date, scope] of [
      ['subscription.renews_on', 'subscription'],
      ['order.due_on', 'order'],
      ['invoice.due_on', 'invoice'],
      ['customer.contract_ends', 'customer'],
    ] as const)
      expect(setOf(compiled(remind(date)), `remind:${scope}`)?.scope).toBe(scope);
  });

  it('take a message for each step, one for all, or both', () => {
    const ruleSet = compiled(
      'remind r\n  7 days before order.due_on send "firm" to boss\n  1 day before order.due_on\n  send "friendly" to customer\n  between 09:00 and 17:00 customer time\n',
    );
    const [rule] = setOf(ruleSet, 'remind:order')?.rules ?? [];
    expect(rule?.event.params.outcome).toMatchObject({
      sends: [{ message: 'friendly' }],
      steps: [{ actions: [{ send: { message: 'firm', to: ['boss'] } }] }, { count: 1 }],
    });
  });

  it('cannot charge or suspend', () => {
    for (const action of ['charge 1.00 EUR "Fee"', 'suspend subscription'])
      expect(
        codes(`remind r\n  7 days before order.due_on ${action}\n  between 09:00 and 17:00 customer time\n`),
      ).toEqual(['misplaced-clause']);
  });
});

describe('Messages', () => {
  it('tell again in the order of time, only where an event can last', () => {
    const ruleSet = compiled(
      'notify n\n  on order overdue\n  send "firm" to customer, again after 1 week to boss, again after 3 days to customer and boss\n',
    );
    const [rule] = setOf(ruleSet, 'notify:order overdue')?.rules ?? [];
    expect(rule?.event.params.outcome).toEqual({
      kind: 'notify',
      sends: [
        {
          message: 'firm',
          to: ['customer'],
          again: [
            { afterDays: 3, to: ['customer', 'boss'] },
            { afterDays: 7, to: ['boss'] },
          ],
        },
      ],
    });
    expect(
      codes(
        'remind r\n  1 day before order.due_on send "firm" to boss, again after 1 day to boss\n  between 09:00 and 17:00 customer time\n',
      ),
    ).toEqual(['misplaced-clause']);
  });
});
