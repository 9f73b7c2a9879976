/**
 * The syntax tree: values and expressions. Every node keeps its span; names are as written and not yet resolved.
 * Clauses are in `clauses.ts`, sentences in `sentences.ts`.
 */

/** Offsets into the text, half-open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Node {
  readonly span: Span;
}

/** A name, or a text without its quotes. */
export interface Word extends Node {
  readonly text: string;
}

// ---- Values

export interface Quantity extends Node {
  readonly kind: 'quantity';
  readonly number: string;
  readonly unit?: Word;
}

export interface Money extends Node {
  readonly kind: 'money';
  readonly amount: string;
  readonly currency: Word;
}

/** `10%`: the number is "10". */
export interface Percentage extends Node {
  readonly kind: 'percentage';
  readonly number: string;
}

/** `0.05 EUR per min`, `3.00 EUR per started 100 MB`. */
export interface Price extends Node {
  readonly kind: 'price';
  readonly amount: Money;
  readonly started: boolean;
  readonly count?: string;
  readonly per: Word;
}

/** `5% of event.value`. */
export interface Share extends Node {
  readonly kind: 'share';
  readonly percent: Percentage;
  readonly of: Fact;
}

export type AnyPrice = Price | Share;

/** A date, a time of day, a phone number, a text or a bare word: what stands there is in `text`. */
export interface Literal extends Node {
  readonly kind: 'date' | 'time' | 'phone' | 'text' | 'word';
  readonly text: string;
}

/** `2026-01-12 22:30 Europe/Berlin`. */
export interface Instant extends Node {
  readonly kind: 'instant';
  readonly date: string;
  readonly time: string;
  readonly zone?: Word;
}

export type Value = Quantity | Money | Percentage | Literal | Instant;

// ---- Conditions and amounts: one ladder, told apart by the checker

export type Expression =
  | Value
  | Fact
  | Logic
  | Not
  | Comparison
  | Membership
  | State
  | Possession
  | TextSearch
  | ItemSearch
  | Sharing
  | EventCountNode
  | Arithmetic
  | Fallback;

export interface Fact extends Node {
  readonly kind: 'fact';
  readonly name: string;
}

export interface Logic extends Node {
  readonly kind: 'and' | 'or';
  readonly terms: readonly Expression[];
  /** It stands in parentheses. */
  readonly grouped?: boolean;
}

export interface Not extends Node {
  readonly kind: 'not';
  readonly of: Expression;
}

export interface Comparison extends Node {
  readonly kind: 'comparison';
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly left: Expression;
  readonly right: Expression;
}

/** `x is eu or efta`, `x is not in eu`, `x include gaming`. */
export interface Membership extends Node {
  readonly kind: 'is' | 'is in' | 'include';
  readonly left: Expression;
  readonly negated: boolean;
  readonly values: readonly Value[];
}

/** `x is known`, `x is missing`. */
export interface State extends Node {
  readonly kind: 'state';
  readonly of: Expression;
  readonly state: 'known' | 'missing';
}

/** `customer has no app account`. */
export interface Possession extends Node {
  readonly kind: 'has';
  readonly owner: Fact;
  readonly negated: boolean;
  readonly thing: Word;
}

/** `x mentions "a" or "b"`, `x starts with "+49"`. */
export interface TextSearch extends Node {
  readonly kind: 'mentions' | 'starts with';
  readonly left: Expression;
  readonly texts: readonly Value[];
}

/** `order.items include category console and price > 100.00 EUR`: one item that passes all tests. */
export interface ItemSearch extends Node {
  readonly kind: 'include item';
  readonly left: Expression;
  readonly tests: readonly ItemTestNode[];
}

export type ItemTestNode = Node &
  (
    | { readonly attribute: 'category'; readonly values: readonly Value[] }
    | { readonly attribute: 'price'; readonly operator: Comparison['operator']; readonly amount: Money }
  );

/** `customer.segments include any of link.categories`: two lists with a word in common. */
export interface Sharing extends Node {
  readonly kind: 'include any of';
  readonly left: Expression;
  readonly other: Fact;
}

/** What is said of something, without what it is said of: `is eu or efta`, `> 5 GB`. */
export type Predicate =
  | Omit<Comparison, 'left'>
  | Omit<Membership, 'left'>
  | Omit<TextSearch, 'left'>
  | Omit<ItemSearch, 'left'>
  | Omit<Sharing, 'left'>
  | Omit<State, 'of'>
  | Omit<Possession, 'owner'>;

/** `count of voice to premium in 1 h`. */
export interface EventCountNode extends Node {
  readonly kind: 'count';
  readonly service: Word;
  /** Destinations; none for all. */
  readonly to: readonly Word[];
  readonly within: Quantity;
}

export interface Arithmetic extends Node {
  readonly kind: '+' | '-' | '*';
  readonly left: Expression;
  readonly right: Expression;
}

/** `x if missing 0 GB`. */
export interface Fallback extends Node {
  readonly kind: 'if missing';
  readonly of: Expression;
  readonly value: Value;
}

// ---- Types

/** `money`, `yes/no`, `one of bronze or silver`, `list of …`. */
export interface TypeNode extends Node {
  readonly name: string;
  readonly values: readonly Word[];
}

export function cover(first: Node, last: Node): Span {
  return { start: first.span.start, end: last.span.end };
}
