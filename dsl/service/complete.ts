/** What may come next at a place in half-typed text: the grammar says which words, the book says which names. */
import type { TokenType } from 'chevrotain';
import type { FactDefinition, FactType } from '../../engine/rule-set.ts';
import { businessEvents } from '../../engine/vocabulary.ts';
import { describe } from '../check/amounts.ts';
import type { Book } from '../check/book.ts';
import { knownWords } from '../check/membership.ts';
import { visibleFacts } from '../check/scene.ts';
import { openers, shapes } from '../families/shapes.ts';
import { clauseWords, sentenceWords, units } from '../syntax/keywords.ts';
import { ruleKinds, type SentenceKind } from '../syntax/sentences.ts';
import * as t from '../syntax/tokens.ts';
import { type Cursor, cursorAt, expectedAt } from './cursor.ts';
import type { Workspace } from './workspace.ts';

export interface CompletionItem {
  readonly label: string;
  readonly kind: 'keyword' | 'fact' | 'unit' | 'value';
  readonly detail: string;
  readonly documentation: string;
  readonly insertText: string;
}

/** The items for the place `offset` in the file `path`; the word being typed is left to the editor to match. */
export function complete(workspace: Workspace, path: string, offset: number): readonly CompletionItem[] {
  const before = workspace.textOf(path).slice(0, offset);
  if (/(?:^|\n)\w*$/.test(before))
    return Object.entries(sentenceWords).map(([label, doc]) => item(label, 'keyword', 'opens a sentence', doc));
  const cursor = cursorAt(workspace, path, offset);
  if (!cursor) return [];
  if (cursor.inText)
    return distinct(expectedAt(cursor).flatMap(({ type, rules }) => (type === t.Text ? textItems(rules, cursor) : [])));
  if (cursor.opensLine) return clauseItems(cursor.kind);
  const items = expectedAt(cursor).flatMap(({ type, rules }) => itemsFor(type, rules, cursor));
  if (items.length === 0) return halfSaid(cursor);
  return distinct(items).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Names first: they are what a person has to look up. */
const order: readonly CompletionItem['kind'][] = ['value', 'fact', 'unit', 'keyword'];

function distinct(items: readonly CompletionItem[]): CompletionItem[] {
  return [...new Map(items.map((found) => [`${found.kind} ${found.label}`, found])).values()];
}

function itemsFor(type: TokenType, rules: readonly string[], cursor: Cursor): readonly CompletionItem[] {
  const rule = rules.at(-1) ?? '';
  if (type === t.UnitWord) return followsNumber(cursor) ? unitItems(cursor) : [];
  if (type === t.Currency)
    return followsNumber(cursor) && measureAt(cursor) === undefined ? currencyItems(cursor.book) : [];
  if (type === t.Path || (type === t.Name && rule === 'fact'))
    return rules.includes('ruleId') ? ruleIdItems(cursor.book) : factItems(cursor);
  if (type === t.Name) return nameItems(rules, cursor);
  const keyword = /^'(.*)'$/.exec(type.name)?.[1];
  // Deeper inside a clause its words are its own.
  const opens = rules.length <= 3 && rule !== 'steps';
  if (keyword === undefined || (opens && !belongs(keyword, cursor.kind))) return [];
  return [item(keyword, 'keyword', '', (clauseWords as Record<string, string>)[keyword] ?? '')];
}

/** How keywords of several words go on: while one is not said whole, its words are none to the grammar. */
function halfSaid(cursor: Cursor): readonly CompletionItem[] {
  for (let said = 1; said <= Math.min(longestKeyword, cursor.tokens.length); said++) {
    const begun = cursor.tokens
      .slice(-said)
      .map(({ image }) => `${image.replace(/\s+/g, ' ')} `)
      .join('');
    const rests = expectedAt({ ...cursor, tokens: cursor.tokens.slice(0, -said) })
      .flatMap(({ type }) => /^'(.*)'$/.exec(type.name)?.[1] ?? [])
      .flatMap((keyword) => (keyword.startsWith(begun) ? [keyword.slice(begun.length)] : []));
    if (rests.length > 0) return distinct(rests.map((rest) => item(rest, 'keyword', `${begun}…`, '')));
  }
  return [];
}

const longestKeyword = 8;

function followsNumber({ text }: Cursor): boolean {
  return /\d\s*$/.test(text);
}

/** Names by the rule of the grammar in which they stand. */
function nameItems(rules: readonly string[], cursor: Cursor): readonly CompletionItem[] {
  const { book, tokens } = cursor;
  const within = (...names: readonly string[]) => names.some((rule) => rules.includes(rule));
  if (within('value')) return valueItems(cursor);
  if (
    within('usage', 'history', 'rate', 'allowance', 'eventCount', 'base') ||
    tokens.at(-1)?.image === 'from allowance'
  )
    return destinationItems(cursor, rules) ?? serviceItems(book);
  const opener = tokens.at(-1)?.image.replace(/\s+/g, ' ');
  if ((within('givenItem') && opener === 'contract') || opener === 'charged towards')
    return values([...book.contracts.keys()], 'contract');
  if (within('forPlans', 'givenItem') || opener === 'on plan' || tokens.at(-1)?.image === 'like')
    return planItems(book);
  if (opener === 'fiscal category') return values([...book.categories], 'fiscal category');
  if (within('relation', 'outcome')) return discountItems(book);
  if (within('send', 'messageOutcome')) return roleItems(book);
  if (within('on')) return businessEvents.map(({ name, doc }) => item(name, 'value', 'event', doc));
  if (within('anomalyObject')) return values(['event', 'line', 'invoice', 'account'], 'what is held or flagged');
  if (within('raise')) return values(['low', 'medium', 'high'], 'severity');
  return within('perUnit') ? unitItems(cursor) : [];
}

/** Texts that name something: messages, fees, files. */
function textItems(rules: readonly string[], { book, tokens }: Cursor): readonly CompletionItem[] {
  const within = (rule: string) => rules.includes(rule);
  if (within('send') || within('messageOutcome'))
    return [...book.messages.values()].map(({ name, purpose, channels }) =>
      item(name, 'value', `${purpose} message`, `By ${channels.join(', ')}.`),
    );
  if (within('table'))
    return values(
      [...book.files.keys()].filter((path) => path.endsWith('.csv')),
      'file beside the rules',
    );
  const opener = tokens.at(-1)?.image;
  if (within('base') || opener === 'line') return feeItems(book);
  return [];
}

function feeItems(book: Book): readonly CompletionItem[] {
  const fees = [...book.plans].flatMap(([plan, versions]) =>
    versions.flatMap(({ sentence }) =>
      sentence.clauses.flatMap((clause) => (clause.kind === 'fee' ? [{ plan, name: clause.name.text }] : [])),
    ),
  );
  return [...new Set(fees.map(({ name }) => name))].map((name) => {
    const plans = new Set(fees.filter((fee) => fee.name === name).map(({ plan }) => plan));
    return item(name, 'value', 'fee', `Of ${[...plans].join(', ')}.`);
  });
}

/** `to home or eu`: values of the table of called numbers. */
function destinationItems({ tokens, book }: Cursor, rules: readonly string[]): readonly CompletionItem[] | undefined {
  const opener = rules.includes('eventCount') ? /^count\s/ : /^allowance$/;
  const from = tokens.findLastIndex(({ image }) => opener.test(image));
  if (from < 0 || !tokens.slice(from).some(({ image }) => image === 'to')) return undefined;
  const table = [...book.tables.values()].find(({ key }) => key === 'event.called_number');
  const fact = table && book.facts.get(table.name);
  return fact ? values(knownWords(fact, { book }) ?? [], fact.name, fact.doc) : [];
}

function serviceItems(book: Book): readonly CompletionItem[] {
  return [...book.services.values()].map(({ name, measure, doc }) => item(name, 'value', `service in ${measure}`, doc));
}

function planItems(book: Book): readonly CompletionItem[] {
  return [...book.plans].map(([name, versions]) => {
    const { title, currency } = versions.at(-1)?.sentence ?? {};
    return item(name, 'value', 'plan', [title?.text, currency && `in ${currency.text}`].filter(Boolean).join(', '));
  });
}

function discountItems(book: Book): readonly CompletionItem[] {
  return [...book.discounts].map(([name, { sentence }]) => item(name, 'value', 'discount', sentence.title?.text ?? ''));
}

function roleItems(book: Book): readonly CompletionItem[] {
  return values(['customer', ...book.roles], 'recipient');
}

function ruleIdItems(book: Book): readonly CompletionItem[] {
  const isOfFamily = (id: string) => ruleKinds.some((kind) => id.startsWith(`${kind}.`));
  return values(
    [...book.ruleNames].filter((id) => !isOfFamily(id) || id.startsWith('tax.')),
    'rule',
  );
}

/** The values of the fact that stands before `is`. */
function valueItems({ tokens, book }: Cursor): readonly CompletionItem[] {
  const is = tokens.findLastIndex(({ image }) => image === 'is' || /^includes?$/.test(image));
  const left = tokens[is - 1]?.image ?? '';
  if (tokens.slice(is).some(({ image }) => image === 'in'))
    return [...book.lists].map(([name, words]) => item(name, 'value', 'list', words.join(', ')));
  if (left === 'time')
    return [...book.calendars].map(([name, { bands }]) =>
      item(name, 'value', 'calendar', bands.map(({ days }) => days).join(', ')),
    );
  const said = [...book.facts.values()].flatMap(({ sentence, doc }) =>
    sentence?.startsWith(`${left} is `) ? [item(sentence.slice(left.length + 4), 'value', 'yes or no', doc)] : [],
  );
  if (left === 'customer')
    said.push(
      ...[...book.segments].map(([name, { sentence }]) => item(name, 'value', 'segment', sentence.title?.text ?? '')),
    );
  const definition = book.facts.get(left);
  if (!definition) return said;
  const words = definition.type.kind === 'boolean' ? ['yes', 'no'] : (knownWords(definition, { book }) ?? []);
  return [...said, ...values(words.filter(Boolean), left, definition.doc)];
}

function factItems({ book, kind, scope }: Cursor): readonly CompletionItem[] {
  const facts =
    kind === 'test' || kind === 'table'
      ? [...book.facts.values()]
      : visibleFacts({ book, scope, billed: !['offer', 'notify', 'remind', 'dunning'].includes(kind) });
  const found = facts
    .filter(({ name }) => name !== 'always')
    .map((fact) => item(fact.name, 'fact', factDetail(fact), fact.doc));
  const said = facts.flatMap((fact) => (fact.sentence ? [item(fact.sentence, 'fact', 'yes or no', fact.doc)] : []));
  return [
    ...found,
    ...said,
    ...(kind === 'plan' && book.calendars.size > 0
      ? [item('time', 'fact', 'time of day and kind of day', 'Compared with a calendar.')]
      : []),
  ];
}

/** The type of a fact, and whether it may be missing, in words. */
export function factDetail(fact: FactDefinition): string {
  return `${describe(fact.type)}${fact.optional ? ', may be missing' : ''}`;
}

function clauseItems(kind: SentenceKind): readonly CompletionItem[] {
  const { required, once, many } = shapes[kind];
  const words = [...new Set([...required, ...once, ...many])].flatMap((clause) =>
    openers[clause].map((word) => ({ word, needed: required.includes(clause) })),
  );
  return words.map(({ word, needed }) =>
    item(word, 'keyword', `clause of ${kind}${needed ? ', needed' : ''}`, clauseWords[word]),
  );
}

/** A clause word is offered only in the sentences that take the clause. */
function belongs(keyword: string, kind: SentenceKind): boolean {
  const clauses = Object.entries(openers).filter(([, words]) => (words as readonly string[]).includes(keyword));
  if (clauses.length === 0) return true;
  return clauses.some(([clause]) => [...shapes[kind].once, ...shapes[kind].many].some((taken) => taken === clause));
}

/** Units that measure what is compared or priced here; all where that is open. */
function unitItems(cursor: Cursor): readonly CompletionItem[] {
  const measure = measureAt(cursor);
  return Object.entries(units)
    .filter(([, { measures }]) => measure === undefined || measures === measure)
    .map(([name, { measures }]) => item(name, 'unit', measures, ''));
}

const measured: Partial<Record<FactType['kind'], string>> = { duration: 'duration', data: 'data', count: 'count' };

/** What the fact before is measured in, or the service that is rated. */
function measureAt({ tokens, book, sentence, kind, rule }: Cursor): string | undefined {
  const fact = tokens.findLast(({ image }) => book.facts.has(image))?.image;
  const type = fact === undefined ? undefined : book.facts.get(fact)?.type.kind;
  if (rule === 'comparison' || /^(when|unless|stop)/.test(tokens[0]?.image ?? '')) return type && measured[type];
  if (kind !== 'plan' || !/^(when|otherwise|charge|first|next|beyond)$/.test(tokens[0]?.image ?? '')) return undefined;
  const rate = sentence.clauses.findLast(([opener]) => opener?.image === 'rate');
  const measure = book.services.get(rate?.[1]?.image ?? '')?.measure;
  return measure === 'messages' || measure === 'units' ? 'count' : measure;
}

function currencyItems(book: Book): readonly CompletionItem[] {
  const used = new Set([...book.currencies.values()].flat());
  return [...(used.size > 0 ? used : ['EUR'])].map((code) => item(code, 'unit', 'currency', ''));
}

/** A value of several words is one only in quotes. */
function values(words: readonly string[], detail: string, documentation = ''): readonly CompletionItem[] {
  const isPlain = (word: string) => /^[\w.@/-]+$/.test(word) || detail === 'recipient' || detail.startsWith('file');
  return words.map((word) => item(word, 'value', detail, documentation, isPlain(word) ? word : `"${word}"`));
}

function item(
  label: string,
  kind: CompletionItem['kind'],
  detail: string,
  documentation: string,
  insertText = label,
): CompletionItem {
  return { label, kind, detail, documentation, insertText };
}
