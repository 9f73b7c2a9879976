import type { Gift } from '../../engine/outcomes.ts';

/** What is given as a template shows it. */
export interface OfferWords {
  readonly title: string;
  /** `10 % off this order`, `Line rental free for 2 bills`. */
  readonly gift: string;
  /** Last day on which it can be used or begin, in the customer's zone; absent: no end. */
  readonly validUntil?: string;
  /** Of a voucher alone. */
  readonly code?: string;
}

/** A voucher as a template shows it. */
export interface VoucherWords {
  readonly code: string;
  /** `10 %` or `5.00 EUR`. */
  readonly take: string;
  readonly off: string;
  /** Last day on which it can be used, in the customer's zone. */
  readonly validUntil: string;
}

/** `10 %`, or the amount with its currency. */
export function takeInWords(take: Extract<Gift, { take: unknown }>['take']): string {
  return take.kind === 'percent' ? `${take.percent} %` : `${take.amount} ${take.currency}`;
}

/** What a gift is, in a few words. */
export function giftInWords(give: Gift): string {
  switch (give.kind) {
    case 'voucher':
      return `${takeInWords(give.take)} off ${give.fee ?? give.off}`;
    case 'bill discount':
      return `${takeInWords(give.take)} off ${give.off.kind === 'fee' ? give.off.name : 'the bill'}${forBills(give.cycles)}`;
    case 'free fee':
      return `${give.fee} free${forBills(give.cycles)}`;
    case 'allowance':
      return `${quantityInWords(give.quantity, give.service)} included${forBills(give.cycles)}`;
  }
}

function forBills(cycles: number): string {
  return cycles === 1 ? '' : ` for ${cycles} bills`;
}

/** Data in gigabytes, calls in minutes, messages by number. */
function quantityInWords(quantity: number, service: string): string {
  if (quantity % 1e9 === 0) return `${quantity / 1e9} GB of ${service}`;
  if (quantity % 60_000 === 0) return `${quantity / 60_000} min of ${service}`;
  return `${quantity} of ${service}`;
}
