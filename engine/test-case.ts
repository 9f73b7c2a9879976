/** A `test` block of a rules file, compiled: facts given, outcomes expected. Run by `scenario.ts`. */
import type { ToldAdvantage } from './carried.ts';
import type { UsageEvent } from './model.ts';
import type { GiftTerms, Reduction } from './outcomes.ts';
import type { PastCycle } from './past-cycle.ts';
import type { PrepaidCredit } from './prepaid-credit.ts';
import type { FactValue, SourceLocation } from './rule-set.ts';

export interface TestCase {
  readonly name: string;
  readonly at: SourceLocation;
  readonly given: TestSetting;
  readonly expect: readonly Expectation[];
}

export interface TestSetting {
  readonly plan?: string;
  /** Whose customer it is about; the plan is that of the contract. */
  readonly contract?: string;
  /** How many lines of the plan the account has; one if nothing is said. */
  readonly lines?: number;
  /** Left over by the cycle before, of the plan's allowance for the service. */
  readonly balances?: readonly { readonly service: string; readonly remaining: number }[];
  /** Charged towards the commitments of a contract by the cycle before. */
  readonly committed?: readonly { readonly contract: string; readonly charged: string }[];
  /** Topped up or given; from the beginning of the cycle if nothing else is said. */
  readonly prepaid?: readonly {
    readonly kind: PrepaidCredit['kind'];
    readonly amount: string;
    readonly validFrom?: number;
  }[];
  /** The clock: epoch ms. Defaults to the cycle's last instant. */
  readonly now?: number;
  readonly zone?: string;
  /** Facts said outright (`customer.country is FR`), by fact name, in base units; null says `is missing`. */
  readonly facts: Readonly<Record<string, FactValue | null>>;
  /** `line` is the number of the line that used it, from 1. */
  readonly usage: readonly (Omit<UsageEvent, 'msisdn'> & { readonly line?: number })[];
  readonly history: readonly Omit<PastCycle, 'subscriptionId'>[];
  /** What invoices of this year have told already. */
  readonly told?: readonly ToldAdvantage[];
  /** A business event that happens: `customer acquired`. */
  readonly event?: string;
}

/** `no: true` expects that it does not happen. Amounts are decimal texts, exact. */
export type Expectation = { readonly at: SourceLocation; readonly no?: true } & (
  | { readonly kind: 'price'; readonly amount: string; readonly rule?: string }
  | { readonly kind: 'charge'; readonly amount: string; readonly allowanceOf?: string; readonly rule?: string }
  | { readonly kind: 'line'; readonly title: string; readonly amount?: string }
  | { readonly kind: 'invoice total' | 'credit left' | 'to pay'; readonly amount: string }
  | { readonly kind: 'tax'; readonly amount?: string; readonly rule?: string }
  | { readonly kind: 'discount' | 'advantage'; readonly rule?: string; readonly amount?: string }
  | { readonly kind: 'anomaly'; readonly rule?: string }
  | {
      readonly kind: 'message';
      readonly message?: string;
      readonly to?: string /** local time it is due, ISO without zone */;
      readonly dueAt?: string;
      readonly channel?: string;
      readonly isSurvey?: true;
      readonly answerWithinDays?: number;
    }
  /** Links by their ids, in this order, others between them or not; without any: any link at all. */
  | { readonly kind: 'content'; readonly links: readonly string[] }
  /** Any gift; a voucher is one, too. Without a rule: any offer at all. */
  | { readonly kind: 'offer' | 'voucher'; readonly rule?: string; readonly gives?: ExpectedGift }
  /** Without a name: any segment at all. */
  | { readonly kind: 'segment'; readonly segment?: string }
  /** Charged by a step, outside any plan. */
  | { readonly kind: 'one-off fee'; readonly title: string; readonly amount?: string }
  | { readonly kind: 'suspension' }
);

/** What a gift must be like, as far as the test says so. */
export interface ExpectedGift extends GiftTerms {
  readonly take?: Reduction;
  readonly service?: string;
  readonly quantity?: number;
}
