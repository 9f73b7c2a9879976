/**
 * The facts that rules may read: one table that drives checks, completion, hover, input validation and the manual.
 *
 * A fact's value is computed in `facts.ts` (bill cycle) or taken from a business event's data (engagement).
 * Services, roles and further facts are declared in rule text with `declare`.
 */
import type { FactDefinition, Scope, ServiceDefinition } from './rule-set.ts';
import { usualDefinitions } from './service-facts.ts';

const paymentMethods = ['manual', 'direct debit', 'card'] as const;

/** Always there; analysts add more with `declare service`. */
export const builtInServices: readonly ServiceDefinition[] = [
  { name: 'voice', measure: 'duration', doc: 'Calls, by duration.' },
  { name: 'data', measure: 'data', doc: 'Mobile data, by volume.' },
  { name: 'sms', measure: 'messages', doc: 'Text messages, by number.' },
];

/** Facts with a fixed name. `cycleFacts` adds those that exist once per service. */
export const builtInFacts: readonly FactDefinition[] = [
  { name: 'always', type: { kind: 'boolean' }, scope: 'customer', doc: 'True; the condition of an `otherwise`.' },
  {
    name: 'at',
    type: { kind: 'instant' },
    scope: 'customer',
    doc: 'The instant decided for: start of the portion, last instant of the cycle, or time of the business event.',
  },
  {
    name: 'date',
    type: { kind: 'date' },
    scope: 'customer',
    doc: "The day decided for, in the account's zone; in the customer's where no account is concerned.",
  },

  {
    name: 'event.service',
    type: { kind: 'text' },
    scope: 'event',
    doc: 'Service used: voice, data, sms or a declared one.',
  },
  { name: 'event.at', type: { kind: 'instant' }, scope: 'event', doc: 'When the portion starts.' },
  { name: 'event.duration', type: { kind: 'duration' }, scope: 'event', doc: 'Length of the whole call.' },
  { name: 'event.volume', type: { kind: 'data' }, scope: 'event', doc: 'Volume of the whole data session.' },
  {
    name: 'event.value',
    type: { kind: 'money' },
    scope: 'event',
    doc: 'What was bought is worth; 0 for services that are not measured in value.',
  },
  {
    name: 'event.direction',
    type: { kind: 'enum', values: ['outgoing', 'incoming'] },
    scope: 'event',
    doc: 'Made or received by the subscriber.',
  },
  {
    name: 'event.called_number',
    type: { kind: 'phone' },
    scope: 'event',
    doc: 'Number called, E.164; empty for data.',
  },
  {
    name: 'event.calling_number',
    type: { kind: 'phone' },
    scope: 'event',
    doc: 'Number that called, E.164; empty for data.',
  },
  {
    name: 'event.visited_network',
    type: { kind: 'network' },
    scope: 'event',
    doc: 'Network used, as MCC and MNC (26201).',
  },
  { name: 'event.imsi', type: { kind: 'text' }, scope: 'event', doc: 'IMSI of the subscriber; empty if not told.' },
  {
    name: 'event.roaming_partner',
    type: { kind: 'text' },
    scope: 'event',
    doc: 'Who runs the visited network, as the source says; empty if it does not.',
  },
  {
    name: 'event.record_type',
    type: { kind: 'text' },
    scope: 'event',
    doc: 'Kind of the record, as the source says; empty if it does not.',
  },

  {
    name: 'line.kind',
    type: {
      kind: 'enum',
      values: ['fee', 'fee refund', 'usage', 'included usage', 'minimum spend', 'commitment shortfall', 'discount'],
    },
    scope: 'line',
    doc: 'What kind of invoice line it is.',
  },
  { name: 'line.net', type: { kind: 'money' }, scope: 'line', doc: 'Amount of the line before tax.' },
  {
    name: 'line.fiscal_category',
    type: { kind: 'text' },
    scope: 'line',
    doc: 'Fiscal category of the fee or service; empty if none.',
  },
  { name: 'line.service', type: { kind: 'text' }, scope: 'line', doc: 'Service of a usage line; empty for fees.' },

  { name: 'subscription.id', type: { kind: 'text' }, scope: 'subscription', doc: 'Id of the subscription.' },
  { name: 'subscription.plan', type: { kind: 'text' }, scope: 'subscription', doc: 'Plan in force.' },
  {
    name: 'subscription.payment',
    type: { kind: 'enum', values: paymentMethods },
    scope: 'subscription',
    doc: 'How the subscription is paid.',
  },
  {
    name: 'subscription.accepted_on',
    type: { kind: 'date' },
    scope: 'subscription',
    doc: 'Day the customer accepted the contract.',
  },
  { name: 'subscription.activated_on', type: { kind: 'date' }, scope: 'subscription', doc: 'First day of service.' },
  {
    name: 'subscription.renews_on',
    type: { kind: 'date' },
    scope: 'subscription',
    doc: 'Day the current term ends and the next begins.',
    optional: true,
  },
  {
    name: 'subscription.paid',
    type: { kind: 'boolean' },
    scope: 'subscription',
    doc: 'The coming term is paid.',
    sentence: 'subscription is paid',
  },
  {
    name: 'subscription.suspended',
    type: { kind: 'boolean' },
    scope: 'subscription',
    doc: 'It is suspended until it is resumed.',
    sentence: 'subscription is suspended',
  },
  {
    name: 'subscription.cancellation_reason',
    type: { kind: 'text' },
    scope: 'subscription',
    doc: 'The reason the customer chose in the survey on leaving; missing until it is answered.',
    optional: true,
  },

  {
    name: 'cycle.charges',
    type: { kind: 'money' },
    scope: 'subscription',
    doc: 'Charges of the subscription this cycle, before discounts and tax.',
  },
  {
    name: 'cycle.net',
    type: { kind: 'money' },
    scope: 'subscription',
    doc: 'Charges of the subscription this cycle after discounts, before tax.',
  },
  { name: 'history.cycles', type: { kind: 'count' }, scope: 'subscription', doc: 'Past cycles known, at most 12.' },
  {
    name: 'history.charges.median',
    type: { kind: 'money' },
    scope: 'subscription',
    doc: 'Median charges of the past cycles.',
    optional: true,
  },
  {
    name: 'history.charges.highest',
    type: { kind: 'money' },
    scope: 'subscription',
    doc: 'Highest charges of a past cycle.',
    optional: true,
  },
  ...usualDefinitions('history.charges', { kind: 'money' }, 'subscription', 'charges of the subscription in a cycle'),

  { name: 'account.id', type: { kind: 'text' }, scope: 'account', doc: 'Id of the billing account.' },
  {
    name: 'account.zone',
    type: { kind: 'text' },
    scope: 'account',
    doc: "Time zone in which the account's days and cycles begin (Europe/Berlin).",
  },
  {
    name: 'account.cycle.charges',
    type: { kind: 'money' },
    scope: 'account',
    doc: 'Charges of all lines of the account this cycle, before discounts and tax.',
  },
  {
    name: 'account.cycle.net',
    type: { kind: 'money' },
    scope: 'account',
    doc: 'Charges of all lines of the account this cycle after discounts, before tax.',
  },
  {
    name: 'account.credit',
    type: { kind: 'money' },
    scope: 'account',
    doc: 'Prepaid credit that the bill leaves, tax included.',
  },
  ...usualDefinitions('account.history.charges', { kind: 'money' }, 'account', 'charges of all lines in a cycle'),

  { name: 'customer.id', type: { kind: 'text' }, scope: 'customer', doc: 'Id of the customer.' },
  {
    name: 'customer.category',
    type: { kind: 'enum', values: ['consumer', 'business'] },
    scope: 'customer',
    doc: 'Consumer or business.',
  },
  { name: 'customer.country', type: { kind: 'text' }, scope: 'customer', doc: 'Country of residence, ISO 3166 (DE).' },
  {
    name: 'customer.tax_country',
    type: { kind: 'text' },
    scope: 'customer',
    doc: 'Country whose tax applies, ISO 3166.',
  },
  { name: 'customer.vat_id', type: { kind: 'text' }, scope: 'customer', doc: 'VAT number.', optional: true },
  {
    name: 'customer.zone',
    type: { kind: 'text' },
    scope: 'customer',
    doc: 'Time zone of the customer (Europe/Berlin).',
  },
  {
    name: 'customer.language',
    type: { kind: 'text' },
    scope: 'customer',
    doc: 'Language of messages, ISO 639 (en, de).',
  },
  {
    name: 'customer.app_account',
    type: { kind: 'boolean' },
    scope: 'customer',
    doc: 'The customer has an account in the app.',
    optional: true,
    sentence: 'customer has app account',
  },
  { name: 'customer.interests', type: { kind: 'list' }, scope: 'customer', doc: 'Interests the customer named.' },
  {
    name: 'customer.profile',
    type: { kind: 'text' },
    scope: 'customer',
    doc: "The sales manager's words about the customer.",
  },
  {
    name: 'customer.segments',
    type: { kind: 'list' },
    scope: 'customer',
    doc: 'Segments that the customer belongs to; also said `customer is …`.',
  },
  {
    name: 'customer.bought',
    type: { kind: 'items' },
    scope: 'customer',
    doc: 'Everything in the orders of the customer that were not cancelled.',
  },

  { name: 'order.id', type: { kind: 'text' }, scope: 'order', doc: 'Id of the order.' },
  { name: 'order.value', type: { kind: 'money' }, scope: 'order', doc: 'Value of the order.' },
  { name: 'order.category', type: { kind: 'text' }, scope: 'order', doc: 'Product category of the order.' },
  {
    name: 'order.items',
    type: { kind: 'items' },
    scope: 'order',
    doc: 'What was ordered, each with category and price.',
  },
  { name: 'order.placed_on', type: { kind: 'date' }, scope: 'order', doc: 'Day the order was placed.' },
  { name: 'order.due_on', type: { kind: 'date' }, scope: 'order', doc: 'Day the order was promised for.' },
  { name: 'order.age', type: { kind: 'duration' }, scope: 'order', doc: 'Time since the order was placed.' },
  {
    name: 'order.over',
    type: { kind: 'boolean' },
    scope: 'order',
    doc: 'The order has reached the customer, or was cancelled.',
    sentence: 'order is over',
  },

  { name: 'invoice.total', type: { kind: 'money' }, scope: 'invoice', doc: 'Total of the invoice with tax.' },
  { name: 'invoice.net', type: { kind: 'money' }, scope: 'invoice', doc: 'Total of the invoice before tax.' },
  {
    name: 'invoice.due_on',
    type: { kind: 'date' },
    scope: 'invoice',
    doc: 'Day the invoice is due; missing until it is issued.',
    optional: true,
  },
  { name: 'invoice.currency', type: { kind: 'text' }, scope: 'invoice', doc: 'Currency of the invoice, ISO 4217.' },
  {
    name: 'invoice.open',
    type: { kind: 'money' },
    scope: 'invoice',
    doc: 'What is left to pay: the total less payments, credit notes and credit of the account that were allocated to it.',
  },
  {
    name: 'invoice.paid',
    type: { kind: 'boolean' },
    scope: 'invoice',
    doc: 'Nothing of the invoice is left to pay.',
    sentence: 'invoice is paid',
  },
  {
    name: 'invoice.disputed',
    type: { kind: 'boolean' },
    scope: 'invoice',
    doc: 'The customer disputes the invoice, and the dispute is not settled.',
    sentence: 'invoice is disputed',
  },

  { name: 'link.id', type: { kind: 'text' }, scope: 'link', doc: 'Id of the link in its catalogue.' },
  { name: 'link.title', type: { kind: 'text' }, scope: 'link', doc: 'What the customer reads of the link.' },
  {
    name: 'link.categories',
    type: { kind: 'list' },
    scope: 'link',
    doc: 'Segments of the customers whom the link may interest.',
  },
  { name: 'link.languages', type: { kind: 'list' }, scope: 'link', doc: 'Languages of the link, ISO 639 (en, de).' },
  { name: 'link.text', type: { kind: 'text' }, scope: 'link', doc: 'What the link is about.' },

  { name: 'payment.amount', type: { kind: 'money' }, scope: 'payment', doc: 'Amount paid.' },
  { name: 'payment.method', type: { kind: 'enum', values: paymentMethods }, scope: 'payment', doc: 'How it was paid.' },
];

/**
 * Business events that rules can react to, and the widest facts each carries. Some begin a state: it lasts as long as a
 * yes/no fact says so, and whoever is told of it again after some days is told only while it lasts.
 */
export const businessEvents = [
  { name: 'customer acquired', scope: 'customer', doc: 'A new customer was won; an order may come with it.' },
  { name: 'order placed', scope: 'order', doc: 'An order was placed.', lasts: ['order.over', false] },
  {
    name: 'order overdue',
    scope: 'order',
    doc: 'An order was not completed by its due date; raised by the clock.',
    lasts: ['order.over', false],
  },
  { name: 'order shipped', scope: 'order', doc: 'An order left the house.', lasts: ['order.over', false] },
  { name: 'order cancelled', scope: 'order', doc: 'An order was cancelled; vouchers used for it can be used again.' },
  { name: 'order completed', scope: 'order', doc: 'An order reached the customer.' },
  { name: 'invoice issued', scope: 'invoice', doc: 'An invoice was issued.', lasts: ['invoice.paid', false] },
  {
    name: 'invoice corrected',
    scope: 'invoice',
    doc: 'An invoice was corrected: a credit note gives back what it charged too much.',
  },
  {
    name: 'invoice disputed',
    scope: 'invoice',
    doc: 'The customer disputes an invoice.',
    lasts: ['invoice.disputed', true],
  },
  { name: 'dispute settled', scope: 'invoice', doc: 'The dispute of an invoice is over, either way.' },
  { name: 'payment received', scope: 'payment', doc: 'A payment came in.' },
  { name: 'subscription renewed', scope: 'subscription', doc: 'The coming term was paid.' },
  {
    name: 'subscription suspended',
    scope: 'subscription',
    doc: 'A subscription was suspended by a dunning step.',
    lasts: ['subscription.suspended', true],
  },
  { name: 'subscription resumed', scope: 'subscription', doc: 'A suspended subscription serves again.' },
  { name: 'subscription cancelled', scope: 'subscription', doc: 'A subscription was cancelled.' },
  { name: 'survey answered', scope: 'subscription', doc: 'A customer answered a survey; the reason is a fact now.' },
] as const satisfies readonly {
  readonly name: string;
  readonly scope: Scope;
  readonly doc: string;
  readonly lasts?: readonly [fact: string, value: boolean];
}[];

export type BusinessEventName = (typeof businessEvents)[number]['name'];
