import type { Knex } from 'knex';
import type { CarriedOver } from '../../engine/carry-over.ts';

/** What one cycle leaves for those after it. */
export interface Outcome {
  readonly accountId: string;
  /** First day after the cycle: the next one opens with it. */
  readonly until: string;
  readonly carried: CarriedOver;
}

/** Stores what issued bills leave, in the transaction that issues them. */
export async function storeCarriedOver(trx: Knex.Transaction, outcomes: readonly Outcome[]): Promise<void> {
  const rows = <T>(of: (outcome: Outcome) => readonly T[]) => outcomes.flatMap(of);
  await insert(trx, 'allowance_balance', rows(balanceRows));
  await insert(trx, 'credit_balance', rows(creditRows));
  await insert(trx, 'commitment_charge', rows(commitmentRows));
  await insert(trx, 'past_cycle', rows(historyRows));
}

async function insert(trx: Knex.Transaction, table: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await trx(table).insert(rows);
}

function balanceRows({ accountId, until, carried }: Outcome) {
  return carried.balances.map((balance) => ({
    account_id: accountId,
    subscription_id: balance.subscriptionId,
    allowance: balance.allowance,
    service: balance.service,
    granted_on: balance.grantedOn,
    remaining: balance.remaining,
    expires_on: balance.expiresOn,
    known_from: until,
  }));
}

function creditRows({ accountId, until, carried }: Outcome) {
  return carried.credits.map((credit) => ({
    account_id: accountId,
    subscription_id: credit.subscriptionId,
    tax_category: credit.taxCategory,
    tax_percent: credit.taxPercent,
    amount: credit.amount,
    known_from: until,
  }));
}

function commitmentRows({ accountId, carried }: Outcome) {
  return carried.committed.map(({ commitment, from, until, charged }) => ({
    account_id: accountId,
    commitment,
    period_from: from,
    period_until: until,
    charged,
  }));
}

function historyRows({ accountId, carried }: Outcome) {
  return carried.history.map(({ subscriptionId, from, until, usage, events, charges }) => ({
    account_id: accountId,
    subscription_id: subscriptionId,
    period_from: from,
    period_until: until,
    usage: JSON.stringify(usage),
    events: events ? JSON.stringify(events) : null,
    charges,
  }));
}
