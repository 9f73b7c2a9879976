/** Prices of usage: for each unit, each started block, each event, or a share of what an event is worth. */
import type { PlainPrice, UnitPrice } from '../../engine/outcomes.ts';
import type { ServiceDefinition } from '../../engine/rule-set.ts';
import { kindOfMeasure } from '../../engine/service-facts.ts';
import { checkCurrency } from '../check/amounts.ts';
import { nearest } from '../check/nearest.ts';
import {
  expectMeasure,
  expectPositive,
  type Measure,
  moneyToBase,
  percentToBase,
  unitsOf,
} from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import { isUnit, type Unit, units } from '../syntax/keywords.ts';
import { unitRemedy } from '../syntax/remedies.ts';
import type { AnyPrice, Money, Price, Quantity, Share } from '../syntax/tree.ts';

/** What a service is measured in. */
export function measureOfService({ measure }: ServiceDefinition): Measure {
  return kindOfMeasure(measure);
}

/** Words for one event of a service, whatever it measures. */
const eventWords: Readonly<Record<ServiceDefinition['measure'], readonly Unit[]>> = {
  duration: ['call', 'calls', 'event', 'events'],
  data: ['session', 'sessions', 'event', 'events'],
  messages: ['event', 'events'],
  // A level is no event.
  units: [],
  value: ['item', 'items', 'event', 'events', 'call', 'calls', 'message', 'messages'],
};

export function isEventWord(word: string | undefined, service: ServiceDefinition): boolean {
  return isUnit(word ?? '') && eventWords[service.measure].includes(word as Unit);
}

/** The first word for one event of a service, for remedies. */
export function eventWord(service: ServiceDefinition): string {
  return eventWords[service.measure][0] ?? 'event';
}

export function lowerPrice(price: AnyPrice, service: ServiceDefinition, scene: Scene): PlainPrice | undefined {
  if (price.kind === 'share') return lowerShare(price, service, scene);
  if (isEventWord(price.per.text, service)) {
    const amount = lowerPerEvent(price, `the price of ${service.name}`, scene);
    return amount === undefined ? undefined : { kind: 'per event', amount };
  }
  const unitPrice = lowerUnitPrice(price, service, scene);
  return unitPrice && { kind: price.started ? 'package' : 'flat', price: unitPrice };
}

/** An amount for each event: a price, a set-up fee, a minimum. */
export function lowerPerEvent(price: Price, what: string, scene: Scene): string | undefined {
  const per = price.per.text;
  if (price.started || !isUnit(per) || units[per].measures !== 'count') {
    scene.report('wrong-unit', price.per.span, `${what} is not charged per ${per}`, 'write it `per call`');
    return undefined;
  }
  return lowerMoney(price.amount, scene);
}

/** An amount in the currency of the plan, as it is written. */
export function lowerMoney(money: Money, scene: Scene): string | undefined {
  if (!checkCurrency(money, scene) || moneyToBase(money, scene.report) === undefined) return undefined;
  return money.amount;
}

/** A quantity of what a service measures, in base units: minutes, gigabytes, messages, or money. */
export function lowerAmountOf(
  amount: Quantity | Money,
  service: ServiceDefinition,
  what: string,
  scene: Scene,
): number | undefined {
  const measure = measureOfService(service);
  if (amount.kind === 'quantity') return expectMeasure(amount, measure, what, scene.report);
  if (measure === 'money') return checkCurrency(amount, scene) ? moneyToBase(amount, scene.report) : undefined;
  scene.report(
    'wrong-unit',
    amount.span,
    `${what} cannot be measured in ${amount.currency.text}`,
    `write it in ${unitsOf(measure)}`,
  );
  return undefined;
}

function lowerShare({ percent, of, span }: Share, service: ServiceDefinition, scene: Scene): PlainPrice | undefined {
  const { report, book } = scene;
  if (of.name !== valueFact) {
    const guess = nearest(of.name, book.facts.keys());
    if (book.facts.has(of.name))
      report('wrong-type', of.span, `a price is no share of \`${of.name}\``, `write \`of ${valueFact}\``);
    else
      report(
        'unknown-fact',
        of.span,
        `there is no fact \`${of.name}\``,
        `did you mean \`${guess === undefined ? valueFact : guess}\`?`,
      );
    return undefined;
  }
  if (service.measure !== 'value') {
    report(
      'wrong-unit',
      span,
      `${service.name} has no value of which this could be a share`,
      `declare a service \`in value\`, or price ${service.name} by what it is measured in`,
    );
    return undefined;
  }
  return percentToBase(percent, report) === undefined ? undefined : { kind: 'percentage', percent: percent.number };
}

const valueFact = 'event.value';

function lowerUnitPrice(price: Price, service: ServiceDefinition, scene: Scene): UnitPrice | undefined {
  const per = price.per.text;
  const measure = measureOfService(service);
  if (!isUnit(per) || units[per].measures !== measure) {
    const help =
      measure === 'money'
        ? `write a share of its value, \`5% of ${valueFact}\`, or a price \`per event\``
        : `${service.name} is measured in ${unitsOf(measure)}`;
    scene.report(
      'wrong-unit',
      price.per.span,
      `${service.name} is not priced per ${per}`,
      isUnit(per) ? help : unitRemedy(per),
    );
    return undefined;
  }
  const block: Quantity = { kind: 'quantity', number: price.count ?? '1', unit: price.per, span: price.span };
  const size = expectPositive(block, measure, `a block of ${service.name}`, scene.report);
  const amount = size === undefined ? undefined : lowerMoney(price.amount, scene);
  return size === undefined || amount === undefined ? undefined : { amount, per: size };
}
