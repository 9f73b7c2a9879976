/** What changes in a subscription's life between activation and cancellation. Types only; dates are ISO texts. */

export interface PlanChange {
  /** The first day on the new plan. */
  readonly from: string;
  readonly plan: string;
}

/** Half-open; without an end the service has not been resumed. */
export interface Pause {
  readonly from: string;
  readonly until?: string;
}
