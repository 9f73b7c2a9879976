import type { Knex } from 'knex';
import { evaluateCycle } from '../../engine/cycle.ts';
import type {
  AccountCycle,
  Amount,
  Bill,
  BillLine,
  CycleEvaluation,
  ExactAmount,
  UsageEvent,
} from '../../engine/model.ts';
import { add, compare, formatExact, parseExact, type Rational, zero } from '../../engine/money.ts';
import { eventKey } from '../../engine/usage.ts';
import { findInvoicedCycle, findOwnInvoice } from '../bill-run/find-cycle.ts';
import { loadReleasedRuleSet } from '../rules/released-rule-set.ts';
import { decimalText } from './en16931/amounts.ts';

/** The usage behind an invoice, event by event, as it was billed: Σ items of a line = the line before rounding. */
export interface Itemisation {
  readonly number: string;
  readonly currency: string;
  /** IANA zone in which the times of the invoice are meant. */
  readonly zone: string;
  readonly lines: readonly ItemisedLine[];
}

export interface ItemisedLine {
  readonly lineId: string;
  readonly subscriptionId: string;
  readonly service: string;
  readonly title: string;
  /** Rounded, as on the invoice. */
  readonly amount: Amount;
  readonly exact: ExactAmount;
  readonly items: readonly Item[];
}

export interface Item {
  /** With the offset of the zone. */
  readonly startAt: string;
  readonly direction: UsageEvent['direction'];
  /** Of the other side, its last digits hidden; empty for data. */
  readonly otherNumber: string;
  /** PLMN of the network used. */
  readonly network: string;
  /** Charged, in the service's base unit: milliseconds, bytes, messages. */
  readonly quantity: number;
  /** What it adds besides the price of usage: the fee of a tier, a minimum. */
  readonly part?: string;
  /** To six decimals. */
  readonly amount: Amount;
  readonly exact: ExactAmount;
}

/** Why an invoice cannot be itemised; the message says it. */
export class NotItemisable extends Error {}

/**
 * Rates the cycle of an issued invoice once more, by its own rule set and with the very usage that was there, and holds the result to
 * the bill: what does not add up to its lines is not shown.
 *
 * @param hiddenDigits so many of the last digits of other people's numbers are hidden.
 * @throws NotItemisable for an invoice of the predecessor system, or one whose usage is no longer kept.
 */
export async function readItemisation(db: Knex, number: string, hiddenDigits: number): Promise<Itemisation> {
  const invoice = await findOwnInvoice(db, number);
  if (!invoice) throw new NotItemisable(`${number} was not made by a bill run of ours: its usage is not in the books`);
  const rules = await loadReleasedRuleSet(db, invoice.rule_set);
  const cycle = await findInvoicedCycle(db, invoice);
  if (!cycle) throw new NotItemisable(`The cycle of ${number} is no longer in the books`);
  return itemise(number, cycle, evaluateCycle(cycle, rules), invoice.bill, hiddenDigits);
}

/** @throws NotItemisable where the evaluation does not give the lines of the bill. */
export function itemise(
  number: string,
  { usage, account: { zone } }: AccountCycle,
  { trace }: Pick<CycleEvaluation, 'trace'>,
  bill: Bill,
  hiddenDigits: number,
): Itemisation {
  const events = new Map(usage.map((event) => [eventKey(event), event]));
  const timeOf = timeIn(zone);
  const items = new Map<string, { readonly items: Item[]; sum: Rational }>();
  for (const portion of trace) {
    const event = events.get(portion.eventId);
    if (!event) throw new Error(`The trace of ${number} names an event ${portion.eventId} that is not in its cycle`);
    const line = items.get(portion.lineId) ?? { items: [], sum: zero };
    line.sum = add(line.sum, parseExact(portion.exact));
    line.items.push({
      startAt: timeOf(portion.startAt),
      direction: event.direction,
      otherNumber: hidden(event.direction === 'outgoing' ? event.calledNumber : event.callingNumber, hiddenDigits),
      network: event.visitedNetwork,
      quantity: portion.quantity,
      ...(portion.part !== undefined && { part: portion.part }),
      amount: decimalText(parseExact(portion.exact), 6),
      exact: portion.exact,
    });
    items.set(portion.lineId, line);
  }
  const lines = bill.lines.filter(({ kind }) => kind === 'usage' || kind === 'included usage');
  return {
    number,
    currency: bill.currency,
    zone,
    lines: lines.map((line) => itemisedLine(line, items.get(line.id), number)),
  };
}

function itemisedLine(
  { id, subscriptionId, service = '', title, amount, exact }: BillLine,
  found: { readonly items: readonly Item[]; readonly sum: Rational } | undefined,
  number: string,
): ItemisedLine {
  if (!found || compare(found.sum, parseExact(exact)) !== 0)
    throw new NotItemisable(
      `The usage kept of ${number} adds up to ${formatExact(found?.sum ?? zero)} for "${title}", which was billed with ${exact}`,
    );
  return { lineId: id, subscriptionId, service, title, amount, exact, items: found.items };
}

/** `+49301234567` with three digits hidden is `+49301234xxx`; a short number is hidden whole. */
export function hidden(number: string, digits: number): string {
  const count = Math.min(digits, number.replace('+', '').length);
  return count === 0 ? number : `${number.slice(0, -count)}${'x'.repeat(count)}`;
}

/** RFC 3339 with the offset that the zone has at the instant. */
function timeIn(zone: string): (at: number) => string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const offset = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (at) => {
    const name = offset.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    const shift = name === 'GMT' ? 'Z' : name.replace('GMT', '');
    return `${parts.format(at).replace(' ', 'T')}${shift}`;
  };
}
