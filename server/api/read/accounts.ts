import type { Knex } from 'knex';
import type { AccountChange } from '../../../engine/billing-account.ts';
import { readAccountChanges } from '../../accounts/account-changes.ts';
import { planTodaySql } from '../../accounts/subscription-changes.ts';
import { readCarriedCredit } from '../../receivables/carried-credit.ts';
import { allOf, containing, cursorOf, type Page, type PageQuery, pageOf, rowsWanted } from '../paging.ts';
import { type CreditNoteItem, listCreditNotes } from './corrections.ts';
import { type ExceptionView, listExceptions } from './exceptions.ts';
import { type InvoiceView, listInvoices } from './invoices.ts';

export interface AccountView {
  readonly id: string;
  readonly customerName: string;
  readonly category: string;
  readonly zone: string;
  readonly cycleDay: number;
  readonly plans: string[];
  readonly currency: string;
}

export interface AccountDetail extends AccountView {
  readonly openedOn: string;
  readonly closedOn: string | null;
  readonly customer: CustomerView;
  readonly subscriptions: SubscriptionView[];
  /** Of zone and cycle day, which are those before any change. */
  readonly changes: AccountChange[];
  readonly invoices: InvoiceView[];
  readonly creditNotes: CreditNoteItem[];
  readonly exceptions: ExceptionView[];
  /** Left of what the last bill carries forward, with tax; absent if nothing is. */
  readonly carriedForward?: { readonly amount: string; readonly canBePaidOut: boolean };
}

export interface CustomerView {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly country: string;
  readonly language: string;
  readonly zone: string;
  readonly hasAppAccount: boolean | null;
}

export interface SubscriptionView {
  readonly id: string;
  readonly plan: string;
  readonly msisdn: string;
  readonly payment: string;
  readonly acceptedOn: string;
  readonly activatedOn: string;
  readonly cancelledOn: string | null;
  readonly renewsOn: string | null;
}

/** By account id; the search looks into ids, names and phone numbers. */
export async function listAccounts(
  db: Knex,
  query: PageQuery & { readonly search?: string },
): Promise<Page<AccountView>> {
  const number = containing(query.search, ['s.msisdn']);
  const text = containing(query.search, ['a.account_id', 'a.customer_id', 'c.name']);
  const found = text &&
    number && {
      sql: `${text.sql} or exists (select from subscription s where s.account_id = a.account_id and (${number.sql}))`,
      values: [...text.values, ...number.values],
    };
  const after = cursorOf(query, 1);
  const page = allOf(found, after && { sql: 'a.account_id > ?', values: after });
  const { rows } = await db.raw<{ rows: AccountView[] }>(
    `select ${columns} ${from} ${page.sql} order by a.account_id limit ?`,
    [...page.values, rowsWanted(query)] as string[],
  );
  return pageOf(
    query,
    rows,
    (row) => row,
    (row) => [row.id],
  );
}

/** One account with its customer, subscriptions, latest invoices and credit notes, and open exceptions; absent if unknown. */
export async function readAccount(db: Knex, id: string): Promise<AccountDetail | undefined> {
  const [account, changes, subscriptions, invoices, creditNotes, exceptions] = await Promise.all([
    db.raw<{ rows: (AccountView & Pick<AccountDetail, 'openedOn' | 'closedOn' | 'customer'>)[] }>(
      `select ${columns}, a.opened_on as "openedOn", a.closed_on as "closedOn", ${customerColumn} as customer ${from} where a.account_id = ?`,
      [id],
    ),
    readAccountChanges(db, [id]),
    db.raw<{ rows: SubscriptionView[] }>(`${subscriptionSelect} where s.account_id = ? order by subscription_id`, [id]),
    listInvoices(db, { accountId: id, limit: 200 }),
    listCreditNotes(db, { accountId: id, limit: 200 }),
    listExceptions(db, { accountId: id, state: 'open', limit: 200 }),
  ]);
  const row = account.rows[0];
  if (row === undefined) return undefined;
  const carried = await readCarriedCredit(db, id, row.currency);
  return {
    ...row,
    changes: [...(changes.get(id)?.changes ?? [])],
    subscriptions: subscriptions.rows,
    invoices: invoices.items,
    creditNotes: creditNotes.items.map(({ note: _, ...item }) => item),
    exceptions: exceptions.items,
    ...(carried && { carriedForward: { amount: carried.total, canBePaidOut: carried.isFinal } }),
  };
}

const planToday = planTodaySql('a.zone');
const columns = `
  a.account_id as id, c.name as "customerName", c.category, a.zone, a.cycle_day as "cycleDay", a.currency,
  coalesce((select json_agg(distinct ${planToday} order by ${planToday}) from subscription s where s.account_id = a.account_id), '[]') as plans`;
const from = 'from billing_account a join customer c using (customer_id)';

const customerColumn = `json_build_object(
  'id', c.customer_id, 'name', c.name, 'category', c.category, 'email', c.email, 'phone', c.phone, 'street', c.street,
  'postcode', c.postcode, 'city', c.city, 'country', c.country, 'language', c.language, 'zone', c.zone, 'hasAppAccount', c.has_app_account)`;

const subscriptionSelect = `
  select subscription_id as id, ${planToday} as plan, msisdn, payment, accepted_on as "acceptedOn", activated_on as "activatedOn",
         cancelled_on as "cancelledOn", renews_on as "renewsOn"
  from subscription s join billing_account a using (account_id)`;
