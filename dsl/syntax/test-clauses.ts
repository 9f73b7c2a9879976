/** The clauses of tests: what is given, and what is expected. */
import type { GiftTermNodes } from './gift-clauses.ts';
import type { Expression, Instant, Literal, Money, Node, Percentage, Quantity, Word } from './tree.ts';

export interface GivenClause extends Node {
  readonly kind: 'given';
  readonly items: readonly GivenItem[];
}

export type GivenItem =
  | (Node & { readonly kind: 'plan'; readonly name: Word })
  | (Node & { readonly kind: 'contract'; readonly name: Word })
  | (Node & { readonly kind: 'members'; readonly count: string })
  | (Node & { readonly kind: 'balance'; readonly quantity: Quantity; readonly service: Word })
  | (Node & { readonly kind: 'committed'; readonly amount: Money; readonly contract: Word })
  | (Node & { readonly kind: 'credit'; readonly amount: Money; readonly of: 'paid' | 'bonus'; readonly at?: Instant })
  | (Node & { readonly kind: 'clock'; readonly instant: Instant })
  | (Node & { readonly kind: 'zone'; readonly zone: Word })
  | (Node & { readonly kind: 'happening'; readonly event: Word })
  | (Node & { readonly kind: 'told'; readonly rule: Word; readonly amount: Money })
  | (Node & { readonly kind: 'statement'; readonly expression: Expression })
  | UsageNode
  | OrderNode
  | HistoryNode;

/** `200 voice events of 90 s by line 2 to +4930123456 in network 26201 at 2026-01-12 22:30`. */
export interface UsageNode extends Node {
  readonly kind: 'usage';
  readonly count: string;
  readonly service: Word;
  readonly quantity?: Quantity | Money;
  /** Which line of the account: 2 is the second. */
  readonly line?: Word;
  /** `as part 2 of "S-1"`. */
  /** `3 units less`. */
  readonly isLess?: true;
  readonly part?: Node & { readonly number: string; readonly session: Word };
  readonly to?: Literal;
  readonly network?: Word;
  readonly at?: Instant;
  readonly direction: 'outgoing' | 'incoming';
}

/** `an order of console for 499.00 EUR, game for 59.00 EUR`. */
export interface OrderNode extends Node {
  readonly kind: 'order';
  readonly items: readonly { readonly category: Literal; readonly price: Money }[];
}

/** `history of 3 cycles with 2 GB of data, 20.00 EUR of charges`, or `no history`. */
export interface HistoryNode extends Node {
  readonly kind: 'history';
  readonly cycles?: Quantity;
  readonly usage: readonly { readonly quantity: Quantity | Money; readonly service: Word }[];
  readonly charges?: Quantity | Money;
}

export interface ExpectClause extends Node {
  readonly kind: 'expect';
  readonly no: boolean;
  readonly outcome: ExpectedOutcome;
}

/** What one gift is: `10%`, `2.00 EUR`, `5 GB of data`. */
export type ExpectedGift =
  | Percentage
  | Money
  | (Node & { readonly kind: 'use'; readonly quantity: Quantity; readonly service: Word });

export type ExpectedOutcome =
  | {
      readonly kind: 'price' | 'charge' | 'tax';
      readonly amount?: Money;
      readonly allowanceOf?: Word;
      readonly rule?: Word;
    }
  | { readonly kind: 'invoice total' | 'credit left' | 'to pay'; readonly amount: Money }
  | { readonly kind: 'content'; readonly links: readonly Word[] }
  | { readonly kind: 'line'; readonly title: Word; readonly amount?: Money }
  | { readonly kind: 'discount' | 'advantage'; readonly rule?: Word; readonly amount?: Money }
  | { readonly kind: 'anomaly' | 'segment'; readonly rule?: Word }
  | ({ readonly kind: 'voucher' | 'offer'; readonly rule?: Word; readonly gives?: ExpectedGift } & GiftTermNodes)
  | { readonly kind: 'one-off fee'; readonly title: Word; readonly amount?: Money }
  | { readonly kind: 'suspension' }
  | {
      readonly kind: 'message';
      readonly isSurvey: boolean;
      readonly message?: Word;
      readonly to?: Word;
      readonly channel?: Word;
      readonly due?: Instant;
      readonly answerWithin?: Quantity;
    };
