/** The clauses a sentence may have. Which sentence takes which is said in `families/shapes.ts`. */
import type { FeeInterval } from '../../engine/fee.ts';
import type { GiveClause } from './gift-clauses.ts';
import type {
  BaseNode,
  CommitmentClause,
  InvoiceAtClause,
  LockClause,
  MinimumClause,
  PolicyClause,
  PrepaidClause,
  RenamedClause,
  SessionsClause,
  SubscriptionsFromClause,
} from './term-clauses.ts';
import type { ExpectClause, GivenClause } from './test-clauses.ts';
import type {
  AnyPrice,
  Expression,
  Fact,
  Literal,
  Money,
  Node,
  Percentage,
  Price,
  Quantity,
  TypeNode,
  Word,
} from './tree.ts';

export type Clause =
  | DatesClause
  | FeeClause
  | AllowanceClause
  | RateClause
  | ConditionClause
  | OtherwiseClause
  | AsClause
  | ChargeClause
  | TiersClause
  | TierClause
  | MinimumClause
  | CommitmentClause
  | PrepaidClause
  | InvoiceAtClause
  | SessionsClause
  | LockClause
  | PolicyClause
  | SubscriptionsFromClause
  | RenamedClause
  | ForPlansClause
  | TakeClause
  | RelationClause
  | LevyClause
  | TellClause
  | RaiseClause
  | BecauseClause
  | OnClause
  | GiveClause
  | SendClause
  | PurposeClause
  | AloneClause
  | StepsClause
  | BetweenClause
  | RankClause
  | TopClause
  | ColumnClause
  | GivenClause
  | ExpectClause;

export type ClauseKind = Clause['kind'];
export type ClauseOf<K extends ClauseKind> = OfKind<Clause, K>;

type OfKind<C extends Clause, K extends ClauseKind> = C extends Clause ? (K extends C['kind'] ? C : never) : never;

/** `from 2026-01-01 until 2027-01-01`. */
export interface DatesClause extends Node {
  readonly kind: 'dates';
  readonly from?: Literal;
  readonly until?: Literal;
  /** `for 24 months` in place of an end. */
  readonly term?: Quantity;
  /** `price locked`, which a plan or contract may also say on a line of its own. */
  readonly lock?: Node & { readonly until?: Literal };
}

// ---- Plans and contracts

export interface FeeClause extends Node {
  readonly kind: 'fee';
  readonly name: Word;
  readonly amount: Money;
  readonly interval: FeeInterval;
  /** `every 2 weeks` in place of a word. */
  readonly every?: Quantity;
  /** Not said of a fee that is due once. */
  readonly due?: 'in advance' | 'in arrears';
  readonly prorated?: ProratedNode;
  /** `6.00 EUR for the first 3 cycles`. */
  readonly promotion?: { readonly amount: Money; readonly cycles: Quantity };
  readonly fiscalCategory?: Word;
  readonly subscriptionsFrom?: Literal;
}

export interface ProratedNode extends Node {
  readonly by: 'by day' | 'by second';
}

export interface AllowanceClause extends Node {
  readonly kind: 'allowance';
  readonly quantity: Quantity;
  readonly service: Word;
  /** `to home or eu`: where calls may go. */
  readonly to: readonly Word[];
  /** `shared by group`: granted once to all lines of an account that have the plan. */
  readonly shared: boolean;
  /** Where what is written on the invoice ends. */
  readonly title: Node;
  /** `at most 20 GB per member`. */
  readonly perMember?: Quantity;
  readonly rollover?: Quantity;
  /** `rolls over 1 cycle, at most 60 GB`. */
  readonly keptAtMost?: Quantity;
  readonly prorated: boolean;
}

export interface RateClause extends Node {
  readonly kind: 'rate';
  readonly service: Word;
  readonly firstThatFits: boolean;
}

export interface ChargeClause extends Node {
  readonly kind: 'charge';
  readonly price: AnyPrice;
  readonly terms: readonly TermNode[];
}

/** What stands beside a price, or beside tiers. */
export type TermNode = Node &
  (
    | { readonly kind: 'by'; readonly first: Quantity; readonly next: Quantity }
    | { readonly kind: 'plus'; readonly price: Price; readonly ifCharged: boolean }
    | { readonly kind: 'at least' | 'at most'; readonly price: Price }
    | { readonly kind: 'rounded'; readonly mode: Word; readonly decimals: Word; readonly per: Word }
    | { readonly kind: 'counting all usage' | 'per account' }
    | { readonly kind: 'at the level'; readonly which: 'average' | 'highest' | 'last' }
  );

/** Opens tiers; `per cycle` is the only period there is. */
export interface TiersClause extends Node {
  readonly kind: 'tiers';
  readonly model: 'graduated' | 'volume';
  readonly terms: readonly TermNode[];
}

/** A price, a fee for the cycle, or both. */
export interface TierClause extends Node {
  readonly kind: 'tier';
  readonly position: 'first' | 'next' | 'beyond';
  readonly bound?: Quantity | Money;
  readonly price?: AnyPrice;
  readonly flatFee?: Money;
  /** What a discount takes of this part. */
  readonly taken?: Percentage;
}

// ---- Conditions

export interface ConditionClause extends Node {
  readonly kind: 'when' | 'unless' | 'stop when';
  readonly condition: Expression;
}

export interface OtherwiseClause extends Node {
  readonly kind: 'otherwise';
}

export interface AsClause extends Node {
  readonly kind: 'as';
  /** Part of the id; without it the id is derived. */
  readonly name?: Word;
  /** What the customer reads on the invoice. */
  readonly title?: Word;
}

export interface ForPlansClause extends Node {
  readonly kind: 'for plans';
  readonly plans: readonly Word[];
  /** Half-open. */
  readonly accepted?: { readonly from: Literal; readonly until: Literal };
}

// ---- Money off, taxes, anomalies

export interface TakeClause extends Node {
  readonly kind: 'take';
  /** The tiers of what is graduated follow as clauses. */
  readonly what: Percentage | Money | GraduatedNode;
  readonly off: BaseNode;
  readonly cap?: Money;
  /** For so many cycles or months from acceptance. */
  readonly lasts?: Quantity;
}

export interface GraduatedNode extends Node {
  readonly kind: 'graduated';
}

export interface RelationClause extends Node {
  readonly kind: 'after' | 'beside' | 'excludes' | 'best of';
  readonly names: readonly Word[];
}

export interface LevyClause extends Node {
  readonly kind: 'levy';
  readonly percent: Percentage;
  readonly category: Word;
  /** `round half up per line`. */
  readonly rounding?: { readonly mode: Word; readonly per: 'line' | 'rate' };
  readonly note?: Word;
}

/** `tell "tax-advantage" with 20% of line.net, at most 1250.00 EUR per year, see "https://…"`. */
export interface TellClause extends Node {
  readonly kind: 'tell';
  readonly message: Word;
  readonly percent: Percentage;
  readonly of: Fact;
  readonly cap?: { readonly money: Money; readonly per: Word };
  readonly see?: Word;
}

export interface RaiseClause extends Node {
  readonly kind: 'raise';
  readonly action: 'hold' | 'flag' | 'reject';
  readonly object: Word;
  readonly severity?: Word;
}

export interface BecauseClause extends Node {
  readonly kind: 'because';
  readonly text: Word;
}

// ---- Engagement

export interface OnClause extends Node {
  readonly kind: 'on';
  readonly event: Word;
}

/** `not with other offers`. */
export interface AloneClause extends Node {
  readonly kind: 'alone';
}

export interface SendClause extends Node {
  readonly kind: 'send';
  /** `send survey`: a message with a link to questions. */
  readonly isSurvey: boolean;
  readonly message: Word;
  readonly to: readonly Word[];
  /** `by post`. */
  readonly channel?: Word;
  readonly oncePer?: Word;
  /** `with the best offer for subscribing`, `with content stories`. */
  readonly with?: Node & { readonly kind: 'best offer' | 'content'; readonly name: Word };
  /** `again after 3 days to head_of_production`: the levels of an escalation. */
  readonly again: readonly { readonly after: Quantity; readonly to: readonly Word[] }[];
  readonly answerWithin?: Quantity;
}

/** `for subscribing`: an offer that a message may bring along. */
export interface PurposeClause extends Node {
  readonly kind: 'purpose';
  readonly purpose: Word;
}

/** `7 days after invoice.due_on send …`; without actions of its own it does what the rule's `send` clauses say. */
export interface StepsClause extends Node {
  readonly kind: 'steps';
  readonly steps: readonly Quantity[];
  readonly side: 'before' | 'after';
  readonly date: Word;
  /** What 31 January plus a month is. */
  readonly monthEnd?: 'clamped' | 'rolling over';
  readonly uselessAfter?: Quantity;
  readonly actions: readonly StepAction[];
}

export type StepAction =
  | SendClause
  | (Node & {
      readonly kind: 'one-off fee';
      readonly amount: Money;
      readonly title: Word;
      readonly fiscalCategory?: Word;
    })
  | (Node & { readonly kind: 'suspend' });

export interface BetweenClause extends Node {
  readonly kind: 'between';
  readonly from: Literal;
  readonly until: Literal;
  /** Absent: that of the customer. */
  readonly zone?: Word;
  readonly onWorkingDays: boolean;
}

// ---- Content

export interface RankClause extends Node {
  readonly kind: 'rank';
  readonly criteria: readonly RankNode[];
}

export type RankNode = Node &
  ({ readonly kind: 'shared categories' } | { readonly kind: 'likeness'; readonly of: Fact; readonly to: Fact });

export interface TopClause extends Node {
  readonly kind: 'top';
  readonly count: Quantity;
  readonly neverTwice: boolean;
  readonly inCustomerLanguage: boolean;
}

// ---- Tables

export interface ColumnClause extends Node {
  readonly kind: 'column';
  readonly name: Word;
  readonly type: TypeNode;
}
