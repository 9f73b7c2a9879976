/** What an offer gave, as the bill that takes it in sees it; types only. */
import type { DiscountOutcome, Reduction } from './outcomes.ts';
import type { SourceLocation } from './rule-set.ts';

/** Of an offer to the bill of one cycle; a subscription has at most one of an offer. */
export type GrantedBenefit = {
  readonly id: string;
  readonly subscriptionId: string;
  /** The offer's rule, and where it stands. */
  readonly rule: string;
  readonly at: SourceLocation;
  /** What the customer reads. */
  readonly title: string;
} & (
  | {
      readonly kind: 'discount';
      readonly take: Reduction;
      readonly off: Exclude<DiscountOutcome['off'], { readonly kind: 'service' }>;
      readonly cap?: { readonly amount: string; readonly currency: string };
    }
  | { readonly kind: 'allowance'; readonly service: string; readonly quantity: number }
);
