/** Fees as plans and contracts state them. Amounts are decimal texts in the currency of the plan. */

export interface Fee {
  /** `flex.fee.line-rental`. */
  readonly id: string;
  readonly name: string;
  readonly amount: string;
  readonly interval: FeeInterval;
  /** So many intervals together are one period: `every 2 weeks`. Absent: one. */
  readonly every?: number;
  /** Absent for a fee that is due once: it comes with the bill of the cycle in which service begins. */
  readonly due?: 'in advance' | 'in arrears';
  readonly prorated: 'by day' | 'by second' | 'never';
  /** The price of the periods that begin in the first cycles, counted from the one in which service begins. */
  readonly promotion?: { readonly amount: string; readonly cycles: number };
  readonly fiscalCategory?: string;
  /** Only for subscriptions accepted on this day or later. */
  readonly subscriptionsFrom?: string;
  readonly renamedFrom?: string;
  readonly at: { readonly file: string; readonly line: number };
}

/** Days and weeks are counted from the day of activation; everything longer is made of billing months. */
export type FeeInterval = 'once' | 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly';
