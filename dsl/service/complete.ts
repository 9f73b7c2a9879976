/** What may come next at a place in half-typed text: the grammar says which words, the book says which names. */
import type { IToken, TokenType } from 'chevrotain';
import type { FactDefinition, Scope } from '../../engine/rule-set.ts';
import { businessEvents } from '../../engine/vocabulary.ts';
import { describe } from '../check/amounts.ts';
import type { Book } from '../check/book.ts';
import { knownWords } from '../check/membership.ts';
import { visibleFacts } from '../check/scene.ts';
import { openers, shapes } from '../families/shapes.ts';
import { clauseWords, sentenceWords, units } from '../syntax/keywords.ts';
import { splitLines } from '../syntax/lines.ts';
import { grammar } from '../syntax/parse.ts';
import type { SentenceKind } from '../syntax/sentences.ts';
import * as t from '../syntax/tokens.ts';
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
  const text = workspace.textOf(path);
  const before = text.slice(0, offset).replace(/[\w.]*$/, '');
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (/["#]/.test(line.replace(/"[^"]*"/g, ''))) return [];
  if (line === '')
    return Object.entries(sentenceWords).map(([label, doc]) => item(label, 'keyword', 'opens a sentence', doc));
  const sentence = splitLines(before).sentences.at(-1);
  const kind = sentenceKind(sentence?.head[0]);
  if (!sentence || !kind) return [];
  const { book } = workspace.analysis();
  if (line.trim() === '') return clauseItems(kind);
  const inClause = sentence.clauses.at(-1);
  const tokens = [...(inClause ?? sentence.head)];
  const place: Place = { kind, tokens, book, text: before, scope: scopeOf(kind, sentence.head, sentence.clauses) };
  const expected = grammar().computeContentAssist(inClause ? 'clauses' : 'head', tokens);
  const items = expected.flatMap(({ nextTokenType, ruleStack }) => itemsFor(nextTokenType, ruleStack, place));
  const distinct = [...new Map(items.map((found) => [`${found.kind} ${found.label}`, found])).values()];
  return distinct.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Names first: they are what a person has to look up. */
const order: readonly CompletionItem['kind'][] = ['value', 'fact', 'unit', 'keyword'];

interface Place {
  readonly kind: SentenceKind;
  readonly tokens: readonly IToken[];
  readonly book: Book;
  readonly text: string;
  readonly scope: Scope;
}

function itemsFor(type: TokenType, rules: readonly string[], place: Place): readonly CompletionItem[] {
  const rule = rules.at(-1) ?? '';
  if (type === t.UnitWord) return /\d\s+$/.test(place.text) ? unitItems() : [];
  if (type === t.Path || (type === t.Name && rule === 'fact')) return rule === 'ruleId' ? [] : factItems(place);
  if (type === t.Name) return nameItems(rules, place);
  const keyword = /^'(.*)'$/.exec(type.name)?.[1];
  // Deeper inside a clause its words are its own.
  const opens = rules.length <= 3 && rule !== 'steps';
  if (keyword === undefined || (opens && !belongs(keyword, place.kind))) return [];
  return [item(keyword, 'keyword', '', (clauseWords as Record<string, string>)[keyword] ?? '')];
}

/** Names by the place where they stand. */
function nameItems(rules: readonly string[], place: Place): readonly CompletionItem[] {
  const { book, tokens } = place;
  const within = (rule: string) => rules.includes(rule);
  const names = (found: Iterable<string>, detail: string) =>
    [...found].map((label) => item(label, 'value', detail, ''));
  if (within('value')) return valueItems(place);
  if (within('forPlans') || within('givenItem')) return names(book.plans.keys(), 'plan');
  if (within('rate') || within('allowance') || within('base') || within('usage'))
    return names(book.services.keys(), 'service');
  if (within('relation') || within('outcome')) return names(book.discounts.keys(), 'discount');
  if (within('send') || within('messageOutcome')) return names(['customer', ...book.roles], 'recipient');
  if (within('on')) return businessEvents.map(({ name, doc }) => item(name, 'value', 'event', doc));
  if (within('anomalyObject')) return names(['event', 'line', 'invoice', 'account'], 'object');
  if (within('raise')) return names(['low', 'medium', 'high'], 'severity');
  if (within('perUnit')) return unitItems();
  return tokens.at(-1)?.image === 'like' ? names(book.plans.keys(), 'plan') : [];
}

/** The values of the fact that stands before `is`. */
function valueItems({ tokens, book }: Place): readonly CompletionItem[] {
  const is = tokens.findLastIndex(({ image }) => image === 'is' || /^includes?$/.test(image));
  const left = tokens[is - 1]?.image ?? '';
  if (tokens.slice(is).some(({ image }) => image === 'in'))
    return [...book.lists.keys()].map((name) => item(name, 'value', 'list', ''));
  if (left === 'time') return [...book.calendars.keys()].map((name) => item(name, 'value', 'calendar', ''));
  const said = [...book.facts.values()].flatMap(({ sentence, doc }) =>
    sentence?.startsWith(`${left} is `) ? [item(sentence.slice(left.length + 4), 'value', 'yes or no', doc)] : [],
  );
  const definition = book.facts.get(left);
  if (!definition) return said;
  const words = definition.type.kind === 'boolean' ? ['yes', 'no'] : (knownWords(definition, { book }) ?? []);
  // A value of several words is one only in quotes.
  return [
    ...said,
    ...words
      .filter(Boolean)
      .map((word) => item(word, 'value', left, definition.doc, /^\w+$/.test(word) ? word : `"${word}"`)),
  ];
}

function factItems({ book, kind, scope }: Place): readonly CompletionItem[] {
  const facts =
    kind === 'test' || kind === 'table'
      ? [...book.facts.values()]
      : visibleFacts({ book, scope, billed: !['offer', 'notify', 'remind'].includes(kind) });
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
  const kinds = [...shapes[kind].required, ...shapes[kind].once, ...shapes[kind].many];
  const words = [...new Set(kinds.flatMap((clause) => openers[clause]))];
  return words.map((word) => item(word, 'keyword', `clause of ${kind}`, clauseWords[word]));
}

/** A clause word is offered only in the sentences that take the clause. */
function belongs(keyword: string, kind: SentenceKind): boolean {
  const clauses = Object.entries(openers).filter(([, words]) => (words as readonly string[]).includes(keyword));
  if (clauses.length === 0) return true;
  return clauses.some(([clause]) => [...shapes[kind].once, ...shapes[kind].many].some((taken) => taken === clause));
}

function unitItems(): readonly CompletionItem[] {
  return Object.entries(units).map(([name, { measures }]) => item(name, 'unit', measures, ''));
}

function sentenceKind(token: IToken | undefined): SentenceKind | undefined {
  const word = token?.image.replace(/\s+/g, ' ') ?? '';
  return Object.hasOwn(shapes, word) ? (word as SentenceKind) : undefined;
}

/** What the sentence decides about, as far as it can be told while it is being typed. */
function scopeOf(kind: SentenceKind, head: readonly IToken[], clauses: readonly (readonly IToken[])[]): Scope {
  switch (kind) {
    case 'plan':
      return 'portion';
    case 'tax':
      return 'line';
    case 'offer':
    case 'notify': {
      const on = [head, ...clauses].find((tokens) => tokens.some(({ image }) => image === 'on')) ?? [];
      const event = on
        .slice(on.findIndex(({ image }) => image === 'on') + 1)
        .map(({ image }) => image)
        .join(' ');
      return businessEvents.find(({ name }) => event.startsWith(name))?.scope ?? 'customer';
    }
    case 'anomaly':
      return 'event';
    default:
      return 'subscription';
  }
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
