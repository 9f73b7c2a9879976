import type { Knex } from 'knex';
import type { EpochMs } from '../../engine/model.ts';
import type { FactValue, Scope } from '../../engine/rule-set.ts';
import { planTodaySql } from '../accounts/subscription-changes.ts';

/** What an event or reminder is about, as it stands in the books: the widest view that rules and templates get. */
export interface Subject {
  readonly customer: CustomerRow;
  readonly order?: OrderRow;
  readonly subscription?: SubscriptionRow;
  readonly invoice?: InvoiceRow;
  readonly payment?: PaymentRow;
  readonly account?: { readonly id: string /** IANA zone of its days and cycles. */; readonly zone: string };
}

/** Which rows make up a subject. One of them is enough: the others are found from it. */
export interface SubjectKeys {
  readonly customerId?: string;
  readonly orderId?: string;
  readonly subscriptionId?: string;
  readonly invoiceNumber?: string;
  readonly paymentId?: string;
}

export interface CustomerRow {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly country: string;
  readonly taxCountry: string;
  readonly vatId: string | null;
  readonly language: string;
  readonly zone: string;
  readonly hasAppAccount: boolean | null;
  readonly interests: readonly string[];
  readonly profile: string;
  readonly bought: readonly StoredItem[];
  readonly salesManager: string | null;
  readonly promotionConsent: boolean;
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** One thing ordered, as the books keep it; `price` is a decimal text. */
export interface StoredItem {
  readonly category: string;
  readonly price: string;
  readonly currency: string;
}

export interface OrderRow {
  readonly id: string;
  readonly customerId: string;
  readonly category: string;
  readonly value: string;
  readonly currency: string;
  readonly placedAt: EpochMs;
  readonly dueOn: string;
  readonly items: readonly Omit<StoredItem, 'currency'>[];
  /** Completed or cancelled. */
  readonly over: boolean;
  readonly trackingUrl: string | null;
}

export interface SubscriptionRow {
  readonly id: string;
  readonly accountId: string;
  readonly accountZone: string;
  readonly customerId: string;
  readonly plan: string;
  readonly msisdn: string;
  readonly payment: string;
  readonly acceptedOn: string;
  readonly activatedOn: string;
  readonly cancelledOn: string | null;
  readonly renewsOn: string | null;
  readonly paidUntil: string | null;
  readonly suspendedOn: string | null;
  readonly cancellationReason: string | null;
}

export interface InvoiceRow {
  readonly number: string;
  readonly accountId: string;
  readonly accountZone: string;
  readonly customerId: string;
  readonly runId: string | null;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly from: string;
  readonly until: string;
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  /** The total less what has been allocated to it: payments, credit notes, credit of the account. */
  readonly open: string;
  readonly disputed: boolean;
  /** Of one in mid-cycle: which subscription's usage came to which amount before tax. Null for the bill of a cycle. */
  readonly passed: readonly { readonly msisdn: string; readonly threshold: string }[] | null;
}

export interface PaymentRow {
  readonly id: string;
  readonly accountId: string;
  readonly accountZone: string;
  readonly customerId: string;
  readonly amount: string;
  readonly currency: string;
  readonly method: string;
  readonly invoiceNumber: string | null;
}

/**
 * Loads what an event is about.
 *
 * @throws Error when a row is not there: whoever calls has made sure that it is.
 */
export async function loadSubject(db: Knex, keys: SubjectKeys): Promise<Subject> {
  const subscription =
    keys.subscriptionId === undefined
      ? undefined
      : await one<SubscriptionRow>(db, subscriptionSql, keys.subscriptionId);
  const order = keys.orderId === undefined ? undefined : await one<OrderRow>(db, orderSql, keys.orderId);
  const payment = keys.paymentId === undefined ? undefined : await one<PaymentRow>(db, paymentSql, keys.paymentId);
  const number = keys.invoiceNumber ?? payment?.invoiceNumber ?? undefined;
  const invoice = number === undefined ? undefined : await one<InvoiceRow>(db, invoiceSql, number);
  const owner =
    keys.customerId ?? order?.customerId ?? subscription?.customerId ?? invoice?.customerId ?? payment?.customerId;
  const inAccount = subscription ?? invoice ?? payment;
  return {
    customer: await one<CustomerRow>(db, customerSql, owner ?? ''),
    ...(order && { order }),
    ...(subscription && { subscription }),
    ...(invoice && { invoice }),
    ...(payment && { payment }),
    ...(inAccount && accountOf(inAccount)),
  };
}

/** What steps are counted for. */
export type SubjectScope = 'subscription' | 'order' | 'invoice' | 'customer';

/** The keys of a subject that steps are counted for. */
export function subjectKeys(scope: SubjectScope | 'payment', id: string): SubjectKeys {
  switch (scope) {
    case 'payment':
      return { paymentId: id };
    case 'subscription':
      return { subscriptionId: id };
    case 'order':
      return { orderId: id };
    case 'invoice':
      return { invoiceNumber: id };
    case 'customer':
      return { customerId: id };
  }
}

/** The id by which a subject of a scope is known; undefined if it has none of the kind. */
export function subjectId(scope: Scope, subject: Subject): string | undefined {
  switch (scope) {
    case 'invoice':
      return subject.invoice?.number;
    case 'customer':
    case 'order':
    case 'subscription':
    case 'payment':
      return subject[scope]?.id;
    default:
      return undefined;
  }
}

/** Many subjects of one kind with their customers, by their ids; what is not in the books is left out. */
export async function loadSubjects(
  db: Knex,
  scope: SubjectScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Subject>> {
  if (scope === 'customer') {
    const { rows } = await db.raw<{ rows: CustomerRow[] }>(customerSql, [[...ids]]);
    return new Map(rows.map((customer) => [customer.id, { customer }]));
  }
  const found = await db.raw<{ rows: (SubscriptionRow | OrderRow | InvoiceRow)[] }>(sqlOf[scope], [[...ids]]);
  const { rows } = await db.raw<{ rows: CustomerRow[] }>(customerSql, [
    [...new Set(found.rows.map((row) => row.customerId))],
  ]);
  const customers = new Map(rows.map((customer) => [customer.id, customer]));
  return new Map(
    found.rows.flatMap((row) => {
      const customer = customers.get(row.customerId);
      if (customer === undefined) return [];
      const subject: Subject = { customer, [scope]: row, ...('accountId' in row && accountOf(row)) };
      return [[subjectId(scope, subject) ?? '', subject] as const];
    }),
  );
}

function accountOf(row: {
  readonly accountId: string;
  readonly accountZone: string;
}): Required<Pick<Subject, 'account'>> {
  return { account: { id: row.accountId, zone: row.accountZone } };
}

async function one<Row>(db: Knex, sql: string, key: string): Promise<Row> {
  const { rows } = await db.raw<{ rows: Row[] }>(sql, [[key]]);
  const row = rows[0];
  if (row === undefined) throw new Error(`Nothing in the books for ${key}`);
  return row;
}

/** A scalar query: everything in the orders of a customer that were not cancelled, as a list of `StoredItem`. */
export function boughtSql(customer: string): string {
  return `(select coalesce(jsonb_agg(i.item || jsonb_build_object('currency', o.currency) order by o.placed_at, o.order_id, i.place), '[]')
           from customer_order o cross join lateral jsonb_array_elements(o.items) with ordinality as i (item, place)
           where o.customer_id = ${customer} and o.cancelled_at is null)`;
}

const customerSql = `
  select customer_id as id, name, category, street, postcode, city, email, phone, country, tax_country as "taxCountry", vat_id as "vatId", language, zone,
         has_app_account as "hasAppAccount", interests, profile, sales_manager as "salesManager",
         promotion_consent as "promotionConsent", facts, ${boughtSql('customer.customer_id')} as bought
  from customer where customer_id = any(?)`;

const orderSql = `
  select order_id as id, customer_id as "customerId", category, value, currency,
         floor(extract(epoch from placed_at) * 1000)::bigint as "placedAt", due_on as "dueOn", items,
         coalesce(completed_at, cancelled_at) is not null as over, tracking_url as "trackingUrl"
  from customer_order where order_id = any(?)`;

const subscriptionSql = `
  select s.subscription_id as id, s.account_id as "accountId", a.zone as "accountZone", a.customer_id as "customerId",
         ${planTodaySql('a.zone')} as plan, s.msisdn, s.payment,
         s.accepted_on as "acceptedOn", s.activated_on as "activatedOn", s.cancelled_on as "cancelledOn",
         s.renews_on as "renewsOn", s.paid_until as "paidUntil",
         s.suspended_on as "suspendedOn", s.cancellation_reason as "cancellationReason"
  from subscription s join billing_account a using (account_id) where s.subscription_id = any(?)`;

const invoiceSql = `
  select i.number, i.account_id as "accountId", a.zone as "accountZone", i.customer_id as "customerId", i.run_id as "runId",
         i.issued_on as "issuedOn", i.due_on as "dueOn", i.period_from as "from", case when i.interim > 0 then i.bill->>'until' else i.period_until::text end as "until", i.currency,
         i.net, i.tax, i.total,
         (select o.open from open_invoice o where o.number = i.number) as open,
         exists (select from invoice_dispute d where d.invoice_number = i.number and d.settled_at is null) as disputed,
         (select jsonb_agg(jsonb_build_object('msisdn', s.msisdn, 'threshold', p.threshold::text) order by s.subscription_id)
          from passed_threshold p join subscription s using (subscription_id) where p.invoice_number = i.number) as passed
  from invoice i join billing_account a using (account_id) where i.number = any(?)`;

const paymentSql = `
  select p.payment_id as id, p.account_id as "accountId", a.zone as "accountZone", a.customer_id as "customerId",
         p.amount, p.currency, p.method, p.invoice_number as "invoiceNumber"
  from payment p join billing_account a using (account_id) where p.payment_id = any(?)`;

const sqlOf = { subscription: subscriptionSql, order: orderSql, invoice: invoiceSql } as const;
