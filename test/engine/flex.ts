/** The consumer price list `flex`, written by hand as a compiled rule set: what the compiler makes of such a text. */
import type { RuleSet } from '../../engine/rule-set.ts';
import {
  allowance,
  allowanceFor,
  bySecond,
  decisionSet,
  fee,
  GB,
  is,
  MIN,
  otherwise,
  perMessage,
  perMinute,
  plan,
  rateOutcome,
  ruleSet,
  standardTax,
} from './fixture.ts';

const first30 = { first: 30_000, next: 1000 };

const voice = decisionSet('rate:flex.voice', 'rate', 'first', 'portion', [
  [
    'flex.voice.premium',
    is('destination', 'premium'),
    rateOutcome(perMinute('0.90'), { increments: { first: MIN, next: MIN }, setUpFee: '0.15' }),
  ],
  ['flex.voice.eu', is('destination', ['eu', 'efta'], 'in'), rateOutcome(perMinute('0.09'), { increments: first30 })],
  ['flex.voice.offpeak', is('event.at in offpeak', true), rateOutcome(perMinute('0.02'), { increments: bySecond })],
  ['flex.voice.otherwise', otherwise, rateOutcome(perMinute('0.05'), { increments: first30 })],
]);

const data = decisionSet('rate:flex.data', 'rate', 'exactly one', 'portion', [
  [
    'flex.data.zone-2',
    is('roaming_zone', 'zone_2'),
    rateOutcome({ kind: 'package', price: { amount: '3.00', per: GB / 10 } }),
  ],
  [
    'flex.data.otherwise',
    otherwise,
    rateOutcome({
      kind: 'graduated',
      counts: 'usage',
      tiers: [
        { upTo: 40 * GB, price: { kind: 'flat', price: { amount: '1.20', per: GB } } },
        { upTo: 140 * GB, price: { kind: 'flat', price: { amount: '0.80', per: GB } } },
        { price: { kind: 'flat', price: { amount: '0.50', per: GB } } },
      ],
    }),
  ],
]);

const sms = decisionSet('rate:flex.sms', 'rate', 'exactly one', 'portion', [
  ['flex.sms.otherwise', otherwise, rateOutcome(perMessage('0.09'))],
]);

const voiceAllowance = decisionSet('allowance:flex.voice', 'allowance', 'all', 'portion', [
  [
    'flex.allowance.voice',
    is('destination', ['home', 'eu'], 'in'),
    { kind: 'allowance', allowance: 'flex.allowance.voice' },
  ],
]);

const discounts = decisionSet('discount', 'discount', 'all', 'subscription', [
  [
    'discount.volume_10',
    is('cycle.data', 50 * GB, 'greaterThan'),
    {
      kind: 'discount',
      take: { kind: 'percent', percent: '10' },
      off: { kind: 'service', service: 'data' },
      cap: { amount: '20.00', currency: 'EUR' },
      after: [],
      beside: [],
    },
    '10% above 50 GB',
  ],
  [
    'discount.welcome',
    is('subscription.plan', 'flex'),
    {
      kind: 'discount',
      take: { kind: 'percent', percent: '50' },
      off: { kind: 'fee', name: 'Line rental' },
      after: [],
      beside: [],
      cyclesFromAcceptance: 3,
    },
    'Half rental at the start',
  ],
]);

const usageSpike = decisionSet('anomaly:invoice', 'anomaly', 'all', 'subscription', [
  [
    'anomaly.usage_spike',
    {
      all: [
        is('history.data.median.known', true),
        is('cycle.data against 3 medians', 0, 'greaterThan'),
        is('cycle.data', 5 * GB, 'greaterThan'),
      ],
    },
    {
      kind: 'anomaly',
      action: 'hold',
      object: 'invoice',
      severity: 'high',
      because: [
        'Used ',
        { fact: 'cycle.data' },
        '; the last ',
        { fact: 'history.cycles' },
        ' cycles had a median of ',
        { fact: 'history.data.median' },
        '.',
      ],
    },
  ],
]);

const invoiceReady = decisionSet('notify:invoice issued', 'notify', 'all', 'invoice', [
  ['notify.invoice_ready', is('always', true), { kind: 'notify', sends: [{ message: 'invoice', to: ['customer'] }] }],
]);

export const flex: RuleSet = ruleSet({
  plans: [
    plan({
      fees: [fee()],
      allowances: [
        allowance({ service: 'voice', quantity: 300 * MIN, title: '300 min of voice to home or eu' }),
        allowance({ service: 'data', quantity: 10 * GB, rolloverCycles: 1, title: '10 GB of data' }),
        allowance({ service: 'sms', quantity: 100, title: '100 messages of sms' }),
      ],
      rates: { voice: voice.id, data: data.id, sms: sms.id },
      allowanceDecisions: { voice: voiceAllowance.id, data: 'allowance:flex.data', sms: 'allowance:flex.sms' },
      calendars: ['offpeak'],
    }),
  ],
  decisions: [
    voice,
    data,
    sms,
    voiceAllowance,
    allowanceFor('data'),
    allowanceFor('sms'),
    discounts,
    standardTax,
    usageSpike,
    invoiceReady,
  ],
  derived: [
    {
      name: 'destination',
      type: { kind: 'enum', values: ['home', 'eu', 'efta', 'premium', 'world'] },
      expression: { op: 'look-up', table: 'destination', key: 'event.called_number', column: 'destination' },
    },
    {
      name: 'roaming_zone',
      type: { kind: 'enum', values: ['home', 'zone_1', 'zone_2'] },
      expression: { op: 'look-up', table: 'roaming_zone', key: 'event.visited_network', column: 'roaming_zone' },
    },
    {
      name: 'event.at in offpeak',
      type: { kind: 'boolean' },
      expression: { op: 'in calendar', calendar: 'offpeak', at: 'event.at' },
    },
    {
      name: 'cycle.data against 3 medians',
      type: { kind: 'count' },
      expression: {
        op: 'sign',
        left: { op: 'fact', fact: 'cycle.data' },
        right: { op: 'multiply', factor: '3', of: { op: 'fact', fact: 'history.data.median' } },
      },
    },
  ],
  tables: [
    {
      name: 'destination',
      match: 'longest prefix',
      key: 'event.called_number',
      columns: ['prefix', 'destination'],
      column: 'destination',
      otherwise: 'home',
      type: { kind: 'text' },
      file: 'tables/destinations.csv',
      hash: '',
      rows: [
        ['+41', 'efta'],
        ['+43', 'eu'],
        ['+43900', 'premium'],
        ['+49900', 'premium'],
      ],
    },
    {
      name: 'roaming_zone',
      match: 'exact',
      key: 'event.visited_network',
      columns: ['network', 'roaming_zone'],
      column: 'roaming_zone',
      otherwise: 'home',
      type: { kind: 'text' },
      file: 'tables/roaming-zones.csv',
      hash: '',
      rows: [
        ['310260', 'zone_2'],
        ['23201', 'zone_1'],
      ],
    },
  ],
  calendars: [
    {
      name: 'offpeak',
      zone: { kind: 'customer' },
      holidays: ['2026-05-01', '2026-05-14', '2026-05-25'],
      at: { file: 'test.rules', line: 1 },
      bands: [
        { days: 'weekdays', from: 20 * 60, until: 8 * 60 },
        { days: 'weekends', from: 0, until: 0 },
        { days: 'holidays', from: 0, until: 0 },
      ],
    },
  ],
});
