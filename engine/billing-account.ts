/** A billing account as the bill cycle knows it, with what was changed of it in time. Dates are ISO texts. */

/** From a day on, the account's days are those of another zone, its cycles begin on another day, or both. */
export interface AccountChange {
  /** The first day counted in the new zone. A new cycle day waits for the end of the cycle that is running then. */
  readonly from: string;
  /** IANA zone. */
  readonly zone?: string;
  /** 1–31. */
  readonly cycleDay?: number;
  /**
   * The cycle that leads from the old cycle day to the new one: up to the next new cycle day, or on to the first that makes it
   * no shorter than the old cycle would have been. Absent: shorter.
   */
  readonly bridge?: 'shorter' | 'longer';
}

/** How an account counts its days and cycles. */
export interface AccountTimes {
  /** IANA zone in which the account's days and cycles begin, before any change. */
  readonly zone: string;
  /** 1–31, before any change; 29–31 are clamped to the month's last day. */
  readonly cycleDay: number;
  /** In order of time; none if absent. */
  readonly changes?: readonly AccountChange[];
}

export interface BillingAccount extends AccountTimes {
  readonly id: string;
  readonly currency: string;
  readonly openedOn: string;
  readonly closedOn?: string;
}
