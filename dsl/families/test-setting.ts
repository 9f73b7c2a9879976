/** What a test starts from. */
import { DateTime } from 'luxon';
import type { UsageEvent } from '../../engine/model.ts';
import type { PastCycle } from '../../engine/past-cycle.ts';
import type { FactValue, Item, ServiceDefinition } from '../../engine/rule-set.ts';
import type { TestSetting } from '../../engine/test-case.ts';
import { isAmountType, lowerAmount } from '../check/amounts.ts';
import type { Book, Placed } from '../check/book.ts';
import { knownEvent } from '../check/events.ts';
import { wordFor } from '../check/membership.ts';
import { nearest } from '../check/nearest.ts';
import { expectMeasure, moneyToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import { knownService } from '../check/services.ts';
import { checkZone, instantToBase } from '../check/zones.ts';
import type { Report } from '../diagnostic.ts';
import type { GivenItem, HistoryNode, OrderNode, UsageNode } from '../syntax/test-clauses.ts';
import type { Expression, Money, Quantity } from '../syntax/tree.ts';
import { eventScene } from './engagement.ts';
import { lowerAmountOf } from './price.ts';
import { knownPlan } from './rule.ts';
import { type AgreedSetting, hasLine, lowerAgreed } from './test-terms.ts';

const mostEvents = 100_000;
/** Ten years; medians look back on one. */
const mostCycles = 120;

type TestEvent = TestSetting['usage'][number];

/** Undefined if something has been reported. */
export function lowerSetting(items: readonly GivenItem[], placed: Placed, book: Book): TestSetting | undefined {
  const { report } = placed;
  const zone = zoneOf(items, placed) ?? book.zone;
  const facts: Record<string, FactValue | null> = {};
  const usage: TestEvent[] = [];
  const histories: HistoryNode[] = [];
  let setting: { plan?: string; now?: number; event?: string } = {};
  let agreed: AgreedSetting = {};
  let sound = true;
  for (const item of items) {
    switch (item.kind) {
      case 'plan': {
        const plan = knownPlan(item.name, book, report);
        setting = { ...setting, ...(plan !== undefined && { plan }) };
        sound &&= plan !== undefined;
        break;
      }
      case 'contract':
      case 'members':
      case 'balance':
      case 'committed':
      case 'credit':
      case 'told': {
        const more = lowerAgreed(agreed, item, placed, book, zone);
        agreed = more ?? agreed;
        sound &&= more !== undefined;
        break;
      }
      case 'clock': {
        const now = instantToBase(item.instant, zone, report);
        setting = { ...setting, ...(now !== undefined && { now }) };
        sound &&= now !== undefined;
        break;
      }
      case 'zone':
        break;
      case 'happening': {
        const event = knownEvent(item.event, report)?.name;
        setting = { ...setting, ...(event !== undefined && { event }) };
        sound &&= event !== undefined;
        break;
      }
      case 'statement':
        sound = state(item.expression, facts, placed, book) && sound;
        break;
      case 'usage': {
        const events = lowerUsage(item, usage.at(-1)?.startAt ?? setting.now, usage.length, zone, placed, book);
        usage.push(...(events ?? []));
        sound &&= events !== undefined && hasLine(item, agreed, placed);
        break;
      }
      case 'order':
        sound = placeOrder(item, facts, report) && sound;
        break;
      case 'history':
        histories.push(item);
    }
  }
  const anchor = usage[0]?.startAt ?? setting.now;
  const history = histories.map((node) => lowerHistory(node, anchor, zone, placed, book));
  if (!sound || history.includes(undefined)) return undefined;
  return { ...setting, ...agreed, zone, facts, usage, history: history.flatMap((cycles) => cycles ?? []) };
}

/** An order is what was bought, and what an event about an order is about. */
function placeOrder({ items }: OrderNode, facts: Record<string, FactValue | null>, report: Report): boolean {
  const lowered = items.map(({ category, price }): Item | undefined => {
    const worth = moneyToBase(price, report);
    return worth === undefined ? undefined : { category: category.text, price: worth, currency: price.currency.text };
  });
  if (lowered.includes(undefined)) return false;
  const ordered = lowered as Item[];
  facts['order.items'] = ordered;
  facts['order.value'] ??= ordered.reduce((sum, { price }) => sum + price, 0);
  facts['customer.bought'] = [...((facts['customer.bought'] ?? []) as readonly Item[]), ...ordered];
  return true;
}

/** Said with `zone`, or that of the first instant that names one. */
function zoneOf(items: readonly GivenItem[], { report }: Placed): string | undefined {
  for (const item of items) {
    if (item.kind === 'zone') return checkZone(item.zone, report);
    const named = item.kind === 'clock' ? item.instant.zone : item.kind === 'usage' ? item.at?.zone : undefined;
    if (named) return checkZone(named, report);
  }
  return undefined;
}

/** `customer.country is FR`, `subscription is not paid`, `customer.vat_id is missing`. */
function state(expression: Expression, facts: Record<string, FactValue | null>, placed: Placed, book: Book): boolean {
  const scene: Scene = { ...eventScene('subscription', placed, book), billed: true };
  const fact = 'left' in expression ? expression.left : expression.kind === 'state' ? expression.of : undefined;
  const said = saidFact(expression, book);
  if (said) {
    facts[said.fact] = said.value;
    return true;
  }
  const definition = fact?.kind === 'fact' ? book.facts.get(fact.name) : undefined;
  if (fact?.kind !== 'fact' || !definition) {
    const written = fact?.kind === 'fact' ? fact.name : placed.slice(expression.span);
    const guess = nearest(written, book.facts.keys());
    placed.report(
      'unknown-fact',
      fact?.span ?? expression.span,
      `there is no fact \`${written}\``,
      guess ? `did you mean \`${guess}\`?` : 'state a fact of the vocabulary, such as `customer.country is DE`',
    );
    return false;
  }
  if (expression.kind === 'state' && expression.state === 'missing') {
    if (definition.optional) facts[definition.name] = null;
    else placed.report('wrong-type', expression.span, `\`${definition.name}\` is always known`, 'give it a value');
    return definition.optional === true;
  }
  if ((expression.kind !== 'is' && expression.kind !== 'include') || expression.negated) {
    placed.report('not-a-condition', expression.span, 'a test states what a fact is', 'write `is` and one value');
    return false;
  }
  const values = expression.values.map((value) => {
    if (!isAmountType(definition.type)) return wordFor(value, definition, scene);
    const amount =
      value.kind === 'word' || value.kind === 'text' || value.kind === 'phone'
        ? undefined
        : lowerAmount(value, scene, new Set());
    if (amount?.derivation.op === 'number' && (amount.type === definition.type.kind || amount.type === 'number'))
      return Number(amount.derivation.value);
    placed.report(
      'wrong-unit',
      value.span,
      `this is not a value of \`${definition.name}\``,
      'write a quantity with a unit that fits',
    );
    return undefined;
  });
  const [first] = values;
  if (first === undefined || values.includes(undefined)) return false;
  facts[definition.name] = definition.type.kind === 'list' ? values.map(String) : first;
  return true;
}

function saidFact(expression: Expression, book: Book): { fact: string; value: FactValue } | undefined {
  const segments = segmentsSaid(expression, book);
  if (segments) return { fact: 'customer.segments', value: segments };
  let sentence: string | undefined;
  if (expression.kind === 'has') sentence = `${expression.owner.name} has ${expression.thing.text}`;
  if (expression.kind === 'is' && expression.left.kind === 'fact') {
    const [value] = expression.values;
    if (value?.kind === 'word') sentence = `${expression.left.name} is ${value.text}`;
  }
  const found = [...book.facts.values()].find((fact) => fact.sentence !== undefined && fact.sentence === sentence);
  return found && { fact: found.name, value: !('negated' in expression && expression.negated) };
}

/** `customer is gamer`, whatever else the customer may be. */
function segmentsSaid(expression: Expression, { segments }: Book): readonly string[] | undefined {
  if (expression.kind !== 'is' || expression.left.kind !== 'fact' || expression.left.name !== 'customer')
    return undefined;
  const names = expression.values.map((value) => ('text' in value ? value.text : ''));
  if (!names.every((name) => segments.has(name))) return undefined;
  return expression.negated ? [] : names;
}

function lowerUsage(
  node: UsageNode,
  before: number | undefined,
  index: number,
  zone: string,
  placed: Placed,
  book: Book,
): TestEvent[] | undefined {
  const { report } = placed;
  const name = knownService(node.service, book, report);
  const service = name === undefined ? undefined : book.services.get(name);
  if (!service) return undefined;
  const quantity = quantityOf(node, service, placed, book);
  const count = numberOfEvents(node, report);
  if (count === undefined) return undefined;
  const startAt = node.at ? instantToBase(node.at, zone, report) : before;
  if (startAt === undefined && !node.at)
    report(
      'missing-instant',
      node.span,
      'nothing says when this is used',
      'add `at 2026-05-12 10:00`, or `it is …` before it',
    );
  const part = partOf(node, count, report);
  if (quantity === undefined || startAt === undefined || part === 'refused') return undefined;
  const event = (position: number): TestEvent =>
    ({
      ...(node.line && { line: Number(node.line.text) }),
      id: `test-${index + position + 1}`,
      source: 'test',
      sequence: index + position + 1,
      service: service.name,
      startAt,
      durationMs: service.measure === 'duration' ? quantity : 0,
      bytes: service.measure === 'data' ? quantity : 0,
      messages: service.measure === 'messages' ? quantity : 0,
      ...(node.quantity?.kind === 'money' && {
        value: { amount: node.quantity.amount, currency: node.quantity.currency.text },
      }),
      direction: node.direction,
      calledNumber: node.to?.text ?? '',
      callingNumber: '',
      visitedNetwork: node.network?.text ?? '',
      ...(part && { part }),
      ...(service.measure === 'units' && { change: node.isLess ? -quantity : quantity }),
    }) satisfies TestEvent;
  return Array.from({ length: count }, (_, position) => event(position));
}

/** One or more. Undefined if something has been reported. */
function numberOfEvents({ count: written, span }: UsageNode, report: Report): number | undefined {
  const count = Number(written);
  if (!Number.isSafeInteger(count)) {
    report('too-fine', span, `${written} is no whole number of events`, 'write a whole number');
  } else if (count > mostEvents) {
    const help = `write at most ${mostEvents} events, each of a larger quantity`;
    report('too-large', span, 'a test cannot use a service this often', help);
  } else if (count < 1) {
    report('not-positive', span, `${written} events are no use at all`, 'write one or more, or leave them out');
  } else return count;
  return undefined;
}

/** A record of a part of a session: one, with a number from 1 on. */
function partOf({ part }: UsageNode, count: number, report: Report): UsageEvent['part'] | 'refused' {
  if (!part) return undefined;
  const number = Number(part.number);
  if (count === 1 && Number.isSafeInteger(number) && number > 0)
    return { session: part.session.text, number, isLast: false };
  report(
    'unexpected-word',
    part.span,
    count === 1 ? `no part has the number ${part.number}` : 'a part of a session comes once',
    count === 1 ? 'count parts from 1 on' : 'write one event for each part',
  );
  return 'refused';
}

/** In base units; one message, where nothing is said. */
function quantityOf(node: UsageNode, service: ServiceDefinition, placed: Placed, book: Book): number | undefined {
  const scene: Scene = { ...eventScene('subscription', placed, book), billed: true };
  if (node.quantity) return lowerAmountOf(node.quantity, service, `use of ${service.name}`, scene);
  if (service.measure !== 'value') return 1;
  placed.report(
    'unfinished',
    node.span,
    'nothing says what was bought is worth',
    'add its value, as in `of 20.00 EUR`',
  );
  return undefined;
}

/** The calendar months before the first use, or before the test's clock; equal in what they had. */
function lowerHistory(
  node: HistoryNode,
  anchor: number | undefined,
  zone: string,
  placed: Placed,
  book: Book,
): Omit<PastCycle, 'subscriptionId'>[] | undefined {
  const { report } = placed;
  const count = node.cycles ? expectMeasure(node.cycles, 'cycles', 'a history', report) : 0;
  const scene: Scene = { ...eventScene('subscription', placed, book), billed: true };
  const usage: Record<string, number> = {};
  let sound = count !== undefined;
  for (const { quantity, service } of node.usage) {
    const name = knownService(service, book, report);
    const definition = name === undefined ? undefined : book.services.get(name);
    const amount = definition && lowerAmountOf(quantity, definition, `use of ${definition.name}`, scene);
    if (definition && amount !== undefined) usage[definition.name] = amount;
    else sound = false;
  }
  const charges = node.charges && chargesOf(node.charges, report);
  if (node.charges && charges === undefined) sound = false;
  if (count !== undefined && count > 0 && anchor === undefined) {
    report(
      'missing-instant',
      node.span,
      'nothing says when the history ends',
      'add `it is 2026-05-31 12:00`, or usage with a time',
    );
    return undefined;
  }
  if (!sound || count === undefined) return undefined;
  if (count > mostCycles && node.cycles) {
    report(
      'too-large',
      node.cycles.span,
      `no rule looks back on ${node.cycles.number} cycles`,
      `write at most ${mostCycles} cycles`,
    );
    return undefined;
  }
  const month = DateTime.fromMillis(anchor ?? 0, { zone }).startOf('month');
  return Array.from({ length: count }, (_, index) => ({
    from: month.minus({ months: count - index }).toFormat('yyyy-MM-dd'),
    until: month.minus({ months: count - index - 1 }).toFormat('yyyy-MM-dd'),
    usage,
    charges: charges ?? '0.00',
  }));
}

function chargesOf(charges: Quantity | Money, report: Report): string | undefined {
  if (charges.kind === 'money') return moneyToBase(charges, report) === undefined ? undefined : charges.amount;
  const unit = charges.unit?.text ?? 'plain numbers';
  report('wrong-unit', charges.span, `charges cannot be measured in ${unit}`, 'write them in money (5.00 EUR)');
  return undefined;
}
