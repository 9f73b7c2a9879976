import type { Knex } from 'knex';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import { firstDayOfEnd, noteCancellation } from '../accounts/backdated-changes.ts';
import type { InputFault } from '../input-faults.ts';
import { bookPayment } from '../receivables/book-payment.ts';
import { toTimestamp } from './engagement-deps.ts';
import type { CustomerData, EventData, OrderData } from './event-types.ts';
import type { SubjectKeys } from './subjects.ts';
import { reverseRedemptions } from './vouchers.ts';

/** What an event changed is what it is about; or the faults that kept it from changing anything. */
export type Effect = Happened | { readonly faults: readonly InputFault[] };

export interface Happened {
  readonly about: SubjectKeys;
  /** What messages about it read besides their subject. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Who tells of an event: somebody outside, or Ratebook itself, which has written it into the books. */
export type EventOrigin = 'outside' | 'inside';

/**
 * Writes into the books what an event says. Nothing else in the books follows from it; the rules decide the rest.
 *
 * @param at when it happened, by whoever tells it.
 */
export async function applyEvent(
  trx: Knex,
  event: EventData,
  at: EpochMs,
  origin: EventOrigin,
  now: EpochMs,
): Promise<Effect> {
  switch (event.name) {
    case 'customer acquired':
      await upsertCustomer(trx, event.data.customer);
      return event.data.order === undefined
        ? { about: { customerId: event.data.customer.id } }
        : placeOrder(trx, event.data.customer.id, event.data.order, at);
    case 'order placed':
      if (!(await has(trx, 'customer', { customer_id: event.data.customerId })))
        return missing('customerId', 'customer', event.data.customerId);
      return placeOrder(trx, event.data.customerId, event.data.order, at);
    case 'order shipped':
      return orderStep(trx, event.data, 'shipped_at', at, { tracking_url: event.data.trackingUrl });
    case 'order cancelled':
      return cancelOrder(trx, event.data, at);
    case 'order completed':
      return orderStep(trx, event.data, 'completed_at', at);
    case 'order overdue':
      return { about: { orderId: event.data.orderId } };
    case 'invoice issued':
      return { about: { invoiceNumber: event.data.invoiceNumber } };
    case 'invoice corrected':
      return ofCreditNote(trx, event.data.creditNoteNumber);
    case 'invoice disputed':
      return disputeInvoice(trx, event.data, at);
    case 'dispute settled':
      return settleDispute(trx, event.data, at);
    case 'payment received':
      return origin === 'inside'
        ? { about: { paymentId: event.data.paymentId } }
        : receivePayment(trx, event.data, at, now);
    case 'subscription renewed':
      return renewSubscription(trx, event.data);
    case 'subscription suspended':
      return suspendSubscription(trx, event.data, at);
    case 'subscription resumed':
      return changeSubscription(trx, event.data, { suspended_on: null });
    case 'survey answered':
      return changeSubscription(trx, event.data, { cancellation_reason: event.data.reason });
    case 'subscription cancelled':
      return cancelSubscription(trx, event.data, at);
  }
}

/** The note's own row says everything; who raises the event has seen that it is there. */
async function ofCreditNote(trx: Knex, number: string): Promise<Effect> {
  const row = await trx('credit_note')
    .where({ number })
    .first('number', 'corrects', 'currency', 'net', 'tax', 'total', { issuedOn: 'issued_on' });
  if (!row) return missing('creditNoteNumber', 'credit note', number);
  const { corrects, ...creditNote } = row;
  return { about: { invoiceNumber: corrects }, data: { creditNote } };
}

/** What an event does not say about a customer whom the books know stays as it is. */
async function upsertCustomer(trx: Knex, customer: CustomerData): Promise<void> {
  const said: Readonly<Record<string, unknown>> = {
    customer_id: customer.id,
    name: customer.name,
    category: customer.category,
    email: customer.email,
    phone: customer.phone,
    street: customer.street,
    postcode: customer.postcode,
    city: customer.city,
    country: customer.country,
    tax_country: customer.taxCountry ?? customer.country,
    vat_id: customer.vatId,
    language: customer.language,
    zone: customer.zone,
    has_app_account: customer.hasAppAccount,
    interests: customer.interests && JSON.stringify(customer.interests),
    profile: customer.profile,
    sales_manager: customer.salesManager,
    promotion_consent: customer.promotionConsent,
    facts: customer.facts && JSON.stringify(customer.facts),
  };
  const row = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const { customer_id, ...changes } = row;
  await trx('customer')
    .insert({ customer_id, ...changes })
    .onConflict('customer_id')
    .merge(changes);
}

async function placeOrder(trx: Knex, customerId: string, order: OrderData, at: EpochMs): Promise<Effect> {
  const known = await trx('customer_order')
    .where({ order_id: order.id })
    .forUpdate()
    .first<{ customer_id: string } | undefined>('customer_id');
  if (known !== undefined && known.customer_id !== customerId)
    return fault('order/id', `order ${order.id} belongs to another customer`);
  const details = {
    category: order.category ?? '',
    value: order.value ?? '0',
    currency: order.currency,
    due_on: order.dueOn,
    ...(order.items && { items: JSON.stringify(order.items) }),
  };
  await trx('customer_order')
    .insert({ order_id: order.id, customer_id: customerId, placed_at: order.placedAt ?? toTimestamp(at), ...details })
    .onConflict('order_id')
    .merge(details);
  return { about: { customerId, orderId: order.id } };
}

async function orderStep(
  trx: Knex,
  data: { orderId: string; at?: string },
  column: 'shipped_at' | 'cancelled_at' | 'completed_at',
  at: EpochMs,
  more: { readonly tracking_url?: string | undefined } = {},
): Promise<Effect> {
  const changed = await trx('customer_order')
    .where({ order_id: data.orderId })
    .update({ [column]: data.at ?? toTimestamp(at), ...(more.tracking_url !== undefined && more) });
  return changed === 0 ? missing('orderId', 'order', data.orderId) : { about: { orderId: data.orderId } };
}

/** What the order redeemed can be used again. */
async function cancelOrder(trx: Knex, data: { orderId: string; at?: string }, at: EpochMs): Promise<Effect> {
  await reverseRedemptions(trx, data.orderId, at);
  return orderStep(trx, data, 'cancelled_at', at);
}

async function receivePayment(
  trx: Knex,
  data: Extract<EventData, { name: 'payment received' }>['data'],
  at: EpochMs,
  now: EpochMs,
): Promise<Effect> {
  const account = await trx('billing_account').where({ account_id: data.accountId }).first('currency', 'zone');
  if (account === undefined) return missing('accountId', 'billing account', data.accountId);
  if (account.currency !== data.currency)
    return fault('currency', `account ${data.accountId} is kept in ${account.currency}`);
  if (
    data.invoiceNumber !== undefined &&
    !(await has(trx, 'invoice', { number: data.invoiceNumber, account_id: data.accountId }))
  ) {
    return missing('invoiceNumber', `invoice of account ${data.accountId}`, data.invoiceNumber);
  }
  const payment = {
    provider: '',
    id: data.paymentId,
    receivedOn: data.receivedOn ?? localDate(at, account.zone),
    amount: data.amount,
    currency: data.currency,
    method: data.method,
    accountId: data.accountId,
    ...(data.invoiceNumber !== undefined && { invoiceNumber: data.invoiceNumber }),
  };
  const booked = await bookPayment(trx, payment, localDate(now, account.zone));
  if (booked.kind === 'unfit') return fault(booked.field, booked.detail);
  return booked.kind === 'booked'
    ? { about: { paymentId: data.paymentId } }
    : fault('paymentId', `payment ${data.paymentId} is booked already`);
}

/** What is disputed again after it was settled is disputed. */
async function disputeInvoice(
  trx: Knex,
  { invoiceNumber, reason }: Extract<EventData, { name: 'invoice disputed' }>['data'],
  at: EpochMs,
): Promise<Effect> {
  if (!(await has(trx, 'invoice', { number: invoiceNumber })))
    return missing('invoiceNumber', 'invoice', invoiceNumber);
  const dispute = { disputed_at: toTimestamp(at), reason: reason ?? '', settled_at: null };
  await trx('invoice_dispute')
    .insert({ invoice_number: invoiceNumber, ...dispute })
    .onConflict('invoice_number')
    .merge(dispute);
  return { about: { invoiceNumber } };
}

async function settleDispute(trx: Knex, { invoiceNumber }: { invoiceNumber: string }, at: EpochMs): Promise<Effect> {
  const changed = await trx('invoice_dispute')
    .where({ invoice_number: invoiceNumber, settled_at: null })
    // Clocks of two senders need not agree: a dispute does not end before it began.
    .update({ settled_at: trx.raw('greatest(disputed_at, ?::timestamptz)', [toTimestamp(at)]) });
  return changed === 0
    ? fault('invoiceNumber', `invoice ${invoiceNumber} is not disputed`)
    : { about: { invoiceNumber } };
}

function renewSubscription(
  trx: Knex,
  data: Extract<EventData, { name: 'subscription renewed' }>['data'],
): Promise<Effect> {
  const { paidUntil, renewsOn } = data;
  return changeSubscription(trx, data, {
    paid_until: paidUntil,
    ...(renewsOn !== undefined && { renews_on: renewsOn }),
  });
}

async function changeSubscription(
  trx: Knex,
  data: { readonly subscriptionId: string },
  changes: Readonly<Record<string, string | null>>,
): Promise<Effect> {
  const changed = await trx('subscription').where({ subscription_id: data.subscriptionId }).update(changes);
  return changed === 0
    ? missing('subscriptionId', 'subscription', data.subscriptionId)
    : { about: { subscriptionId: data.subscriptionId } };
}

/** On the account's own day. */
async function suspendSubscription(trx: Knex, data: { readonly subscriptionId: string }, at: EpochMs): Promise<Effect> {
  const today = await dayOf(trx, data.subscriptionId, at);
  return changeSubscription(trx, data, { suspended_on: today ?? null });
}

/** On the day that was said, or on the account's own day. One that is billed already is written down, and the bills are corrected. */
async function cancelSubscription(
  trx: Knex,
  data: Extract<EventData, { name: 'subscription cancelled' }>['data'],
  at: EpochMs,
): Promise<Effect> {
  const today = await dayOf(trx, data.subscriptionId, at);
  if (today === undefined) return missing('subscriptionId', 'subscription', data.subscriptionId);
  const cancelledOn = data.cancelledOn ?? today;
  const first = await firstDayOfEnd(trx, data.subscriptionId, today);
  if (first !== undefined && cancelledOn < first)
    return fault(
      'cancelledOn',
      `subscription ${data.subscriptionId} can end on ${first} at the earliest: say that day or a later one`,
    );
  await noteCancellation(trx, data.subscriptionId, cancelledOn, { why: data.reason ?? '', on: today });
  return changeSubscription(trx, data, { cancelled_on: cancelledOn });
}

/** Undefined for an unknown subscription. */
async function dayOf(trx: Knex, subscriptionId: string, at: EpochMs): Promise<LocalDate | undefined> {
  const { rows } = await trx.raw<{ rows: { zone: string }[] }>(
    'select a.zone from subscription s join billing_account a using (account_id) where s.subscription_id = ?',
    [subscriptionId],
  );
  return rows[0] && localDate(at, rows[0].zone);
}

function missing(field: string, what: string, id: string): Effect {
  return fault(field, `no ${what} ${id} is known; send what creates it first`);
}

function fault(field: string, detail: string): Effect {
  return { faults: [{ pointer: `#/data/${field}`, detail }] };
}

async function has(trx: Knex, table: string, key: Readonly<Record<string, string>>): Promise<boolean> {
  return (await trx(table).where(key).first(trx.raw('1'))) !== undefined;
}
