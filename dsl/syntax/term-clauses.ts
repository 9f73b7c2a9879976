/** The clauses of what is agreed for longer: minimum spend, commitments, locked prices, new names; and bases of charges. */
import type { Literal, Money, Node, Quantity, Word } from './tree.ts';

/** What a discount is taken off, or what counts towards an amount that was agreed. */
export type BaseNode = Node & {
  /** `of account`. */
  readonly ofAccount?: Node;
  /** `after discounts`, which no base can be. */
  readonly afterDiscounts?: Node;
} & ({ readonly base: 'fee' | 'service'; readonly name: Word } | { readonly base: 'all charges' });

/** `minimum spend 15.00 EUR per cycle of all charges, prorated`. */
export interface MinimumClause extends Node {
  readonly kind: 'minimum';
  readonly amount: Money;
  readonly of: BaseNode;
  readonly partCycle: 'whole' | 'prorated' | 'waived';
}

/** `commitment 5000.00 EUR per 12 months, shortfall charged`; of all charges if nothing else is said. */
export interface CommitmentClause extends Node {
  readonly kind: 'commitment';
  readonly amount: Money;
  readonly every: Quantity;
  readonly of?: BaseNode;
}

/** `usage paid from credit, last event cut, bonus first`: each named setting at most once, in any order. */
export interface PrepaidClause extends Node {
  readonly kind: 'prepaid';
  readonly terms: readonly Word[];
}

/** `invoice at 100.00 EUR of usage, then every 50.00 EUR`, or `invoice every 50.00 EUR of usage`. */
export interface InvoiceAtClause extends Node {
  readonly kind: 'invoice at';
  /** What usage must come to for the first time. */
  readonly first: Money;
  /** And by how much more each further time; the same amount if it is said of the first time too. */
  readonly every?: Money;
}

/** `policy cancellation day billed, tier bound in higher tier`. */
export interface PolicyClause extends Node {
  readonly kind: 'policy';
  readonly settings: readonly PolicySetting[];
}

/** `late usage corrects its bill within 2 cycles`. */
export interface PolicySetting extends Word {
  /** How late usage may be. */
  readonly within?: Quantity;
}

/** `sessions rated by part`, or `as one event`, which is so if nothing is said. */
export interface SessionsClause extends Node {
  readonly kind: 'sessions';
  readonly by: 'one event' | 'part';
}

/** `price locked until 2027-01-01`; in a contract, without a day, for all of its term. */
export interface LockClause extends Node {
  readonly kind: 'lock';
  readonly until?: Literal;
}

export interface SubscriptionsFromClause extends Node {
  readonly kind: 'subscriptions from';
  readonly from: Literal;
}

/** Of the sentence, or of the row, allowance or fee above it. */
export interface RenamedClause extends Node {
  readonly kind: 'renamed';
  readonly former: Word;
}
