/**
 * Every noun of the bill cycle, in the order of the flow. Types only; all of it is plain JSON data.
 *
 * Amounts of money are decimal texts in the currency that stands beside them ("12.00"), rounded to its minor unit
 * unless called `exact`, where they are a reduced fraction ("16/5"). Quantities are safe integers in base units:
 * milliseconds, bytes, messages. Local dates are ISO ("2026-05-01"); instants are epoch milliseconds, UTC.
 */
import type { BillAdvantage } from './bill-advantage.ts';
import type { BillingAccount } from './billing-account.ts';
import type { CommittedCycle, CreditBalance, ToldAdvantage } from './carried.ts';
import type { Corrections } from './correction-charge.ts';
import type { EvidenceFigures } from './evidence-figures.ts';
import type { ExceptionCode } from './exception-codes.ts';
import type { GrantedBenefit } from './granted-benefit.ts';
import type { InterimInvoice, StatedTax } from './interim-invoice.ts';
import type { OneOffFee } from './one-off-fee.ts';
import type { TaxOutcome } from './outcomes.ts';
import type { PastCycle } from './past-cycle.ts';
import type { CreditDraw, PrepaidCredit, PrepaidPart } from './prepaid-credit.ts';
import type { FactValue, Item, SourceLocation, StockRule } from './rule-set.ts';
import type { Pause, PlanChange } from './subscription-changes.ts';
import type { BegunSession, OpeningLevel, RecordDetails, SessionPart } from './usage-details.ts';

export type Amount = string;
export type ExactAmount = string;
export type LocalDate = string;
export type EpochMs = number;

// ---- What comes in

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly category: 'consumer' | 'business';
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly taxCountry: string;
  readonly vatId?: string;
  readonly language: string;
  /** IANA zone; reminders and calendars follow it. */
  readonly zone: string;
  /** Absent: not known (the look-up failed or was never made). */
  readonly hasAppAccount?: boolean;
  readonly interests: readonly string[];
  readonly profile: string;
  /** What is in the customer's orders that were not cancelled; nothing if absent. */
  readonly bought?: readonly Item[];
  /** Values of facts that analysts declared, by fact name. */
  readonly facts?: Readonly<Record<string, FactValue>>;
}

export interface Subscription {
  readonly id: string;
  readonly plan: string;
  /** E.164, with the plus. */
  readonly msisdn: string;
  readonly payment: 'manual' | 'direct debit' | 'card';
  /** When the customer accepted the contract; promotions count from it. */
  readonly acceptedOn: LocalDate;
  readonly activatedOn: LocalDate;
  /** First day without service. */
  readonly cancelledOn?: LocalDate;
  /** To other plans than `plan`, which it began with; in order of time. */
  readonly planChanges?: readonly PlanChange[];
  /** Days without service and fees; in order of time, none within another. */
  readonly pauses?: readonly Pause[];
  readonly renewsOn?: LocalDate;
  /** The term up to this day is paid. */
  readonly paidUntil?: LocalDate;
  /** Suspended by a dunning step, and not resumed; fees go on. */
  readonly suspended?: boolean;
  /** What the customer answered on leaving. */
  readonly cancellationReason?: string;
}

/** One canonical usage event, whatever file it came in. */
export interface UsageEvent extends RecordDetails {
  /** Unique within its source. */
  readonly id: string;
  readonly source: string;
  readonly sequence: number;
  /** Subscriber served, E.164. */
  readonly msisdn: string;
  readonly service: string;
  readonly startAt: EpochMs;
  readonly durationMs: number;
  readonly bytes: number;
  readonly messages: number;
  readonly direction: 'outgoing' | 'incoming';
  /** E.164 with the plus; empty for data. */
  readonly calledNumber: string;
  readonly callingNumber: string;
  /** PLMN (MCC+MNC) of the network used. */
  readonly visitedNetwork: string;
  /** What was bought is worth, to a millionth of its currency; absent where nothing was. */
  readonly value?: { readonly amount: Amount; readonly currency: string };
  /** Absent where the record is of a whole event. */
  readonly part?: SessionPart;
  /** By so many units it raises a level, or lowers it below zero; only of services in units. */
  readonly change?: number;
}

/** What is left of an allowance granted in an earlier cycle. */
export interface AllowanceBalance {
  /** Of the account where the lines of a group share the allowance. */
  readonly subscriptionId: string;
  readonly allowance: string;
  readonly service: string;
  readonly remaining: number;
  readonly grantedOn: LocalDate;
  /** The cycle that starts on this day can no longer use it. */
  readonly expiresOn: LocalDate;
}

/** Local dates in the account's zone, half-open; `nextUntil` bounds the period that fees in advance pay for. */
export interface CycleBounds {
  readonly from: LocalDate;
  readonly until: LocalDate;
  readonly nextUntil: LocalDate;
}

/** Everything the bill of one account for one cycle depends on. */
export interface AccountCycle {
  readonly account: BillingAccount;
  readonly customer: Customer;
  readonly subscriptions: readonly Subscription[];
  /** In any order; late usage of earlier cycles included. */
  readonly usage: readonly UsageEvent[];
  readonly balances: readonly AllowanceBalance[];
  /** Left by the previous invoice; none if absent. */
  readonly credits?: readonly CreditBalance[];
  /** Of what the previous invoice left, paid out since: it is in `credits` no more; nothing if absent. */
  readonly creditPaidOut?: readonly CreditBalance[];
  /** Charged before the end of the cycle and not billed yet; none if absent. */
  readonly oneOffFees?: readonly OneOffFee[];
  readonly benefits?: readonly GrantedBenefit[];
  /** Topped up or given, and not used up before; none if absent. */
  readonly prepaid?: readonly PrepaidCredit[];
  /** Towards the commitments of the customer's contracts, cycle by cycle; none if absent. */
  readonly committed?: readonly CommittedCycle[];
  readonly history: readonly PastCycle[];
  /** By the invoices of all accounts of the customer; none if absent. */
  readonly told?: readonly ToldAdvantage[];
  /** Of invoices issued before, found when this cycle was rated; none if absent. */
  readonly corrections?: Corrections;
  /** Of those that go on in this cycle: what was charged of them; none if absent. */
  readonly sessions?: readonly BegunSession[];
  /** Came later than its plan bills usage, found when this cycle was rated: not billed, but told; none if absent. */
  readonly tooLate?: readonly UsageEvent[];
  /** What has been invoiced of this cycle before its end, in the order of issue; nothing if absent. */
  readonly interim?: readonly InterimInvoice[];
  /** Of services in units: what the cycle opens with; 0 if absent. */
  readonly levels?: readonly OpeningLevel[];
  readonly bounds: CycleBounds;
  /** First day of the cycles right before this one of which nothing was billed, because their bills were rejected; none if absent. */
  readonly unbilledFrom?: LocalDate;
  /** Facts that a test says outright; they stand in place of what would be computed. `null` says that one is missing. */
  readonly stated?: Readonly<Record<string, FactValue | null>>;
}

// ---- Rating

/** A usage event whose subscription and plan are known. */
export interface GuidedEvent {
  readonly event: UsageEvent;
  readonly subscription: Subscription;
  /** Started before the cycle: rated by the rules of its own time, billed now. */
  readonly late: boolean;
}

export interface GuidedUsage {
  /** In the order of rating, whatever the order of arrival. */
  readonly events: readonly GuidedEvent[];
  readonly exceptions: readonly Exception[];
}

/** One portion of an event: what was charged for it and why. The trace of a usage line. */
export interface RatedPortion {
  readonly eventId: string;
  readonly subscriptionId: string;
  readonly service: string;
  readonly startAt: EpochMs;
  /** Quantity charged, after increments, in the service's base unit. */
  readonly quantity: number;
  /** The line it adds to. */
  readonly lineId: string;
  /** Rule that set the price. */
  readonly rule: string;
  readonly at: SourceLocation;
  /** Allowance that covered it, if any. */
  readonly allowance?: string;
  /** 1-based tier of a price in tiers. */
  readonly tier?: number;
  /** Not the price of usage, but what an event or a tier costs besides. */
  readonly part?: PortionPart;
  readonly exact: ExactAmount;
}

/** The flat fee of a tier, or what raises, lowers or rounds the price of an event, or ends it where prepaid credit ends. */
export type PortionPart = 'tier fee' | 'minimum' | 'maximum' | 'rounding' | 'credit limit';

/** All usage of one subscription that one rule (and tier, or allowance) priced. */
export interface RatedLine {
  readonly id: string;
  readonly subscriptionId: string;
  readonly service: string;
  readonly plan: string;
  readonly rule: string;
  readonly at: SourceLocation;
  readonly title: string;
  readonly allowance?: string;
  readonly tier?: number;
  readonly events: number;
  readonly quantity: number;
  readonly exact: ExactAmount;
  /** How the price of a level came about. */
  readonly how?: string;
  /** Not all of it is charged: prepaid credit ended. */
  readonly creditEnded?: true;
}

/** What rating leaves for pricing; kept between the steps of a bill run. */
export interface RatedUsage {
  readonly lines: readonly RatedLine[];
  /** All usage in the cycle by subscription and service, covered or not, in base units (not rounded to increments). */
  readonly totals: readonly {
    readonly subscriptionId: string;
    readonly service: string;
    readonly events: number;
    readonly quantity: number;
  }[];
  readonly balances: readonly AllowanceBalance[];
  /** What usage drew from prepaid credit; absent if nothing. */
  readonly draws?: readonly CreditDraw[];
  readonly exceptions: readonly Exception[];
}

/** What rating leaves: the lines for pricing, every portion, every decision. */
export interface RatedCycle {
  readonly usage: RatedUsage;
  readonly trace: readonly RatedPortion[];
  readonly decisions: readonly Decision[];
}

// ---- The bill

export type LineKind =
  | 'fee'
  | 'fee refund'
  | 'usage'
  | 'included usage'
  | 'minimum spend'
  | 'commitment shortfall'
  | 'discount'
  | 'correction'
  | 'already invoiced'
  | 'credit brought forward'
  | 'credit carried forward';

export interface BillLine {
  /** Stable within the account's cycle: equal runs give equal ids. */
  readonly id: string;
  readonly kind: LineKind;
  readonly subscriptionId: string;
  readonly service?: string;
  readonly title: string;
  readonly from: LocalDate;
  readonly until: LocalDate;
  readonly quantity?: number;
  readonly events?: number;
  readonly amount: Amount;
  /** Before rounding. */
  readonly exact: ExactAmount;
  readonly fiscalCategory?: string;
  readonly taxCategory: string;
  readonly taxPercent: string;
  /** Of a correction: the invoice that it corrects, and the tax that is owed more with it. */
  readonly correction?: StatedTax;
  /** Of what was invoiced in mid-cycle: the invoice, and the tax that it charged (negative here, as the amount is). */
  readonly alreadyInvoiced?: StatedTax & { readonly issuedOn: LocalDate };
  readonly because: Because;
}

/** A line whose tax is not decided yet. */
export type ChargedLine = Omit<BillLine, 'taxCategory' | 'taxPercent'>;

/** A line and the rule that gave its tax; none if no single rule does. */
export interface TaxedLine extends BillLine {
  readonly taxRule: StockRule<TaxOutcome> | undefined;
}

/** Why a line is there: rule, place, and how the amount came about, in words. */
export interface Because {
  readonly rule: string;
  readonly at: SourceLocation;
  readonly how: string;
}

export interface BillTax {
  readonly category: string;
  readonly percent: string;
  readonly base: Amount;
  readonly amount: Amount;
  /** Why nothing is taxed; of several rules their reasons, with `; ` between. */
  readonly note?: string;
  readonly because: Because;
}

/** Computed, not yet a document: Σ lines = net, net + Σ taxes = total. */
export interface Bill {
  readonly accountId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly from: LocalDate;
  readonly until: LocalDate;
  readonly lines: readonly BillLine[];
  readonly net: Amount;
  readonly taxes: readonly BillTax[];
  readonly tax: Amount;
  readonly total: Amount;
  /** Absent if there are none. */
  readonly advantages?: readonly BillAdvantage[];
  /** What credit of the account has paid of the total; absent if it has none. */
  readonly prepaid?: PrepaidPart;
  /** Hash of the rule set that made it. */
  readonly ruleSet: string;
}

/** A business failure of an event, an account or a payment, kept for a person. */
export interface Exception {
  readonly code: ExceptionCode;
  readonly action: 'hold' | 'flag' | 'reject';
  readonly severity: 'low' | 'medium' | 'high';
  readonly object: 'event' | 'line' | 'invoice' | 'account' | 'source' | 'run' | 'payment';
  /** Id of the event, line, account, source, run or payment; for an anomaly of one subscription's cycle, the subscription's. */
  readonly subject: string;
  /** What is the matter, with the numbers. */
  readonly evidence: string;
  /** What was found beside what is usual; absent where nothing is compared. */
  readonly figures?: readonly EvidenceFigures[];
  readonly rule?: string;
  readonly at?: SourceLocation;
}

/** A message that a rule wants sent; the server makes a message of it. */
export interface MessageIntent {
  readonly rule: string;
  readonly message: string;
  readonly to: string;
  /** A second intent with the same key is the same message. */
  readonly key: string;
}

/** What one decision saw and which rules matched, in rank order before the policy is applied. */
export interface Decision {
  readonly set: string;
  /** Id of the event, line, subscription or account that was decided on; a business event has no need of it. */
  readonly about?: string;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly matches: readonly string[];
}

export interface CycleEvaluation {
  readonly bill: Bill;
  readonly balances: readonly AllowanceBalance[];
  readonly exceptions: readonly Exception[];
  readonly intents: readonly MessageIntent[];
  readonly decisions: readonly Decision[];
  /** Portions in event order. */
  readonly trace: readonly RatedPortion[];
}
