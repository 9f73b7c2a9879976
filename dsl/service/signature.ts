/** What may be said at the cursor: the shape of the clause, read off the grammar, and the clauses that the sentence takes. */
import {
  Alternation,
  Alternative,
  type IProduction,
  type IToken,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';
import { openers, shapes } from '../families/shapes.ts';
import { clauseWords, sentenceWords } from '../syntax/keywords.ts';
import { grammar } from '../syntax/parse.ts';
import type { SentenceKind } from '../syntax/sentences.ts';
import * as t from '../syntax/tokens.ts';
import { type Cursor, cursorAt, type Expectation, expectedAt } from './cursor.ts';
import type { Workspace } from './workspace.ts';

export interface Signature {
  /** `fee "…" amount (monthly | quarterly | yearly) …`. */
  readonly label: string;
  readonly documentation: string;
  /** Pieces of the label, by their place in it. */
  readonly parameters: readonly { readonly start: number; readonly end: number }[];
  /** The piece that is being written. */
  readonly active: number;
}

/** Of the clause at the cursor, or of the sentence where no clause has begun. */
export function signature(workspace: Workspace, path: string, offset: number): Signature | undefined {
  const cursor = cursorAt(workspace, path, offset);
  if (!cursor || cursor.rule === 'comparison') return undefined;
  if (cursor.opensLine) return sentenceSignature(cursor.kind);
  const expected = expectedAt(cursor);
  const rule = ruleInProgress(cursor, expected);
  const opener = cursor.tokens.findLastIndex(
    (token) => rule && begins(rule.definition).some((type) => tokenMatcher(token, type)),
  );
  return rule && clauseSignature(rule, { ...cursor, tokens: cursor.tokens.slice(Math.max(0, opener)) }, expected);
}

function clauseSignature(
  rule: Rule,
  { tokens, kind, rule: start }: Cursor,
  expected: readonly Expectation[],
): Signature {
  const opener = tokens[0]?.image.replace(/\s+/g, ' ') ?? '';
  const doc: Record<string, string> = start === 'head' ? sentenceWords : clauseWords;
  const seen = new Set<string>();
  const pieces = rule.definition
    // Of the words that may open the clause, the one that does.
    .map((piece, index) => ({ piece, text: index === 0 && opener in doc ? opener : inWords(piece, seen) }))
    .filter(({ text }) => text !== '');
  let label = '';
  const parameters = pieces.map(({ text }) => {
    const begin = label === '' || text.startsWith('[,') ? label.length : label.length + 1;
    label += `${begin > label.length ? ' ' : ''}${text}`;
    return { start: begin, end: label.length };
  });
  const documentation = [doc[opener] ?? '', start === 'head' ? clausesOf(kind) : ''].filter(Boolean).join('\n\n');
  const types = new Set(expected.map(({ type }) => type));
  const active = activePiece(
    pieces.map(({ piece }) => piece),
    tokens,
    types,
  );
  return { label, documentation, parameters, active };
}

function sentenceSignature(kind: SentenceKind): Signature {
  const documentation = [sentenceWords[kind], clausesOf(kind)].filter(Boolean).join('\n\n');
  return { label: kind, documentation, parameters: [{ start: 0, end: kind.length }], active: 0 };
}

/** The clauses that a sentence takes, with what each says; those that it needs come first. */
function clausesOf(kind: SentenceKind): string {
  const { required, once, many } = shapes[kind];
  const clauses = [...new Set([...required, ...once, ...many])];
  const lines = clauses.flatMap((clause) =>
    openers[clause].map(
      (word) => `- \`${word}\` ${clauseWords[word]}${required.includes(clause) ? ' **Needed.**' : ''}`,
    ),
  );
  return lines.join('\n');
}

/** The clause that goes on at the cursor; where all that began is complete, the first of its line. */
function ruleInProgress({ tokens, rule: start }: Cursor, expected: readonly Expectation[]): Rule | undefined {
  const rules = grammar().getGAstProductions();
  const depth = start === 'head' ? 1 : 2;
  const current = expected
    .map(({ type, rules: stack }) => ({ type, rule: rules[stack[depth] ?? ''] }))
    .find(({ type, rule }) => rule && rule.name !== 'clause' && !begins(rule.definition).includes(type));
  return current?.rule ?? ruleOf(tokens[0], rules[start === 'head' ? 'head' : 'clause']);
}

/** The alternative that a word begins. */
function ruleOf(opener: IToken | undefined, choices: Rule | undefined): Rule | undefined {
  const found = (choices?.definition ?? [])
    .flatMap((piece) => (piece instanceof Alternation ? piece.definition : []))
    .map((choice) => partsOf(choice)[0])
    .map((piece) => (piece instanceof NonTerminal ? piece.referencedRule : undefined))
    .find((rule) => rule && opener && begins(rule.definition).some((type) => tokenMatcher(opener, type)));
  return found;
}

/** The piece up to which the words before the cursor reach, or the next one if nothing more of it can follow. */
function activePiece(
  pieces: readonly IProduction[],
  tokens: readonly IToken[],
  expected: ReadonlySet<TokenType>,
): number {
  let at = 0;
  for (const token of tokens) {
    const next = pieces.findIndex(
      (piece, index) => index >= at && tokensIn(piece).some((type) => tokenMatcher(token, type)),
    );
    if (next >= 0) at = next;
  }
  const current = pieces[at];
  if (!current || tokensIn(current).some((type) => expected.has(type))) return at;
  const next = pieces.findIndex((piece, index) => index > at && firstOf(piece).some((type) => expected.has(type)));
  return next < 0 ? at : next;
}

function begins(pieces: readonly IProduction[]): readonly TokenType[] {
  const found: TokenType[] = [];
  for (const piece of pieces) {
    found.push(...firstOf(piece));
    if (!(piece instanceof Option || piece instanceof Repetition)) break;
  }
  return found;
}

function firstOf(piece: IProduction): readonly TokenType[] {
  if (piece instanceof Terminal) return [piece.terminalType];
  if (piece instanceof NonTerminal) return begins(piece.referencedRule.definition);
  if (piece instanceof Alternation) return piece.definition.flatMap((choice) => begins(partsOf(choice)));
  return begins(partsOf(piece));
}

function tokensIn(piece: IProduction): readonly TokenType[] {
  if (piece instanceof Terminal) return [piece.terminalType];
  if (piece instanceof NonTerminal) {
    return endless.includes(piece.nonTerminalName)
      ? begins(piece.referencedRule.definition)
      : piece.referencedRule.definition.flatMap(tokensIn);
  }
  return partsOf(piece).flatMap(tokensIn);
}

function partsOf(piece: IProduction): readonly IProduction[] {
  if (piece instanceof Alternation || piece instanceof Alternative || piece instanceof Option) return piece.definition;
  if (piece instanceof Repetition || piece instanceof RepetitionMandatory) return piece.definition;
  return isListed(piece) ? piece.definition : [];
}

/** `seen` are parts that have been said already: they are not said a second time. */
function inWords(piece: IProduction, seen: Set<string>): string {
  if (piece instanceof Terminal) return terminalInWords(piece.terminalType);
  if (piece instanceof NonTerminal) {
    const name = piece.nonTerminalName;
    const known = said[name] ?? (seen.has(name) ? '…' : undefined);
    if (known !== undefined) return known;
    seen.add(name);
    return sequence(piece.referencedRule.definition, seen);
  }
  if (piece instanceof Alternation) {
    const choices = [...new Set(piece.definition.map((choice) => sequence(partsOf(choice), seen)))].filter(Boolean);
    return choices.length === 1 ? (choices[0] ?? '') : `(${choices.join(' | ')})`;
  }
  if (piece instanceof Option) return bracketed(sequence(piece.definition, seen));
  if (piece instanceof Repetition) return `${bracketed(sequence(piece.definition, seen))}…`;
  return isListed(piece) ? `${sequence(partsOf(piece), seen)}, …` : sequence(partsOf(piece), seen);
}

function isListed(piece: IProduction): piece is RepetitionWithSeparator | RepetitionMandatoryWithSeparator {
  return piece instanceof RepetitionWithSeparator || piece instanceof RepetitionMandatoryWithSeparator;
}

function sequence(pieces: readonly IProduction[], seen: Set<string>): string {
  return pieces
    .map((piece) => inWords(piece, seen))
    .filter(Boolean)
    .join(' ')
    .replaceAll(' ,', ',');
}

function bracketed(words: string): string {
  return words === '' ? '' : `[${words}]`;
}

function terminalInWords(type: TokenType): string {
  if (type === t.Text) return '"…"';
  if (type === t.Name) return 'name';
  if (type === t.Path) return 'fact';
  if (type === t.Percent) return '10%';
  return (type.LABEL ?? type.name).replace(/`|^(?:a|an) | \(.*\)$/g, '');
}

/** Parts of the grammar that are said in a word. */
const said: Readonly<Record<string, string>> = {
  name: 'name',
  names: 'names',
  phrase: 'name',
  path: 'fact',
  fact: 'fact',
  text: '"…"',
  quantity: 'quantity',
  money: 'amount',
  percentage: '10%',
  price: 'price',
  perUnit: 'unit',
  date: '2026-01-31',
  timeOfDay: '20:00',
  instant: '2026-01-31 20:00',
  zone: 'Europe/Berlin',
  phone: '+4930123456',
  type: 'type',
  value: 'value',
  values: 'values',
  condition: 'condition',
  comparison: 'condition',
  sum: 'amount',
};

/** They hold each other, without end. */
const endless: readonly string[] = ['condition', 'comparison', 'sum'];
