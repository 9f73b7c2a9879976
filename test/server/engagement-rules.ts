import type { MessageTemplate, Outcome } from '../../engine/outcomes.ts';
import type { DecisionSet, Family, RuleSet, StockRule, TopCondition } from '../../engine/rule-set.ts';
import { builtInFacts, builtInServices } from '../../engine/vocabulary.ts';

/** The compiled rules of the stories: written out, so that they hold whatever becomes of the language. */
export function storyRules(changes: { readonly inTotal?: number; readonly onWorkingDays?: boolean } = {}): RuleSet {
  return {
    format: 'ratebook/rule-set/1',
    hash: `story-${changes.inTotal ?? 5000}`,
    sources: [],
    services: builtInServices,
    facts: builtInFacts,
    derived: [],
    tables: [],
    calendars: [],
    roles: ['sales manager'],
    messages: [
      message('app-invitation', 'promotion', ['email', 'sms']),
      message('order-delayed', 'service', ['email', 'sms']),
      message('order-delayed-staff', 'service', ['email']),
      message('renewal-reminder', 'service', ['email', 'sms']),
      message('subscription-cancelled', 'service', ['email']),
    ],
    contracts: [],
    plans: [
      {
        id: 'flat',
        title: 'Flat',
        currency: 'EUR',
        rounding: 'half even',
        split: 'at start',
        from: '2026-01-01',
        fees: [
          {
            id: 'flat.fee.rental',
            name: 'Rental',
            amount: '12.00',
            interval: 'monthly',
            due: 'in advance',
            prorated: 'by day',
            at: at(2),
          },
        ],
        allowances: [],
        rates: {},
        allowanceDecisions: {},
        calendars: [],
        at: at(1),
      },
    ],
    decisions: [...engagement(changes.inTotal ?? 5000, changes.onWorkingDays ?? false), tax()],
  };
}

function tax(): DecisionSet {
  return {
    id: 'tax',
    family: 'tax',
    policy: 'exactly one',
    scope: 'line',
    facts: ['always'],
    rules: [
      rule(
        'tax.standard',
        'tax',
        { all: [{ fact: 'always', operator: 'equal', value: true }] },
        { kind: 'tax', percent: '19', category: 'S' },
        true,
      ),
    ],
  };
}

function engagement(inTotal: number, onWorkingDays: boolean): DecisionSet[] {
  return [
    {
      id: 'offer:customer acquired',
      family: 'offer',
      policy: 'all',
      scope: 'customer',
      facts: ['customer.app_account', 'customer.app_account.known'],
      rules: [
        rule(
          'offer.app_install',
          'offer',
          {
            all: [
              { fact: 'customer.app_account.known', operator: 'equal', value: true },
              { fact: 'customer.app_account', operator: 'equal', value: false },
            ],
          },
          {
            kind: 'offer',
            give: {
              kind: 'voucher',
              take: { kind: 'percent', percent: '10' },
              off: 'this order',
              validDays: 30,
              perCustomer: 1,
              inTotal,
            },
            sends: [{ message: 'app-invitation', to: ['customer'] }],
          },
        ),
      ],
    },
    {
      id: 'notify:order overdue',
      family: 'notify',
      policy: 'all',
      scope: 'order',
      facts: ['always'],
      rules: [
        rule('notify.order_late', 'notify', always, {
          kind: 'notify',
          sends: [
            { message: 'order-delayed', to: ['customer'], oncePer: 'order' },
            { message: 'order-delayed-staff', to: ['sales manager'], oncePer: 'order' },
          ],
        }),
      ],
    },
    {
      id: 'notify:subscription cancelled',
      family: 'notify',
      policy: 'all',
      scope: 'subscription',
      facts: ['always'],
      rules: [
        rule('notify.cancelled', 'notify', always, {
          kind: 'notify',
          sends: [{ message: 'subscription-cancelled', to: ['sales manager'] }],
        }),
      ],
    },
    {
      id: 'remind',
      family: 'remind',
      policy: 'all',
      scope: 'subscription',
      facts: ['subscription.payment'],
      rules: [
        rule(
          'remind.renewal',
          'remind',
          { all: [{ fact: 'subscription.payment', operator: 'equal', value: 'manual' }] },
          {
            kind: 'remind',
            date: 'subscription.renews_on',
            steps: [30, 7, 1].map((count) => ({ count, unit: 'day', side: 'before' })),
            between: { from: 540, until: 1200 },
            zone: 'customer',
            onWorkingDays,
            sends: [{ message: 'renewal-reminder', to: ['customer'] }],
          },
        ),
      ],
    },
    {
      id: 'stop:remind.renewal',
      family: 'stop',
      policy: 'all',
      scope: 'subscription',
      facts: ['subscription.paid'],
      rules: [
        rule(
          'remind.renewal.stop',
          'stop',
          { all: [{ fact: 'subscription.paid', operator: 'equal', value: true }] },
          { kind: 'stop' },
        ),
      ],
    },
  ];
}

const always: TopCondition = { all: [{ fact: 'always', operator: 'equal', value: true }] };

function rule(name: string, type: Family, conditions: TopCondition, outcome: Outcome, otherwise?: true): StockRule {
  return {
    name,
    priority: 1,
    conditions,
    event: { type, params: { rank: 0, at: at(1), outcome, ...(otherwise && { otherwise }) } },
  };
}

function message(
  name: string,
  purpose: MessageTemplate['purpose'],
  channels: MessageTemplate['channels'],
): MessageTemplate {
  return {
    name,
    purpose,
    sender: 'Nordlicht Mobile <service@nordlicht-mobile.example>',
    languages: ['de', 'en'],
    channels,
    hash: name,
  };
}

function at(line: number) {
  return { file: 'story.rules', line };
}
