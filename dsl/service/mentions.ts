/** Every place in the text where something is named, by what it names. */
import type { Analysis } from '../compile.ts';
import type { Part } from '../place.ts';
import { countInText } from '../syntax/count-in-text.ts';
import { splitLines } from '../syntax/lines.ts';
import type { Sentence } from '../syntax/sentences.ts';
import { Name, Path, Text } from '../syntax/tokens.ts';
import type { Expression, Span, Value, Word } from '../syntax/tree.ts';
import { introduced, type NameKind, nameKindOf, type WordRole, wordRoles } from './names.ts';

export interface Mention {
  readonly kind: NameKind;
  readonly name: string;
  readonly span: Span;
  readonly use: 'introduced' | 'used';
  /** The fact that a value is a value of. */
  readonly of?: string;
}

/** A mention with the file it stands in; its span counts from the file's beginning. */
export interface PlacedMention extends Mention {
  readonly file: string;
}

/** In the order of the text, file by file. */
export function allMentions(analysis: Analysis): readonly PlacedMention[] {
  return [...analysis.past.files.keys()].sort().flatMap((file) => mentionsIn(analysis, file));
}

export function mentionsIn(analysis: Analysis, file: string): readonly PlacedMention[] {
  return (analysis.past.files.get(file)?.parts ?? []).flatMap((part) =>
    mentionsOf(part).map((mention) => ({ ...mention, file, span: shift(mention.span, part.anchor.start) })),
  );
}

/** Words of the tree that have no role yet, as `clause.property`: a new construct says what its words name. */
export function wordsWithoutRole(sentence: Sentence): readonly string[] {
  const found: string[] = [];
  eachWord(sentence, (path) => found.push(...(path in wordRoles || neverNames.test(path) ? [] : [path])));
  return [...new Set(found)];
}

/** What is read out, and what is written after an amount. */
const neverNames = /\.(title|currency)$/;

const remembered = new WeakMap<Part, readonly Mention[]>();

/** Counted from the beginning of the sentence, so that they stay right when it moves. */
function mentionsOf(part: Part): readonly Mention[] {
  const known = remembered.get(part);
  if (known) return known;
  const found = new Map<number, Mention>();
  const add = (mention: Mention) => found.has(mention.span.start) || found.set(mention.span.start, mention);
  for (const { sentence } of part.whole) {
    for (const mention of inSentence(sentence)) add(mention);
  }
  for (const mention of inBrokenClauses(part, found)) add(mention);
  const mentions = [...found.values()].sort((a, b) => a.span.start - b.span.start);
  remembered.set(part, mentions);
  return mentions;
}

function inSentence(sentence: Sentence): readonly Mention[] {
  const mentions: Mention[] = [
    { kind: nameKindOf(sentence.kind), name: sentence.name.text, span: inQuotes(sentence.name), use: 'introduced' },
  ];
  eachWord(sentence, (path, word, owner) => {
    const entry: WordRole | ((owner: object) => WordRole) = wordRoles[path] ?? 'no name';
    const role = typeof entry === 'function' ? entry(owner) : entry;
    if (role === 'no name') return;
    if (role === 'text with facts') mentions.push(...factsInText(word));
    else
      mentions.push({
        kind: role,
        name: word.text,
        span: inQuotes(word),
        use: introduced.has(path) ? 'introduced' : 'used',
      });
  });
  eachExpression(sentence, (expression) => mentions.push(...inExpression(expression)));
  return mentions;
}

/** Calls `visit` with every word but the sentence's own name, where it stands, and what it is a property of. */
function eachWord(sentence: Sentence, visit: (path: string, word: Word, owner: object) => void): void {
  const { clauses, name: _, ...head } = sentence;
  walk(head, sentence.kind.replace(/ .*/, ''), visit);
  for (const clause of clauses) walk(clause, clause.kind, visit);
}

function walk(node: object, path: string, visit: (path: string, word: Word, owner: object) => void): void {
  for (const [property, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child !== 'object' || child === null || property === 'span') continue;
      if (isWord(child)) visit(`${path}.${property}`, child, node);
      else if (!isExpression(child)) walk(child, `${path}.${property}`, visit);
    }
  }
}

function eachExpression(node: object, visit: (expression: Expression) => void): void {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child !== 'object' || child === null) continue;
      if (isExpression(child)) visit(child);
      eachExpression(child, visit);
    }
  }
}

/** What one expression names by itself; those within it are visited on their own. */
function inExpression(expression: Expression): readonly Mention[] {
  switch (expression.kind) {
    case 'fact':
      return [{ kind: 'fact', name: expression.name, span: expression.span, use: 'used' }];
    case 'is':
    case 'include':
    case 'is in': {
      const { kind, left, values } = expression;
      const fact = left.kind === 'fact' ? left.name : undefined;
      const named: NameKind = kind === 'is in' ? 'list' : kind === 'is' && fact === 'time' ? 'calendar' : 'value';
      return values.flatMap((value) => wordValue(value, named, fact));
    }
    case 'count':
      return [expression.service, ...expression.to].map(({ text: name, span }, index) => ({
        kind: index === 0 ? 'service' : 'destination',
        name,
        span,
        use: 'used',
      }));
    default:
      return [];
  }
}

function wordValue(value: Value, kind: NameKind, of: string | undefined): readonly Mention[] {
  if (value.kind !== 'word' && value.kind !== 'text') return [];
  const span = value.kind === 'text' ? { start: value.span.start + 1, end: value.span.end - 1 } : value.span;
  return [{ kind, name: value.text, span, use: 'used', ...(kind === 'value' && of !== undefined && { of }) }];
}

/** `{cycle.data}` in a text, `{count of voice in 1 h}`. */
function factsInText({ text, span }: Word): readonly Mention[] {
  return [...text.matchAll(/\{([^{}]+)\}/g)].flatMap(({ 1: name = '', index }): readonly Mention[] => {
    const start = span.start + 1 + index + 1;
    const count = countInText(name, start);
    if (count) return inExpression(count);
    if (!/^[\w.]+$/.test(name)) return [];
    return [{ kind: 'fact', name, span: { start, end: start + name.length }, use: 'used' }];
  });
}

/** What could not be read still names things: by the word alone, as far as one can tell. */
function inBrokenClauses(part: Part, found: ReadonlyMap<number, Mention>): readonly Mention[] {
  if (part.faults.length === 0) return [];
  const read = part.whole.flatMap(({ sentence }) => sentence.clauses.map(({ span }) => span));
  return splitLines(part.text).tokens.flatMap(({ tokenType, image, startOffset: start }): readonly Mention[] => {
    const isRead = read.some((span) => span.start <= start && start < span.end) || found.has(start);
    if (isRead) return [];
    if (tokenType === Path)
      return [{ kind: 'fact', name: image, span: { start, end: start + image.length }, use: 'used' }];
    const inText = tokenType === Text && image.endsWith('"') && image.length > 2;
    if (tokenType !== Name && !inText) return [];
    const span = inText ? { start: start + 1, end: start + image.length - 1 } : { start, end: start + image.length };
    return [{ kind: 'unread', name: inText ? image.slice(1, -1) : image, span, use: 'used' }];
  });
}

function inQuotes({ text, span }: Word): Span {
  return span.end - span.start === text.length + 2 ? { start: span.start + 1, end: span.end - 1 } : span;
}

function shift({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

function isWord(node: object): node is Word {
  return 'text' in node && 'span' in node && !('kind' in node);
}

/** All kinds of expressions: one that is missing is a fault of the types. */
const expressionKinds: Readonly<Record<Expression['kind'], true>> = {
  fact: true,
  and: true,
  or: true,
  not: true,
  comparison: true,
  is: true,
  'is in': true,
  include: true,
  'include item': true,
  'include any of': true,
  state: true,
  has: true,
  mentions: true,
  'starts with': true,
  count: true,
  '+': true,
  '-': true,
  '*': true,
  'if missing': true,
  quantity: true,
  money: true,
  percentage: true,
  instant: true,
  date: true,
  time: true,
  phone: true,
  text: true,
  word: true,
};

function isExpression(node: object): node is Expression {
  return 'kind' in node && Object.hasOwn(expressionKinds, String(node.kind));
}
