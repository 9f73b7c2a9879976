import type { Knex } from 'knex';
import { committedBy } from '../../engine/commitments.ts';
import { creditsOf } from '../../engine/credit.ts';
import type { Bill, RatedUsage } from '../../engine/model.ts';
import { add, formatAmount, parseDecimal, zero } from '../../engine/money.ts';
import { addDays } from '../../engine/period.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { useBenefits } from './benefits.ts';
import { queueInvoiceMessages } from './invoice-messages.ts';
import { moveAccounts } from './move-accounts.ts';
import { type Draft, readDrafts } from './read-drafts.ts';
import { countAccounts, forEachShard, type RunContext, type ShardAccount } from './run-context.ts';
import { settleAdvantages, storeTold } from './told-advantages.ts';

const shardSize = 50;

interface NumberedDraft extends Draft {
  readonly account: ShardAccount;
  readonly number: string;
  readonly legalEntity: string;
  readonly customerId: string;
  readonly dueOn: string;
}

/**
 * Issues an invoice for every clear account cycle, in the order of the accounts: number, document, new balances,
 * history and messages in one transaction, so that a number is never lost and nothing follows from an invoice that is
 * not there. Held accounts that are released later get the numbers that follow.
 */
export async function invoiceStep(context: RunContext, settings: EngagementSettings): Promise<void> {
  const { db, run } = context;
  const total = await countAccounts(context, ['clear', 'invoiced']);
  let done = total - (await countAccounts(context, ['clear']));
  await forEachShard(context, 'clear', shardSize, async (shard) => {
    await db.transaction(async (trx) => {
      const drafts = await settleAdvantages(trx, context, await numberDrafts(trx, context, shard));
      await storeInvoices(trx, context, drafts);
      await storeTold(trx, context, drafts);
      await storeOutcome(trx, context, drafts);
      await markFeesBilled(trx, drafts);
      await useBenefits(trx, drafts);
      await queueInvoiceMessages(trx, context, settings, drafts);
      await moveAccounts(
        trx,
        run.id,
        'clear',
        drafts.map((draft) => ({
          accountId: draft.account.accountId,
          periodFrom: draft.account.bounds.from,
          state: 'invoiced',
        })),
      );
    });
    done += shard.length;
    context.onProgress({ step: 'invoice', done, total, unit: 'invoices' });
  });
}

async function numberDrafts(
  trx: Knex.Transaction,
  { run }: RunContext,
  shard: readonly ShardAccount[],
): Promise<readonly NumberedDraft[]> {
  const drafts = await readDrafts(trx, shard);
  const accounts = await trx('billing_account').whereIn(
    'account_id',
    shard.map((one) => one.accountId),
  );
  const accountById = new Map(accounts.map((row) => [row.account_id, row]));
  const year = Number(run.issuedOn.slice(0, 4));
  const nextNumber = await reserveNumbers(
    trx,
    shard.map((one) => accountById.get(one.accountId).legal_entity),
    year,
  );
  return shard.map((account, index) => {
    const row = accountById.get(account.accountId);
    const draft = drafts[index];
    if (!row || !draft) throw new Error(`Account ${account.accountId} has no draft to invoice`);
    return {
      ...draft,
      account,
      number: nextNumber(row.legal_entity),
      legalEntity: row.legal_entity,
      customerId: row.customer_id,
      dueOn: addDays(run.issuedOn, row.payment_terms_days),
    };
  });
}

/** Gapless: the sequence's row is locked until the invoices that use the numbers are committed with it. */
async function reserveNumbers(
  trx: Knex.Transaction,
  entities: readonly string[],
  year: number,
): Promise<(entity: string) => string> {
  const last = new Map<string, number>();
  for (const entity of [...new Set(entities)].sort()) {
    const count = entities.filter((one) => one === entity).length;
    const { rows } = await trx.raw(
      `
      insert into number_sequence (legal_entity, year, last) values (?, ?, ?)
      on conflict (legal_entity, year) do update set last = number_sequence.last + excluded.last returning last`,
      [entity, year, count],
    );
    last.set(entity, rows[0].last - count);
  }
  return (entity) => {
    const number = (last.get(entity) ?? 0) + 1;
    last.set(entity, number);
    return `${entity}-${year}-${String(number).padStart(6, '0')}`;
  };
}

async function storeInvoices(
  trx: Knex.Transaction,
  { run }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<void> {
  await trx('invoice').insert(
    drafts.map(({ bill, account, ...draft }) => ({
      number: draft.number,
      legal_entity: draft.legalEntity,
      account_id: account.accountId,
      customer_id: draft.customerId,
      run_id: run.id,
      period_from: account.bounds.from,
      period_until: account.bounds.until,
      issued_on: run.issuedOn,
      due_on: draft.dueOn,
      currency: bill.currency,
      net: bill.net,
      tax: bill.tax,
      total: bill.total,
      bill: JSON.stringify(bill),
      rule_set: bill.ruleSet,
    })),
  );
}

/** What the next cycle opens with: allowances left over, credit, what counts towards commitments, and this cycle as history. */
async function storeOutcome(
  trx: Knex.Transaction,
  { rules }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<void> {
  const balances = drafts.flatMap(({ account, rated }) =>
    rated.balances.map((balance) => ({
      account_id: account.accountId,
      subscription_id: balance.subscriptionId,
      allowance: balance.allowance,
      service: balance.service,
      granted_on: balance.grantedOn,
      remaining: balance.remaining,
      expires_on: balance.expiresOn,
      known_from: account.bounds.until,
    })),
  );
  if (balances.length > 0) await trx('allowance_balance').insert(balances);
  const credits = drafts.flatMap(({ account, bill }) =>
    creditsOf(bill).map((credit) => ({
      account_id: account.accountId,
      subscription_id: credit.subscriptionId,
      tax_category: credit.taxCategory,
      tax_percent: credit.taxPercent,
      amount: credit.amount,
      known_from: account.bounds.until,
    })),
  );
  if (credits.length > 0) await trx('credit_balance').insert(credits);
  const commitments = drafts.flatMap(({ account, bill, inputs }) =>
    committedBy(bill, inputs, rules.document).map((committed) => ({
      account_id: account.accountId,
      commitment: committed.commitment,
      period_from: committed.from,
      period_until: committed.until,
      charged: committed.charged,
    })),
  );
  if (commitments.length > 0) await trx('commitment_charge').insert(commitments);
  const cycles = drafts.flatMap(({ account, rated, bill }) =>
    pastCycles(rated, bill).map((cycle) => ({
      account_id: account.accountId,
      period_from: account.bounds.from,
      period_until: account.bounds.until,
      ...cycle,
    })),
  );
  if (cycles.length > 0) await trx('past_cycle').insert(cycles);
}

/** The fees that rating found are on this invoice; those charged since then wait for the next. */
async function markFeesBilled(trx: Knex.Transaction, drafts: readonly NumberedDraft[]): Promise<void> {
  for (const { number, inputs } of drafts) {
    const keys = (inputs.oneOffFees ?? []).map(({ key }) => key);
    if (keys.length > 0) await trx('one_off_fee').whereIn('key', keys).update({ invoice_number: number });
  }
}

function pastCycles(rated: RatedUsage, bill: Bill) {
  const ids = [
    ...new Set([
      ...bill.lines.map((line) => line.subscriptionId),
      ...rated.totals.map((total) => total.subscriptionId),
    ]),
  ];
  return ids.map((id) => {
    const usage = Object.fromEntries(
      rated.totals.filter((total) => total.subscriptionId === id).map((total) => [total.service, total.quantity]),
    );
    const charges = bill.lines
      .filter((line) => line.subscriptionId === id && !line.kind.startsWith('credit'))
      .reduce((sum, line) => add(sum, parseDecimal(line.amount)), zero);
    return { subscription_id: id, usage: JSON.stringify(usage), charges: formatAmount(charges, bill.currency) };
  });
}
