/** Writes customers, accounts and subscriptions with the columns of their tables. */
import { join } from 'node:path';
import { checkDigits } from '../bank-identifiers.ts';
import type { SampleAccount, SampleCustomer, SampleSubscription } from './company.ts';
import { type Cell, openCsv } from './csv.ts';
import { type DayNumber, isoDate } from './dates.ts';

/** Writes `customers.csv`, `accounts.csv`, `subscriptions.csv` and `payment-instruments.csv`. */
export function writeMasterData(folder: string, company: readonly SampleAccount[]): void {
  const owned = company.flatMap((account) => account.subscriptions.map((subscription) => ({ account, subscription })));
  writeTable(
    join(folder, 'customers.csv'),
    customerColumns,
    company.map(({ customer }) => customer),
  );
  writeTable(join(folder, 'accounts.csv'), accountColumns, company);
  writeTable(join(folder, 'subscriptions.csv'), subscriptionColumns, owned);
  writeTable(join(folder, 'payment-instruments.csv'), instrumentColumns, company.filter(isCharged));
}

type Columns<T> = Readonly<Record<string, (row: T) => Cell>>;

const customerColumns: Columns<SampleCustomer> = {
  customer_id: (it) => it.id,
  name: (it) => it.name,
  category: (it) => it.category,
  email: (it) => it.email,
  phone: (it) => it.phone,
  street: (it) => it.street,
  postcode: (it) => it.postcode,
  city: (it) => it.city,
  country: (it) => it.country,
  tax_country: (it) => it.taxCountry,
  vat_id: (it) => it.vatId,
  language: (it) => it.language,
  zone: (it) => it.zone,
  has_app_account: (it) => it.hasAppAccount,
  interests: (it) => JSON.stringify(it.interests),
  profile: (it) => it.profile,
  sales_manager: (it) => it.salesManager,
  promotion_consent: (it) => it.promotionConsent,
  facts: () => '{}',
};

const accountColumns: Columns<SampleAccount> = {
  account_id: (it) => it.id,
  customer_id: (it) => it.customer.id,
  legal_entity: () => 'NM-DE',
  currency: () => 'EUR',
  zone: (it) => it.customer.zone,
  cycle_day: (it) => it.cycleDay,
  payment_terms_days: () => 14,
  opened_on: (it) => isoDate(it.openedOn),
  closed_on: () => null,
};

const subscriptionColumns: Columns<{ readonly account: SampleAccount; readonly subscription: SampleSubscription }> = {
  subscription_id: (it) => it.subscription.id,
  account_id: (it) => it.account.id,
  plan: (it) => it.subscription.plan,
  msisdn: (it) => it.subscription.msisdn,
  payment: (it) => it.subscription.payment,
  accepted_on: (it) => date(it.subscription.acceptedOn),
  activated_on: (it) => date(it.subscription.activatedOn),
  cancelled_on: (it) => date(it.subscription.cancelledOn),
  renews_on: (it) => date(it.subscription.renewsOn),
  paid_until: (it) => date(it.subscription.paidUntil),
};

/** What is charged to an account or a card; mandate and numbers follow from the account's, so that nothing else is drawn. */
const instrumentColumns: Columns<SampleAccount> = {
  account_id: (it) => it.id,
  kind: (it) => paymentOf(it),
  mandate: (it) => (isDebit(it) ? `NM-${it.id}-1` : null),
  iban: (it) => (isDebit(it) ? ibanOf(it) : null),
  signed_on: (it) => (isDebit(it) ? isoDate(it.openedOn) : null),
  card_network: (it) => (isDebit(it) ? null : numberOf(it) % 3 === 0 ? 'Mastercard' : 'Visa'),
  card_last_digits: (it) => (isDebit(it) ? null : String((numberOf(it) * 7919) % 10_000).padStart(4, '0')),
};

function paymentOf({ subscriptions }: SampleAccount): SampleSubscription['payment'] {
  return subscriptions[0]?.payment ?? 'manual';
}

function isCharged(account: SampleAccount): boolean {
  return paymentOf(account) !== 'manual';
}

function isDebit(account: SampleAccount): boolean {
  return paymentOf(account) === 'direct debit';
}

function numberOf({ id }: SampleAccount): number {
  return Number(id.replace(/\D/g, ''));
}

/** Of a German bank code that is given out for examples. */
function ibanOf(account: SampleAccount): string {
  const bban = `50010517${String(5_000_000_000 + numberOf(account)).padStart(10, '0')}`;
  return `DE${checkDigits('DE', bban)}${bban}`;
}

function writeTable<T>(path: string, columns: Columns<T>, rows: readonly T[]): void {
  const file = openCsv(path, Object.keys(columns));
  const cells = Object.values(columns);
  for (const row of rows) file.row(cells.map((cell) => cell(row)));
  file.end();
}

function date(day: DayNumber | null): string | null {
  return day === null ? null : isoDate(day);
}
