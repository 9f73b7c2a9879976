/** What issued bills leave in the books for later ones, beside balances and credit. Dates and amounts are texts, as in `model.ts`. */

/** What invoices issued this calendar year have told the customer of one advantage. */
export interface ToldAdvantage {
  /** Id of the advantage rule. */
  readonly rule: string;
  readonly amount: string;
}

/** What the bill of one past cycle counts towards a commitment. */
export interface CommittedCycle {
  /** Id of the commitment: `acme.commitment.charges`. */
  readonly commitment: string;
  readonly from: string;
  readonly until: string;
  /** Before discounts and tax. */
  readonly charged: string;
}

/** What an invoice owed a subscription and could not give back, before tax; positive. An invoice leaves one a tax group. */
export interface CreditBalance {
  readonly subscriptionId: string;
  readonly taxCategory: string;
  readonly taxPercent: string;
  readonly amount: string;
}
