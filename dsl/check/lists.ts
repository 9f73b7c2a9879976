/** Conditions on lists that no single comparison can say: what one of several items is like, what two lists share. */
import type { DerivedFact, FactDefinition, FactType, ItemTest } from '../../engine/rule-set.ts';
import type { Expression, Fact, ItemSearch, ItemTestNode, Sharing } from '../syntax/tree.ts';
import { checkCurrency, describe } from './amounts.ts';
import type { Lowered } from './compare.ts';
import { noteFact } from './facts-read.ts';
import { type Guarded, requireGuard } from './guards.ts';
import { moneyToBase } from './quantities.ts';
import { type Scene, seeFact } from './scene.ts';

/** What `order.items` means to a segment: the items of any order. */
const ofAllOrders: Readonly<Record<string, string>> = { 'order.items': 'customer.bought' };

export function lowerItemSearch(expression: ItemSearch, scene: Scene, guarded: Guarded): Lowered {
  const written = factOf(expression.left, scene);
  const meant = written && scene.segmenting ? { ...written, name: ofAllOrders[written.name] ?? written.name } : written;
  const definition =
    meant && listFact(meant, 'items', 'use a fact that lists items, such as order.items', scene, guarded);
  const tests = expression.tests.map((test) => lowerTest(test, scene));
  if (!definition || tests.includes(undefined)) return undefined;
  const name = `${definition.name} include ${expression.tests.map(testInWords).join(' and ')}`;
  return derived(name, { op: 'some item', fact: definition.name, tests: tests as ItemTest[] }, scene);
}

export function lowerSharing({ left, other }: Sharing, scene: Scene, guarded: Guarded): Lowered {
  const help = 'compare two facts that are lists of words';
  const written = factOf(left, scene);
  const one = written && listFact(written, 'list', help, scene, guarded);
  const two = one && listFact(other, 'list', help, scene, guarded);
  if (!one || !two) return undefined;
  noteFact(one.name, scene);
  noteFact(two.name, scene);
  return derived(`${one.name} include any of ${two.name}`, { op: 'any of', left: one.name, right: two.name }, scene);
}

function derived(name: string, expression: DerivedFact['expression'], { book }: Scene): Lowered {
  book.derived.set(name, { name, type: { kind: 'boolean' }, expression });
  return { fact: name, operator: 'equal', value: true };
}

function factOf(expression: Expression, { report }: Scene): Fact | undefined {
  if (expression.kind === 'fact') return expression;
  report('wrong-type', expression.span, 'only a fact can include something', 'write the name of a fact that is a list');
  return undefined;
}

function listFact(
  fact: Fact,
  kind: FactType['kind'],
  help: string,
  scene: Scene,
  guarded: Guarded,
): FactDefinition | undefined {
  const definition = seeFact(fact, scene);
  if (!definition || !requireGuard(fact, definition, scene, guarded)) return undefined;
  if (definition.type.kind === kind) return definition;
  scene.report('wrong-type', fact.span, `\`${fact.name}\` is ${describe(definition.type)}`, help);
  return undefined;
}

function lowerTest(test: ItemTestNode, scene: Scene): ItemTest | undefined {
  if (test.attribute === 'price') {
    const value = checkCurrency(test.amount, scene) ? moneyToBase(test.amount, scene.report) : undefined;
    return value === undefined
      ? undefined
      : { attribute: 'price', operator: test.operator, value, currency: test.amount.currency.text };
  }
  const among = test.values.map((value) => ('text' in value ? value.text : undefined));
  const wrong = test.values[among.indexOf(undefined)];
  if (!wrong) return { attribute: 'category', among: (among as string[]).toSorted() };
  scene.report('wrong-type', wrong.span, 'a category is a word', 'write a word, or a text in quotes');
  return undefined;
}

function testInWords(test: ItemTestNode): string {
  if (test.attribute === 'price') return `price ${test.operator} ${test.amount.amount} ${test.amount.currency.text}`;
  const words = test.values.map((value) => ('text' in value ? value.text : '?'));
  return `category ${words.toSorted().join(' or ')}`;
}
