/**
 * The compiled rule set: what `ratebook compile` writes and everything else reads.
 *
 * Types only. The document is plain JSON, reproducible byte for byte, and the `rules` of every decision set are
 * json-rules-engine rules that a stock `new Engine(rules)` accepts and fires. Everything such a rule cannot say
 * (arithmetic, look-ups, order, policy) stands beside it as data: derived facts, tables, calendars, policies.
 */
import type { Fee } from './fee.ts';
import type { Catalogue, MessageTemplate, Outcome, PrepaidTerms, RoundingMode, UsageThresholds } from './outcomes.ts';
import type { Policies } from './policies.ts';
import type { Translations } from './titles.ts';

/** A value of a fact: a safe integer in base units, a text, yes/no, a list of texts, or things ordered. */
export type FactValue = number | string | boolean | readonly string[] | readonly Item[];

/** One thing ordered. No condition sees it as a whole: `some item` asks about one. */
export interface Item {
  readonly category: string;
  /** Of this item, in micro-currency. */
  readonly price: number;
  readonly currency: string;
}

/** Flat and complete: a fact a rule reads is never undefined; an optional fact `x` travels with `x.known`. */
export type Facts = Readonly<Record<string, FactValue>>;

/**
 * Base units: money = micro-currency (10^-6 of the major unit), duration = milliseconds, data = bytes, count = 1,
 * percent = millionths (10 % = 100000), date = days since 1970-01-01, instant = epoch milliseconds, time of day =
 * minutes since midnight. `text`, `phone` (E.164) and `network` (PLMN) are strings; `enum` is one of `values`.
 */
export type FactType =
  | { readonly kind: 'money' | 'duration' | 'data' | 'count' | 'percent' | 'date' | 'instant' | 'time' }
  | { readonly kind: 'text' | 'phone' | 'network' | 'boolean' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly values?: readonly string[] }
  | { readonly kind: 'items' };

/** From the narrowest to the widest; a rule sees its own scope and the wider ones. */
export type Scope =
  | 'portion'
  | 'event'
  | 'line'
  | 'subscription'
  | 'group'
  | 'account'
  | 'customer'
  | 'order'
  | 'invoice'
  | 'payment'
  | 'message'
  | 'link';

/** One row of the vocabulary: drives checks, completion, hover, input validation and the manual. */
export interface FactDefinition {
  readonly name: string;
  readonly type: FactType;
  readonly scope: Scope;
  /** One line of documentation, in the analyst's words. */
  readonly doc: string;
  /** May be missing: rules must say what happens then. */
  readonly optional?: boolean;
  /** A phrase that states a yes/no fact, e.g. `customer has app account`. */
  readonly sentence?: string;
}

export interface SourceLocation {
  /** Path relative to the rules folder, with forward slashes. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

export type Family =
  | 'allowance'
  | 'rate'
  | 'discount'
  | 'tax'
  | 'advantage'
  | 'anomaly'
  | 'segment'
  | 'offer'
  | 'remind'
  | 'dunning'
  | 'stop'
  | 'notify'
  | 'content';

/** How the matches of a decision set become its outcome; applied by `decide/policy.ts`, for both evaluators. */
export type Policy = 'exactly one' | 'first' | 'all';

export type Operator =
  | 'equal'
  | 'notEqual'
  | 'lessThan'
  | 'lessThanInclusive'
  | 'greaterThan'
  | 'greaterThanInclusive'
  | 'in'
  | 'notIn'
  | 'contains'
  | 'doesNotContain';

export interface LeafCondition {
  readonly fact: string;
  readonly operator: Operator;
  readonly value: number | string | boolean | readonly string[];
}

/** One group per node, never empty. The fact `always` (true) is the condition of an `otherwise`. */
export type Condition =
  | LeafCondition
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** json-rules-engine wants a group at the top. */
export type TopCondition = Exclude<Condition, LeafCondition>;

/** A json-rules-engine rule. All priorities are 1; order is `params.rank`. */
export interface StockRule<O extends Outcome = Outcome> {
  /** The rule's id (`discount.volume_10`, `flex.voice.otherwise`), unique in the document. */
  readonly name: string;
  readonly priority: 1;
  readonly conditions: TopCondition;
  readonly event: { readonly type: Family; readonly params: RuleParams<O> };
}

export interface RuleParams<O extends Outcome = Outcome> {
  /** Position in the author's order, from 0. */
  readonly rank: number;
  /** Fires only if no other rule of the set matches. */
  readonly otherwise?: true;
  readonly title?: string;
  /** The id it had before it was renamed. */
  readonly renamedFrom?: string;
  readonly at: SourceLocation;
  readonly outcome: O;
}

/** Rules decided together: one plan's rate for one service, all discounts, all rules on one business event, … */
export interface DecisionSet<O extends Outcome = Outcome> {
  /**
   * `rate:<plan>.<service>`, `rate:<plan>@<from>.<service>` for a later version, `allowance:<same>`, `discount`,
   * `discount:account`, `tax`, `advantage`, `anomaly:<object>`, `anomaly:invoice as a whole` (once, not for each subscription), `segment` (before all others that read the
   * customer), `offer:<event>`, `offer:for <purpose>`, `notify:<event>`, `remind`, `stop:<remind id>`, `content:<name>` (for each link).
   */
  readonly id: string;
  readonly family: Family;
  readonly policy: Policy;
  readonly scope: Scope;
  /** Every fact the conditions read, base and derived, sorted. */
  readonly facts: readonly string[];
  readonly rules: readonly StockRule<O>[];
}

// ---- Derived facts: arithmetic, look-ups and calendar membership; never a combination of conditions.

export interface DerivedFact {
  readonly name: string;
  readonly type: FactType;
  readonly expression: Expression;
}

/** The closed list of operators. `engine/derive.ts` gives each its one meaning, for both evaluators. */
export type Expression =
  | { readonly op: 'fact'; readonly fact: string }
  /** Exact: a decimal text in base units. */
  | { readonly op: 'number'; readonly value: string }
  | { readonly op: 'add' | 'subtract'; readonly left: Expression; readonly right: Expression }
  /** `factor` is a decimal text; keeps conditions linear. */
  | { readonly op: 'multiply'; readonly factor: string; readonly of: Expression }
  /** −1, 0 or 1: the sign of the exact difference left − right. */
  | { readonly op: 'sign'; readonly left: Expression; readonly right: Expression }
  /** The table's value for a key; the table's `otherwise` where nothing matches. */
  | {
      readonly op: 'look-up';
      readonly table: string;
      readonly key: string;
      readonly column: string;
      /** The day asked for, where rows have days. */
      readonly on?: 'date';
    }
  /** Whether the instant in fact `at` lies in a calendar's bands, in the calendar's zone. */
  | { readonly op: 'in calendar'; readonly calendar: string; readonly at: string }
  /** Case-folded whole-word search (NFKC) of any of the words in a text fact. */
  | { readonly op: 'mentions'; readonly fact: string; readonly words: readonly string[] }
  /** True if a text fact starts with the prefix. */
  | { readonly op: 'starts with'; readonly fact: string; readonly prefix: string }
  | EventCount
  /** Whether two list facts have a word in common. */
  | { readonly op: 'any of'; readonly left: string; readonly right: string }
  /** Whether one and the same item of a fact of type `items` passes every test. */
  | { readonly op: 'some item'; readonly fact: string; readonly tests: readonly ItemTest[] };

/** Events of a service that the subscription began in (at − within, at] of the event decided; 0 if that is none of them itself. */
export interface EventCount {
  readonly op: 'count of events';
  /** The derived fact itself. */
  readonly fact: string;
  readonly service: string;
  /** The look-up of the number called, and the values that count. */
  readonly to?: { readonly fact: string; readonly among: readonly string[] };
  readonly withinMs: number;
}

/** A price in another currency passes no test: nothing is converted. */
export type ItemTest =
  | { readonly attribute: 'category'; readonly among: readonly string[] }
  | {
      readonly attribute: 'price';
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly value: number;
      readonly currency: string;
    };

export interface LookupTable {
  readonly name: string;
  readonly match: 'exact' | 'longest prefix' | 'range';
  /** The fact looked up, when used bare (`destination is eu`). */
  readonly key: string;
  /**
   * The first is the key, or a range's lower bound; `below` is a range's upper bound, else it ends where the next begins;
   * `from` and `until` are the days a row is in force, half-open, ISO.
   */
  readonly columns: readonly string[];
  /** The column a bare use of the table's name reads. */
  readonly column: string;
  /** Value where nothing matches; absent: the look-up may be missing. */
  readonly otherwise?: string;
  readonly type: FactType;
  readonly file: string;
  /** SHA-256 of the table's canonical rows. */
  readonly hash: string;
  /** First cell is the key; sorted by key. */
  readonly rows: readonly (readonly string[])[];
}

export interface Calendar {
  readonly name: string;
  readonly zone: { readonly kind: 'customer' | 'plan' } | { readonly kind: 'named'; readonly zone: string };
  readonly bands: readonly CalendarBand[];
  /** Holidays, worked out by the compiler for the years of `holidayYears`, as ISO dates, sorted. */
  readonly holidays: readonly string[];
  readonly at: SourceLocation;
}

/** A band that passes midnight (until ≤ from) belongs to the day it began; from = until = 0 is the whole day. */
export interface CalendarBand {
  readonly days: 'every day' | 'weekdays' | 'weekends' | 'holidays';
  /** Minutes since local midnight. */
  readonly from: number;
  readonly until: number;
}

/** What plans and contracts have in common. */
export interface Terms {
  readonly fees: readonly Fee[];
  readonly allowances: readonly Allowance[];
  /** Ids of decision sets by service. */
  readonly rates: Readonly<Record<string, string>>;
  readonly allowanceDecisions: Readonly<Record<string, string>>;
  /** Calendars that these rates and allowances read: where usage is cut. */
  readonly calendars: readonly string[];
  /** What a line is charged at least in a cycle; absent if there is none. */
  readonly minimums?: readonly MinimumSpend[];
}

export interface Plan extends Terms {
  readonly id: string;
  readonly title: string;
  readonly currency: string;
  readonly rounding: RoundingMode;
  /** Cut usage at band, price and plan changes, or rate it whole by what is in force at its start. */
  readonly split: 'at boundaries' | 'at start';
  /** What it says where billing systems differ. */
  readonly policies?: Policies;
  /** ISO dates, [from, until), midnight in the account's zone. */
  readonly from: string;
  readonly until?: string;
  /** Only for subscriptions accepted on this day or later; the others keep the version before. */
  readonly subscriptionsFrom?: string;
  /** Who accepted this version keeps its prices up to this day, whatever versions follow. */
  readonly lockedUntil?: string;
  /** The name it had before: subscriptions and balances that still bear it are its own. */
  readonly renamedFrom?: string;
  /** What is used is paid from the account's credit, event by event; absent: only the bill is. */
  readonly prepaid?: PrepaidTerms;
  /** Usage that reaches such an amount is invoiced before the cycle ends; absent: only at its end. */
  readonly invoiceAt?: UsageThresholds;
  /** Each part of a session is an event by itself; absent: its parts are one event. */
  readonly sessions?: 'by part';
  readonly at: SourceLocation;
}

/** The terms of one customer, which go before those of the plan. */
export interface Contract extends Terms {
  readonly id: string;
  readonly title: string;
  readonly customer: string;
  readonly plan: string;
  /** ISO dates, [from, until), midnight in the account's zone. */
  readonly from: string;
  readonly until?: string;
  /** Up to this day the version of the plan of the contract's first day is in force, whatever versions follow. */
  readonly lockedUntil?: string;
  readonly commitments: readonly Commitment[];
  readonly at: SourceLocation;
}

/** What a base of charges is: of one service, or everything. */
export type ChargeBase = { readonly kind: 'all charges' } | { readonly kind: 'service'; readonly service: string };

/** A line's charges of a cycle, before discounts and tax, come to at least this much; what they lack is a line of its own. */
export interface MinimumSpend {
  /** `flex.minimum.charges`, `flex.minimum.voice`. */
  readonly id: string;
  readonly amount: string;
  readonly of: ChargeBase;
  /** How much of it is due where the line has service only for a part of the cycle. */
  readonly partCycle: 'whole' | 'prorated' | 'waived';
  readonly title: string;
  readonly at: SourceLocation;
}

/** What a customer has promised to be charged in each period of the contract, before discounts and tax. */
export interface Commitment {
  /** `acme.commitment.charges`. */
  readonly id: string;
  readonly amount: string;
  readonly of: ChargeBase;
  /** Periods of this many months count from the contract's first day. */
  readonly everyMonths: number;
  readonly title: string;
  readonly at: SourceLocation;
}

export interface Allowance {
  /** `flex.allowance.voice`. */
  readonly id: string;
  readonly service: string;
  readonly quantity: number;
  readonly rolloverCycles: number;
  /** Of what rolls over, at most this much is kept. */
  readonly rolloverAtMost?: number;
  /** Granted once to all lines of the account that have the plan; each uses at most so much of it in a cycle. */
  readonly sharedByGroup?: { readonly atMostPerMember?: number };
  readonly prorated: 'by day' | 'never';
  /** The id it had before it, or its plan, was renamed: what is left under that id is its own. */
  readonly renamedFrom?: string;
  /** As the author wrote it: "300 min of voice to home or eu". */
  readonly title: string;
  readonly at: SourceLocation;
}

export interface RuleSet {
  readonly format: 'ratebook/rule-set/1';
  /** SHA-256 (hex) of the canonical JSON of everything else in the document; named on every invoice. */
  readonly hash: string;
  readonly sources: readonly { readonly file: string; readonly hash: string }[];
  readonly services: readonly ServiceDefinition[];
  readonly facts: readonly FactDefinition[];
  readonly derived: readonly DerivedFact[];
  readonly tables: readonly LookupTable[];
  readonly calendars: readonly Calendar[];
  readonly roles: readonly string[];
  readonly messages: readonly MessageTemplate[];
  /** Links that messages can bring along; none if absent. */
  readonly catalogues?: readonly Catalogue[];
  /** Of titles, by language; none if absent. */
  readonly translations?: readonly Translations[];
  readonly plans: readonly Plan[];
  readonly contracts: readonly Contract[];
  readonly decisions: readonly DecisionSet[];
}

/** What is measured: voice by duration, data by volume, sms by messages, purchases by their value. */
export interface ServiceDefinition {
  readonly name: string;
  readonly measure: 'duration' | 'data' | 'messages' | 'value' | 'units';
  readonly doc: string;
}
