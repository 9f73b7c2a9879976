import type { Knex } from 'knex';
import type { BillingAccount } from '../../engine/billing-account.ts';
import type { CommittedCycle, CreditBalance, ToldAdvantage } from '../../engine/carried.ts';
import { creditsLeft } from '../../engine/credit.ts';
import { groupBy } from '../../engine/group-by.ts';
import type { AccountCycle, AllowanceBalance, Customer, Subscription } from '../../engine/model.ts';
import type { OneOffFee } from '../../engine/one-off-fee.ts';
import type { PastCycle } from '../../engine/past-cycle.ts';
import { type AccountChangesById, readAccountChanges } from '../accounts/account-changes.ts';
import { readSubscriptionChanges, type SubscriptionChanges } from '../accounts/subscription-changes.ts';
import { inTurn } from '../database/in-turn.ts';
import type {
  AccountRow,
  BalanceRow,
  CommitmentRow,
  CreditRow,
  OneOffFeeRow,
  PastCycleRow,
  SubscriptionRow,
} from '../database/rows.ts';
import { itemsOf } from '../engagement/event-facts.ts';
import { boughtSql } from '../engagement/subjects.ts';
import { withInterim } from '../interim/read-interim.ts';
import { withCredit } from '../prepaid/read-credit.ts';
import { readPaidOutCredit } from '../receivables/carried-credit.ts';
import { withBenefits } from './benefits.ts';
import type { CycleSelection } from './load-usage.ts';
import { readTold, yearOf } from './read-told.ts';

/**
 * Loads everything that the bills of some accounts depend on but their usage and what corrects earlier invoices, in a handful of
 * queries however many accounts there are. The result is in the order of the selection.
 */
export async function loadCyclesWithoutUsage(
  db: Knex,
  selections: readonly CycleSelection[],
): Promise<readonly AccountCycle[]> {
  const ids = selections.map((one) => one.accountId);
  const [accounts, subscriptions, balances, credits, fees, commitments, history]: [
    AccountRow[],
    SubscriptionRow[],
    BalanceRow[],
    CreditRow[],
    OneOffFeeRow[],
    CommitmentRow[],
    PastCycleRow[],
  ] = await inTurn([
    db('billing_account as a')
      .join('customer as c', 'c.customer_id', 'a.customer_id')
      .whereIn('a.account_id', ids)
      .select('a.*', ...customerColumns, db.raw(`${boughtSql('c.customer_id')} as bought`)),
    db('subscription').whereIn('account_id', ids).orderBy('subscription_id'),
    db('allowance_balance').whereIn('account_id', ids).orderBy(['subscription_id', 'granted_on', 'allowance']),
    db('credit_balance').whereIn('account_id', ids).orderBy(['subscription_id', 'tax_category', 'tax_percent']),
    db('one_off_fee').whereIn('account_id', ids).whereNull('invoice_number').orderBy(['charged_on', 'key']),
    db('commitment_charge').whereIn('account_id', ids).orderByRaw('commitment collate "C", period_from'),
    db('past_cycle').whereIn('account_id', ids).orderByRaw('subscription_id collate "C", period_from desc'),
  ]);
  const changed = await readSubscriptionChanges(
    db,
    subscriptions.map((row) => row.subscription_id),
  );
  const accountById = new Map(accounts.map((row) => [row.account_id, row]));
  const changes = await readAccountChanges(db, ids);
  const unbilled = await readUnbilled(db, selections);
  const paidOut = await readPaidOutCredit(db, ids);
  const told = await readTold(
    db,
    accounts.map((row) => row.customer_id),
  );
  const [subscriptionsOf, balancesOf, creditsOf, feesOf, commitmentsOf, historyOf] = [
    groupByAccount(subscriptions),
    groupByAccount(balances),
    groupByAccount(credits),
    groupByAccount(fees),
    groupByAccount(commitments),
    groupByAccount(history),
  ];
  const cycles = selections.map(({ accountId, bounds }, index): AccountCycle => {
    const row = accountById.get(accountId);
    if (!row) throw new Error(`There is no billing account ${accountId}`);
    const unbilledFrom = unbilled.get(index);
    const opensFrom = unbilledFrom ?? bounds.from;
    const oneOffFees = (feesOf.get(accountId) ?? []).filter((fee) => fee.charged_on < bounds.until).map(toOneOffFee);
    return {
      account: toAccount(row, changes),
      customer: toCustomer(row),
      subscriptions: (subscriptionsOf.get(accountId) ?? []).map((one) => toSubscription(one, changed)),
      usage: [],
      balances: (balancesOf.get(accountId) ?? []).filter((balance) => balance.known_from === opensFrom).map(toBalance),
      ...openingCredit(creditsOf.get(accountId) ?? [], paidOut(accountId, opensFrom), row, opensFrom),
      ...(oneOffFees.length > 0 && { oneOffFees }),
      ...withTold(told(row.customer_id, yearOf(bounds.until))),
      committed: (commitmentsOf.get(accountId) ?? []).filter((row) => row.period_until <= bounds.from).map(toCommitted),
      history: (historyOf.get(accountId) ?? []).filter((past) => past.period_until <= bounds.from).map(toPastCycle),
      bounds,
      ...(unbilledFrom !== undefined && { unbilledFrom }),
    };
  });
  return withInterim(db, await withCredit(db, await withBenefits(db, cycles)));
}

/** Where the rejected cycles right before a selected one begin, by its place: what they opened with, it opens with. */
async function readUnbilled(db: Knex, selections: readonly CycleSelection[]): Promise<ReadonlyMap<number, string>> {
  const rows: { account_id: string; period_from: string; period_until: string }[] = await db('account_cycle')
    .whereIn(
      'account_id',
      selections.map((one) => one.accountId),
    )
    .where({ state: 'rejected' })
    .select('account_id', 'period_from', 'period_until');
  const beginOf = new Map(rows.map((row) => [`${row.account_id} ${row.period_until}`, row.period_from]));
  const found = new Map<number, string>();
  for (const [index, { accountId, bounds }] of selections.entries()) {
    let before = beginOf.get(`${accountId} ${bounds.from}`);
    while (before !== undefined) {
      found.set(index, before);
      before = beginOf.get(`${accountId} ${before}`);
    }
  }
  return found;
}

function toAccount(row: AccountRow, changes: AccountChangesById): BillingAccount {
  return {
    id: row.account_id,
    currency: row.currency,
    zone: row.zone,
    cycleDay: row.cycle_day,
    ...changes.get(row.account_id),
    openedOn: row.opened_on,
    ...(row.closed_on ? { closedOn: row.closed_on } : {}),
  };
}

/** A bill is issued after its cycle; should it be in the next year, what is told is settled again when it is. */
function withTold(told: readonly ToldAdvantage[]): Pick<AccountCycle, 'told'> {
  return told.length > 0 ? { told } : {};
}

const customerColumns = [
  'name',
  'category',
  'country',
  'tax_country',
  'vat_id',
  'language',
  'has_app_account',
  'interests',
  'profile',
  'facts',
]
  .map((column) => `c.${column}`)
  .concat('c.zone as customer_zone');

function groupByAccount<R extends { readonly account_id: string }>(
  rows: readonly R[],
): ReadonlyMap<string, readonly R[]> {
  return groupBy(rows, (row) => row.account_id);
}

function toCustomer(row: AccountRow): Customer {
  return {
    id: row.customer_id,
    name: row.name,
    category: row.category,
    country: row.country,
    taxCountry: row.tax_country,
    ...(row.vat_id ? { vatId: row.vat_id } : {}),
    language: row.language,
    zone: row.customer_zone,
    ...(row.has_app_account === null ? {} : { hasAppAccount: row.has_app_account }),
    interests: row.interests,
    profile: row.profile,
    ...(row.bought.length > 0 && { bought: itemsOf(row.bought) }),
    facts: row.facts,
  };
}

function toSubscription(row: SubscriptionRow, changed: ReadonlyMap<string, SubscriptionChanges>): Subscription {
  return {
    id: row.subscription_id,
    plan: row.plan,
    msisdn: row.msisdn,
    payment: row.payment,
    acceptedOn: row.accepted_on,
    activatedOn: row.activated_on,
    ...(row.cancelled_on ? { cancelledOn: row.cancelled_on } : {}),
    ...changed.get(row.subscription_id),
    ...(row.renews_on ? { renewsOn: row.renews_on } : {}),
    ...(row.paid_until ? { paidUntil: row.paid_until } : {}),
    ...(row.suspended_on ? { suspended: true } : {}),
    ...(row.cancellation_reason === null ? {} : { cancellationReason: row.cancellation_reason }),
  };
}

function toBalance(row: BalanceRow): AllowanceBalance {
  return {
    subscriptionId: row.subscription_id,
    allowance: row.allowance,
    service: row.service,
    remaining: row.remaining,
    grantedOn: row.granted_on,
    expiresOn: row.expires_on,
  };
}

function toCredit(row: CreditRow): CreditBalance {
  return {
    subscriptionId: row.subscription_id,
    taxCategory: row.tax_category,
    taxPercent: row.tax_percent,
    amount: row.amount,
  };
}

/** Credit of the bill before, but for what was paid out of it when the account was closed. */
function openingCredit(
  rows: readonly CreditRow[],
  creditPaidOut: readonly CreditBalance[],
  { currency }: AccountRow,
  opensFrom: string,
): Pick<AccountCycle, 'credits' | 'creditPaidOut'> {
  const credits = rows.filter((credit) => credit.known_from === opensFrom).map(toCredit);
  if (creditPaidOut.length === 0) return { credits };
  return { credits: creditsLeft(credits, creditPaidOut, currency), creditPaidOut };
}

function toOneOffFee(row: OneOffFeeRow): OneOffFee {
  return {
    key: row.key,
    title: row.title,
    amount: row.amount,
    chargedOn: row.charged_on,
    ...(row.fiscal_category === null ? {} : { fiscalCategory: row.fiscal_category }),
    rule: row.rule,
    at: row.at,
    how: row.how,
  };
}

function toCommitted(row: CommitmentRow): CommittedCycle {
  return {
    commitment: row.commitment,
    from: row.period_from,
    until: row.period_until,
    charged: row.charged,
  };
}

function toPastCycle(row: PastCycleRow): PastCycle {
  return {
    subscriptionId: row.subscription_id,
    from: row.period_from,
    until: row.period_until,
    usage: row.usage,
    ...(row.events && { events: row.events }),
    charges: row.charges,
  };
}
