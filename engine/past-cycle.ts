/** One past cycle of one subscription. Dates and amounts are texts, as in `model.ts`. */
export interface PastCycle {
  readonly subscriptionId: string;
  readonly from: string;
  readonly until: string;
  /** Usage by service in the service's base unit. */
  readonly usage: Readonly<Record<string, number>>;
  /** Number of events by service; absent where nobody counted them. */
  readonly events?: Readonly<Record<string, number>>;
  /** Charges before tax. */
  readonly charges: string;
}
