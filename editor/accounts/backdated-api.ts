/** What the API says about changes that reach back into billed cycles. */
import { request } from '../api.ts';

export type BackdatedChange =
  | { readonly kind: 'plan change'; readonly from: string; readonly plan: string }
  | { readonly kind: 'pause'; readonly from: string; readonly until?: string }
  | { readonly kind: 'cancellation' | 'activation'; readonly on: string }
  | { readonly kind: 'plan change taken back' | 'pause taken back'; readonly from: string }
  | { readonly kind: 'cancellation taken back' };

export interface WrittenChange {
  readonly from: string;
  readonly change: BackdatedChange;
  readonly knownOn: string;
  /** Null: a business event told of it. */
  readonly by: string | null;
  readonly why: string;
}

interface Sums {
  readonly total: string;
}

export interface CorrectedInvoice {
  readonly invoice: string;
  readonly currency: string;
  readonly before: Sums;
  readonly after: Sums;
  readonly difference: Sums;
  /** What is the matter with it that was not before. */
  readonly exceptions: readonly string[];
}

export const getBackdated = (subscriptionId: string, signal?: AbortSignal) =>
  request<readonly WrittenChange[]>(pathOf(subscriptionId), { signal });

/** Without `apply` nothing is stored. */
export const postBackdated = (
  subscriptionId: string,
  change: BackdatedChange,
  apply?: { readonly by: string; readonly why: string },
) =>
  request<{ readonly invoices: readonly CorrectedInvoice[] }>(pathOf(subscriptionId), {
    method: 'POST',
    body: { changes: [change], ...(apply && { apply }) },
  });

const pathOf = (subscriptionId: string) => `/v1/subscriptions/${encodeURIComponent(subscriptionId)}/backdated-changes`;
