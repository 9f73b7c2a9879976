/**
 * What rules bring about: the `outcome` in a compiled rule's parameters, one shape per family. Types only.
 *
 * Money is a decimal text ("0.05") in the currency stated; quantities are integers in base units.
 */

export type Outcome =
  | RateOutcome
  | AllowanceOutcome
  | DiscountOutcome
  | TaxOutcome
  | AdvantageOutcome
  | AnomalyOutcome
  | SegmentOutcome
  | OfferOutcome
  | RemindOutcome
  | DunningOutcome
  | StopOutcome
  | ContentOutcome
  | NotifyOutcome;

/** `amount` for every `per` base units, e.g. 0.05 EUR per min is { amount: '0.05', per: 60000 }. */
export interface UnitPrice {
  readonly amount: string;
  readonly per: number;
}

/** A price without tiers. */
export type PlainPrice =
  | { readonly kind: 'flat'; readonly price: UnitPrice }
  /** A started block of `per` base units costs `amount`. */
  | { readonly kind: 'package'; readonly price: UnitPrice }
  /** Once for each event, however long or large. */
  | { readonly kind: 'per event'; readonly amount: string }
  /** Of what the event is worth: "5" is 5 %. */
  | { readonly kind: 'percentage'; readonly percent: string };

/** `upTo` is the cumulative bound from the start of the cycle, in what the tiers count; absent on the last tier. */
export interface Tier {
  readonly upTo?: number;
  /** Absent where only the flat fee is due. */
  readonly price?: PlainPrice;
  /** Once in the cycle, when usage that is charged reaches the tier. */
  readonly flatFee?: string;
}

export interface TieredPrice {
  /** `graduated`: each part of the usage at the price of its tier. `volume`: all of it at the price that the total reaches. */
  readonly kind: 'graduated' | 'volume';
  /** Base units of the service, or events. */
  readonly counts: 'usage' | 'events';
  /** Usage that an allowance covers counts as well. */
  readonly countsCovered?: true;
  /** The lines of an account count together. */
  readonly perAccount?: true;
  /** Of a price by volume: a total exactly at a bound is in the tier above it; absent: in the one below. */
  readonly boundIn?: 'higher tier';
  /** The flat fee of the first tier is due without usage as well; absent: with it. */
  readonly firstFeeDue?: 'always';
  readonly tiers: readonly Tier[];
}

export type UsagePrice = PlainPrice | TieredPrice;

/** `up` is away from zero, `down` towards it. */
export type RoundingMode = 'half even' | 'half up' | 'half down' | 'up' | 'down';

export interface RateOutcome {
  readonly kind: 'rate';
  readonly currency: string;
  readonly price: UsagePrice;
  /** Billing increments in base units, counted from the event's start: `by 30 s then 1 s` is { first: 30000, next: 1000 }. */
  readonly increments?: { readonly first: number; readonly next: number };
  /** Once per event, also when an allowance covers it. */
  readonly setUpFee?: string;
  /** The set-up fee is not due when an allowance covers the whole event. */
  readonly setUpIfCharged?: true;
  /** What an event costs at least and at most, its set-up fee included, where an allowance does not cover all of it. */
  readonly minimum?: string;
  readonly maximum?: string;
  /** Of a service in units: which level is charged; absent: each for the time that it lasted. */
  readonly level?: 'highest' | 'last';
  /** What an event costs is rounded, after its bounds. */
  readonly rounded?: { readonly mode: RoundingMode; readonly decimals: number };
}

/** How a plan's usage is paid from credit. */
export interface PrepaidTerms {
  /**
   * What happens to the event with which the credit ends, and to usage after it. `last event cut`: charged as far as credit
   * goes. `last event whole`: the rest of it is billed; what begins without credit is not charged. `last event refused`: what
   * credit does not cover whole is not charged at all. `rest billed`: usage goes on, and what credit does not cover is billed.
   */
  readonly atEnd: 'last event cut' | 'last event whole' | 'last event refused' | 'rest billed';
  readonly order: 'soonest to expire first' | 'bonus first' | 'paid first';
}

/** Amounts before tax and after discounts, of what one line of the account has used in a cycle. */
export interface UsageThresholds {
  readonly first: string;
  /** Each time by so much more; absent: only the first time. */
  readonly thenEvery?: string;
}

export interface AllowanceOutcome {
  readonly kind: 'allowance';
  /** Id of the plan's allowance that may cover this portion. */
  readonly allowance: string;
}

/** Off an amount, by itself. */
export type Reduction =
  | { readonly kind: 'percent'; readonly percent: string }
  | { readonly kind: 'amount'; readonly amount: string; readonly currency: string };

/** Each part of the base by its own percentage; the last tier has no size. */
export interface GraduatedReduction {
  readonly kind: 'graduated';
  readonly currency: string;
  readonly tiers: readonly { readonly size?: string; readonly percent: string }[];
}

export interface DiscountOutcome {
  readonly kind: 'discount';
  readonly take: Reduction | GraduatedReduction;
  readonly off: DiscountBase;
  /** Taken once off all lines of the account, in place of each subscription's. */
  readonly ofAccount?: true;
  /** At most this much per cycle, and subscription or account. */
  readonly cap?: { readonly amount: string; readonly currency: string };
  /** Ids of discounts taken before this one; this one is taken off what they leave. */
  readonly after: readonly string[];
  /** Ids of discounts that share the original base with this one. */
  readonly beside: readonly string[];
  /** Ids of discounts that do not apply where this one does. */
  readonly excludes?: readonly string[];
  /** Of all in this group that apply, only the one that takes most is taken. */
  readonly bestOf?: string;
  /** Only in the first N cycles counted from the cycle that holds the acceptance date. */
  readonly cyclesFromAcceptance?: number;
  /** Only for the days of so many calendar months from the acceptance date on. */
  readonly monthsFromAcceptance?: number;
}

export type DiscountBase =
  | { readonly kind: 'fee'; readonly name: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'all charges' };

/** How a tax is rounded, and of what: of each line, or of the sum of all lines of one rate. */
export interface TaxRounding {
  readonly mode: RoundingMode;
  readonly per: 'line' | 'rate';
}

export interface TaxOutcome {
  readonly kind: 'tax';
  readonly percent: string;
  /** EN 16931 (UNCL 5305) category code: S, Z, E, AE, … */
  readonly category: string;
  /** Absent: half up, once for each rate on the sum of its lines. */
  readonly rounding?: TaxRounding;
  readonly note?: string;
}

/** What the customer may claim elsewhere for a line, told with the invoice. */
export interface AdvantageOutcome {
  readonly kind: 'advantage';
  readonly percent: string;
  readonly of: 'line.net';
  /** At most this much per customer and calendar year. */
  readonly cap?: { readonly amount: string; readonly currency: string };
  /** Where the customer can read more. */
  readonly see?: string;
  readonly sends: readonly Send[];
}

/** Words with the facts' values filled in: "Used {cycle.data}". */
export type Sentence = readonly (string | { readonly fact: string })[];

export interface AnomalyOutcome {
  readonly kind: 'anomaly';
  readonly action: 'hold' | 'flag' | 'reject';
  readonly object: 'event' | 'line' | 'invoice' | 'account';
  readonly severity: 'low' | 'medium' | 'high';
  readonly because: Sentence;
}

export interface SegmentOutcome {
  readonly kind: 'segment';
  /** What `customer is …` and `customer.segments` call it. */
  readonly segment: string;
}

export interface Send {
  /** Folder under `rules/messages/`. */
  readonly message: string;
  /** `customer` or a role, e.g. `sales manager`. */
  readonly to: readonly string[];
  /** `once per order`: a second message for the same subject is never queued. Absent: once per triggering event. */
  readonly oncePer?: 'customer' | 'order' | 'subscription' | 'invoice';
  /** What is picked for the customer when the message is sent, and shown in it. */
  readonly with?: SendWith;
  /** The only channel it may take; absent: as the recipient prefers. */
  readonly channel?: Channel;
  /** Levels of an escalation, in the order of time; days count from the first message. */
  readonly again?: readonly { readonly afterDays: number; readonly to: readonly string[] }[];
  /** The message asks the questions of its survey, by a link that is good for so many days. */
  readonly survey?: { readonly answerWithinDays: number };
}

export type Channel = 'email' | 'sms' | 'push' | 'post';

/** A message the rules can send; its templates stay files, pinned by hash. */
export interface MessageTemplate {
  readonly name: string;
  readonly purpose: 'service' | 'promotion';
  readonly sender: string;
  readonly languages: readonly string[];
  readonly channels: readonly Channel[];
  /** It asks why: the reasons that a customer can choose from. Questions and words stay in its `survey.json`. */
  readonly survey?: { readonly reasons: readonly string[] };
  readonly hash: string;
}

export type SendWith =
  /** Of the offers `for` this purpose that are valid then, the one worth most to the customer; none if none fits. */
  | { readonly kind: 'best offer'; readonly purpose: string }
  /** Links of a content catalogue. */
  | { readonly kind: 'content'; readonly content: string };

export interface OfferOutcome {
  readonly kind: 'offer';
  readonly give: Gift;
  /** Of all that fit one occasion in this group, a customer is given one: the one worth most, or the first in the text. */
  readonly oneOf?: { readonly group: string; readonly choose: 'best' | 'first' };
  /** Never together with another offer of the same customer, save those named; ids of rules. Absent: goes with all. */
  readonly alone?: { readonly beside: readonly string[] };
  readonly sends: readonly Send[];
}

export type Gift = Voucher | Benefit;

/** A code, which the customer uses or not. */
export interface Voucher extends GiftTerms {
  readonly kind: 'voucher';
  readonly take: Reduction;
  /** `this order`, `next invoice`, or `fee` with the fee's name. */
  readonly off: string;
  readonly fee?: string;
  readonly validDays: number;
}

/** What the customer's next bills take in by themselves. */
export type Benefit = GiftTerms &
  (
    | {
        readonly kind: 'bill discount';
        readonly take: Reduction;
        readonly off: Exclude<DiscountBase, { kind: 'service' }>;
        readonly cycles: number;
      }
    | { readonly kind: 'free fee'; readonly fee: string; readonly cycles: number }
    | { readonly kind: 'allowance'; readonly service: string; readonly quantity: number; readonly cycles: number }
  );

/** How much and how often is given; amounts are decimal texts. */
export interface GiftTerms {
  /** A voucher can be used, and the first bill of a benefit must begin, within so many days. */
  readonly validDays?: number;
  readonly perCustomer?: number;
  readonly inTotal?: number;
  /** All gifts of the offer together are worth at most this much. */
  readonly budget?: { readonly amount: string; readonly currency: string };
  /** One gift takes off at most this much. */
  readonly each?: { readonly amount: string; readonly currency: string };
  /** What the author says one is worth, where nothing else tells. */
  readonly worth?: { readonly amount: string; readonly currency: string };
}

/** Steps before or after a date, each once. */
export interface Schedule {
  /** A date fact, e.g. `subscription.renews_on`. */
  readonly date: string;
  readonly steps: readonly ScheduleStep[];
  /** Local hours in which a step may happen, minutes since midnight, half-open. */
  readonly between: { readonly from: number; readonly until: number };
  /** `customer`, or an IANA zone: whose days and hours they are. */
  readonly zone: string;
  readonly onWorkingDays: boolean;
  /** Sent at every step, beside what the step itself does. */
  readonly sends: readonly Send[];
}

export interface ScheduleStep {
  readonly count: number;
  readonly unit: 'day' | 'week' | 'month';
  readonly side: 'before' | 'after';
  /** Of months: what happens to a day that the shorter month does not have. Absent: `clamped`. */
  readonly monthEnd?: 'clamped' | 'rolling over';
  /** Absent: useless once the next step is due. */
  readonly uselessAfterDays?: number;
  readonly actions?: readonly ScheduleAction[];
}

export type ScheduleAction =
  | { readonly kind: 'send'; readonly send: Send }
  /** A line on the account's next bill. */
  | {
      readonly kind: 'fee';
      readonly amount: string;
      readonly currency: string;
      readonly title: string;
      readonly fiscalCategory?: string;
    }
  /** Of all subscriptions that the invoice is for. */
  | { readonly kind: 'suspend' };

export interface RemindOutcome extends Schedule {
  readonly kind: 'remind';
}

export interface DunningOutcome extends Schedule {
  readonly kind: 'dunning';
}

/** What `stop when` of a schedule matches; no content of its own. */
export interface StopOutcome {
  readonly kind: 'stop';
}

export interface NotifyOutcome {
  readonly kind: 'notify';
  readonly sends: readonly Send[];
}

export interface ContentOutcome {
  readonly kind: 'content';
  /** Name of the catalogue whose links it is about. */
  readonly content: string;
  /** What makes a link the better one; the first that tells two apart decides. */
  readonly rankBy: readonly RankCriterion[];
  /** At most this many go with a message. */
  readonly top: number;
  /** What the customer has been sent is not sent again. */
  readonly neverTwice: boolean;
  readonly inCustomerLanguage: boolean;
}

export type RankCriterion =
  /** More segments of the customer among the link's categories are better. */
  | { readonly kind: 'shared categories' }
  /** More alike is better; names of two text facts, the first one of the link. */
  | { readonly kind: 'likeness'; readonly of: string; readonly to: string };

/** The links of a `content` sentence. */
export interface Catalogue {
  readonly name: string;
  readonly file: string;
  /** SHA-256 of the canonical links. */
  readonly hash: string;
  /** Sorted by id. */
  readonly links: readonly Link[];
}

export interface Link {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** Segments of the customers whom it may interest. */
  readonly categories: readonly string[];
  /** ISO 639-1. */
  readonly languages: readonly string[];
  /** ISO dates, half-open, in the zone of the customer. */
  readonly from?: string;
  readonly until?: string;
  /** What it is about, to be compared with what is known of the customer. */
  readonly text: string;
}
