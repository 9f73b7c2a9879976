import type { LocalDate } from '../../engine/model.ts';
import { compare, minorUnits, parseDecimal, roundToMinor } from '../../engine/money.ts';
import { addDays } from '../../engine/period.ts';

export type PaymentMethod = 'manual' | 'direct debit' | 'card';

/** Money that came in, as whoever took it tells it. */
export interface IncomingPayment {
  /** The payment provider or bank that tells it; empty for a business event. */
  readonly provider: string;
  /** Unique with the provider for ever: told again it is the same payment. */
  readonly id: string;
  readonly receivedOn: LocalDate;
  /** Decimal text above zero. */
  readonly amount: string;
  readonly currency: string;
  readonly method: PaymentMethod;
  /** What the sender knows of whose it is. */
  readonly accountId?: string;
  readonly invoiceNumber?: string;
  readonly payerName?: string;
  readonly payerIban?: string;
  /** Structured references: the creditor's reference (ISO 11649 or the number itself), the end-to-end id. */
  readonly references?: readonly string[];
  /** Free text of the payer. */
  readonly remittance?: string;
  readonly bankReference?: string;
  readonly statement?: { readonly iban: string; readonly id: string };
}

/** How a payment found its account, in the order in which it is tried. `person` is an assignment by hand. */
export type MatchRule = 'sender' | 'reference' | 'text' | 'typing' | 'account' | 'iban' | 'amount' | 'person';

export type Match =
  | {
      readonly kind: 'matched';
      readonly accountId: string;
      /** The invoices that it is for, in their order; the rest of the money goes by due day. */
      readonly invoices: readonly string[];
      readonly by: MatchRule;
      readonly because: string;
    }
  | { readonly kind: 'unmatched'; readonly code: 'unknown-payment' | 'payment-currency'; readonly because: string }
  /** The sender names an account and an invoice of another one. */
  | { readonly kind: 'contradiction'; readonly detail: string };

/** The key of a payment in the books: provider and id. */
export function paymentKey({ provider, id }: Pick<IncomingPayment, 'provider' | 'id'>): string {
  return provider === '' ? id : `${provider}:${id}`;
}

/** How a payment's references are kept. */
export function joinReferences(references: readonly string[] = []): string {
  return references.join(' / ');
}

/** Why so much cannot be paid, in words; undefined if it can: more than nothing, and no finer than the currency is paid in. */
export function amountFault(amount: string, currency: string): string | undefined {
  if (parseDecimal(amount).n <= 0n) return 'must be more than nothing';
  const digits = minorUnits(currency);
  return isPayable(amount, currency)
    ? undefined
    : `must have no more than ${digits} digits after the point in ${currency}`;
}

export function isPayable(amount: string, currency: string): boolean {
  return compare(parseDecimal(roundToMinor(parseDecimal(amount), currency, 'down')), parseDecimal(amount)) === 0;
}

/** Why no money can have moved on a day, in words; undefined if it can. Where it is tomorrow already, it can be a day ahead. */
export function dayFault(day: LocalDate, today: LocalDate): string | undefined {
  return day > addDays(today, 1) ? 'lies in the future' : undefined;
}
