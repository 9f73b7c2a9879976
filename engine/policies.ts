/** What a plan says where billing systems differ. Types and defaults only. */

/** Absent: the default, which stands in `defaultPolicies`. */
export interface Policies {
  /** Whether fees are due for the day on which a subscription is cancelled. */
  readonly cancellationDay?: 'free' | 'billed';
  /** Whose fees are due for the day on which a subscription leaves this plan for another one. */
  readonly planChangeDay?: 'new plan' | 'old plan';
  /** Whether what comes exactly to the bound of a tier belongs to the tier below it or to the one above. */
  readonly tierBound?: 'lower tier' | 'higher tier';
  /** Whether the flat fee of the first tier is due without any usage. */
  readonly firstTierFee?: 'with usage' | 'always';
  /** What becomes of usage that comes when the cycle in which it started has been billed. */
  readonly lateUsage?: LateUsagePolicy;
}

export interface LateUsagePolicy {
  /** Its own cycle bills it by a correction; the next one, at the price of its time. */
  readonly billedBy: 'own cycle' | 'next cycle';
  /** What started in an earlier cycle than so many before the open one is not billed; all is, if absent. */
  readonly withinCycles?: number;
}

export const defaultPolicies: { readonly [K in keyof Policies]-?: NonNullable<Policies[K]> } = {
  cancellationDay: 'free',
  planChangeDay: 'new plan',
  tierBound: 'lower tier',
  firstTierFee: 'with usage',
  lateUsage: { billedBy: 'own cycle' },
};

export function policyOf<K extends keyof Policies>(
  plan: { readonly policies?: Policies } | undefined,
  name: K,
): NonNullable<Policies[K]> {
  return plan?.policies?.[name] ?? defaultPolicies[name];
}
