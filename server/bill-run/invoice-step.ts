import type { Knex } from 'knex';
import { carryOver } from '../../engine/carry-over.ts';
import { addDays } from '../../engine/period.ts';
import { issueCorrections, readDraftCorrections } from '../corrections/store-corrections.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { type BilledTo, readBilledTo } from '../invoice/billed-to.ts';
import { currentSeller } from '../invoice/seller.ts';
import { markBenefitsUsed } from './benefits.ts';
import { queueInvoiceMessages } from './invoice-messages.ts';
import { moveAccounts } from './move-accounts.ts';
import { type Draft, readDrafts } from './read-drafts.ts';
import type { RunContext, ShardAccount } from './run-context.ts';
import { storeCarriedOver } from './store-carried-over.ts';
import { settleAdvantages, storeTold } from './told-advantages.ts';

interface NumberedDraft extends Draft {
  readonly account: ShardAccount;
  readonly number: string;
  readonly legalEntity: string;
  readonly customerId: string;
  readonly dueOn: string;
  readonly billedTo: BilledTo | undefined;
}

/**
 * Issues an invoice for every account cycle of a shard: document, new balances, history and messages in one transaction, so
 * that nothing follows from an invoice that is not there. The numbers are assigned before the first document is made.
 */
export async function invoiceShard(
  trx: Knex.Transaction,
  context: RunContext,
  settings: EngagementSettings,
  shard: readonly ShardAccount[],
): Promise<void> {
  const drafts = await settleAdvantages(trx, context, await readNumberedDrafts(trx, context, shard));
  await storeInvoices(trx, context, drafts);
  await storeTold(trx, context, drafts);
  await issueCorrectionsWith(trx, context, drafts);
  await storeOutcome(trx, context, drafts);
  await markFeesBilled(trx, drafts);
  await markBenefitsUsed(trx, drafts);
  await queueInvoiceMessages(trx, context, settings, drafts);
  await moveAccounts(
    trx,
    context.run.id,
    'clear',
    drafts.map(({ account }) => ({
      accountId: account.accountId,
      periodFrom: account.bounds.from,
      state: 'invoiced',
    })),
  );
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
  const billedTo = await readBilledTo(
    trx,
    shard.map((one) => one.accountId),
  );
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
      billedTo: billedTo.get(account.accountId),
    };
  });
}

async function storeInvoices(
  trx: Knex.Transaction,
  { run }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<void> {
  const seller = await currentSeller(trx);
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
      billed_to: JSON.stringify(draft.billedTo),
      seller,
    })),
  );
}

/** What the next cycle opens with: allowances left over, credit, what counts towards commitments, and this cycle as history. */
async function storeOutcome(
  trx: Knex.Transaction,
  { rules }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<void> {
  await storeCarriedOver(
    trx,
    drafts.map(({ inputs, rated, bill }) => ({
      accountId: inputs.account.id,
      until: inputs.bounds.until,
      carried: carryOver(inputs, rated, bill, rules.document),
    })),
  );
}

/** What corrects earlier invoices of the accounts goes out with their new ones. */
async function issueCorrectionsWith(
  trx: Knex.Transaction,
  { run }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<void> {
  const byAccount = new Map(drafts.map((draft) => [draft.account.accountId, draft]));
  const found = await readDraftCorrections(
    trx,
    drafts.map(({ account }) => ({ accountId: account.accountId, periodFrom: account.bounds.from })),
  );
  await issueCorrections(trx, found, {
    runId: run.id,
    issuedOn: run.issuedOn,
    chargedOn: (accountId) => byAccount.get(accountId)?.number ?? null,
    accountOf: (accountId) => {
      const draft = byAccount.get(accountId);
      if (!draft) throw new Error(`Account ${accountId} has corrections and no draft`);
      return draft;
    },
  });
}

/** The fees that rating found are on this invoice; those charged since then wait for the next. */
async function markFeesBilled(trx: Knex.Transaction, drafts: readonly NumberedDraft[]): Promise<void> {
  for (const { number, inputs } of drafts) {
    const keys = (inputs.oneOffFees ?? []).map(({ key }) => key);
    if (keys.length > 0) await trx('one_off_fee').whereIn('key', keys).update({ invoice_number: number });
  }
}
