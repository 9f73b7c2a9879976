/** Writes customers, accounts and subscriptions with the columns of their tables. */
import { join } from 'node:path';
import type { SampleAccount } from './company.ts';
import { openCsv } from './csv.ts';
import { type DayNumber, isoDate } from './dates.ts';

/** Writes `customers.csv`, `accounts.csv` and `subscriptions.csv`. */
export function writeMasterData(folder: string, company: readonly SampleAccount[]): void {
  const customers = openCsv(join(folder, 'customers.csv'), [
    'customer_id',
    'name',
    'category',
    'email',
    'phone',
    'street',
    'postcode',
    'city',
    'country',
    'tax_country',
    'vat_id',
    'language',
    'zone',
    'has_app_account',
    'interests',
    'profile',
    'sales_manager',
    'promotion_consent',
    'facts',
  ]);
  const accounts = openCsv(join(folder, 'accounts.csv'), [
    'account_id',
    'customer_id',
    'legal_entity',
    'currency',
    'zone',
    'cycle_day',
    'payment_terms_days',
    'opened_on',
    'closed_on',
  ]);
  const subscriptions = openCsv(join(folder, 'subscriptions.csv'), [
    'subscription_id',
    'account_id',
    'plan',
    'msisdn',
    'payment',
    'accepted_on',
    'activated_on',
    'cancelled_on',
    'renews_on',
    'paid_until',
  ]);
  for (const account of company) {
    const { customer } = account;
    customers.row([
      customer.id,
      customer.name,
      customer.category,
      customer.email,
      customer.phone,
      customer.street,
      customer.postcode,
      customer.city,
      customer.country,
      customer.taxCountry,
      customer.vatId,
      customer.language,
      customer.zone,
      customer.hasAppAccount,
      JSON.stringify(customer.interests),
      customer.profile,
      customer.salesManager,
      customer.promotionConsent,
      '{}',
    ]);
    accounts.row([
      account.id,
      customer.id,
      'NM-DE',
      'EUR',
      customer.zone,
      account.cycleDay,
      14,
      isoDate(account.openedOn),
      null,
    ]);
    for (const it of account.subscriptions) {
      subscriptions.row([
        it.id,
        account.id,
        it.plan,
        it.msisdn,
        it.payment,
        isoDate(it.acceptedOn),
        isoDate(it.activatedOn),
        date(it.cancelledOn),
        date(it.renewsOn),
        date(it.paidUntil),
      ]);
    }
  }
  for (const file of [customers, accounts, subscriptions]) file.end();
}

function date(day: DayNumber | null): string | null {
  return day === null ? null : isoDate(day);
}
