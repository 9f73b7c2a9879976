import type { Knex } from 'knex';
import { committedBy } from '../../engine/commitments.ts';
import { creditsOf } from '../../engine/credit.ts';
import type { Bill, RatedUsage } from '../../engine/model.ts';
import { add, formatAmount, parseDecimal, zero } from '../../engine/money.ts';
import { addDays } from '../../engine/period.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { assignNumbers } from './assign-numbers.ts';
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
 * Issues an invoice for every clear account cycle: document, new balances, history and messages in one transaction, so
 * that nothing follows from an invoice that is not there. The numbers are assigned before the first document is made.
 */
export async function invoiceStep(context: RunContext, settings: EngagementSettings): Promise<void> {
  const { db, run } = context;
  await assignNumbers(context);
  const total = await countAccounts(context, ['clear', 'invoiced']);
  let done = total - (await countAccounts(context, ['clear']));
  await forEachShard(context, 'clear', shardSize, async (shard) => {
    await db.transaction(async (trx) => {
      const drafts = await settleAdvantages(trx, context, await readNumberedDrafts(trx, context, shard));
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

async function readNumberedDrafts(
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
  return shard.map((account, index) => {
    const row = accountById.get(account.accountId);
    const draft = drafts[index];
    if (!row || !draft?.invoiceNumber) throw new Error(`Account ${account.accountId} has no numbered draft to invoice`);
    return {
      ...draft,
      account,
      number: draft.invoiceNumber,
      legalEntity: row.legal_entity,
      customerId: row.customer_id,
      dueOn: addDays(run.issuedOn, row.payment_terms_days),
    };
  });
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
