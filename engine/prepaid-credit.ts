/**
 * Prepaid credit: the nouns. Amounts are what the customer paid or was given, tax included, in the currency of the account;
 * decimal texts and epoch milliseconds, as in `model.ts`.
 */

/** One top-up or gift, as far as it is not used up. */
export interface PrepaidCredit {
  /** Of the top-up: unique among all. */
  readonly id: string;
  /** What was given, and not paid, lowers the price in place of paying it. */
  readonly kind: 'paid' | 'bonus';
  /** What the cycle opens with, or what was topped up in it. */
  readonly amount: string;
  /** From this instant on it can be used. */
  readonly validFrom: number;
  /** From this instant on it can no longer; absent: it does not expire. */
  readonly expiresAt?: number;
}

/** What the usage of one service drew from one credit. */
export interface CreditDraw {
  readonly credit: string;
  readonly kind: PrepaidCredit['kind'];
  readonly subscriptionId: string;
  readonly service: string;
  /** With tax, and without: fractions. */
  readonly gross: string;
  readonly net: string;
}

/** How much of one credit a bill used; in a difference of two bills, below zero what comes back. */
export interface CreditUse {
  readonly credit: string;
  readonly kind: PrepaidCredit['kind'];
  readonly amount: string;
}

/** What the right bills of earlier cycles use of paid credit beyond what it has paid so far: it pays of the bill that corrects them. */
export interface CorrectionCredit {
  readonly used: readonly CreditUse[];
  /** What rounding adds to those bills beyond credit that pays all that they charge: zero or negative. */
  readonly rounding: string;
}

/** What credit does for one bill. Opening credit and top-ups = used + expired + left, always. */
export interface PrepaidPart {
  /** Of the total, paid before (EN 16931 BT-113), corrections of other cycles included. */
  readonly paid: string;
  /** Beyond credit that pays all that is charged, what rounding of lines and taxes adds: negative, not demanded (BT-114). */
  readonly rounding?: string;
  /** What is left to pay: total − paid + rounding (BT-115). */
  readonly due: string;
  /** Credit by credit, what it paid or, of a gift, how much of it was used up; by the cycle's own usage. */
  readonly used: readonly CreditUse[];
  /** Of what is paid and rounded, what belongs to cycles that the bill corrects. */
  readonly corrections?: CorrectionCredit;
  /** Not used in time. */
  readonly expired: string;
  /** What the next cycle opens with. */
  readonly left: readonly PrepaidCredit[];
}
