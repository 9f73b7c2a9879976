/** What the API says about corrections of invoices. */
import type { CorrectionCharge } from '../../engine/correction-charge.ts';
import type { CreditNote } from '../../engine/credit-note.ts';
import type { Bill } from '../../engine/model.ts';
import { request } from '../api.ts';

/** What has corrected an invoice since it was issued. */
export interface InvoiceCorrections {
  readonly creditNotes: readonly {
    readonly number: string;
    readonly issuedOn: string;
    readonly currency: string;
    readonly total: string;
    readonly note: CreditNote;
  }[];
  readonly corrections: readonly InvoiceCorrection[];
}

export interface InvoiceCorrection {
  readonly issuedOn: string;
  readonly reason: string;
  readonly request: { readonly by: string; readonly why: string } | null;
  readonly before: Bill;
  readonly after: Bill;
  readonly charges: readonly CorrectionCharge[];
  /** Null while what is owed more waits for the next invoice. */
  readonly chargedOn: string | null;
}

export const getInvoiceCorrections = (number: string, signal?: AbortSignal) =>
  request<InvoiceCorrections>(`/v1/invoices/${encodeURIComponent(number)}/corrections`, { signal });
