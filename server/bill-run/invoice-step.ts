import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import { addDays } from '../../engine/period.ts';
import { bookCredit, settleReopened } from '../corrections/credit-of-corrections.ts';
import { type DraftCorrection, issueCorrections, readDraftCorrections } from '../corrections/store-corrections.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { readBilledTo } from '../invoice/billed-to.ts';
import { currentSeller } from '../invoice/seller.ts';
import { markBenefitsUsed } from './benefits.ts';
import { queueInvoiceMessages } from './invoice-messages.ts';
import { moveAccounts } from './move-accounts.ts';
import { type NumberedDraft, readNumberedDrafts } from './numbered-drafts.ts';
import type { RunContext, ShardAccount } from './run-context.ts';
import { storeCarriedOver } from './store-carried-over.ts';
import { settleAdvantages, storeTold } from './told-advantages.ts';

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
  const { run, rules } = context;
  const drafts = await settleAdvantages(trx, context, await readNumberedDrafts(trx, context, shard));
  const corrections = await readDraftCorrections(
    trx,
    drafts.map(({ account }) => ({ accountId: account.accountId, periodFrom: account.bounds.from })),
  );
  const reopened = await bookCredit(trx, corrections, run.issuedOn);
  await storeInvoices(trx, context, drafts);
  await storeTold(trx, context, drafts);
  await issueCorrectionsWith(trx, context, drafts, corrections);
  await settleReopened(trx, reopened, run.issuedOn);
  await storeCarriedOver(
    trx,
    drafts.map(({ account: { accountId, bounds }, carried }) => ({ accountId, until: bounds.until, carried })),
  );
  await markFeesBilled(trx, drafts);
  await markBenefitsUsed(
    trx,
    drafts.flatMap(({ whole }) => whole ?? []),
  );
  const now = DateTime.fromISO(run.issuedOn, { zone: settings.companyZone }).toMillis();
  await queueInvoiceMessages(trx, { rules, now, runId: run.id }, settings, drafts);
  await moveAccounts(
    trx,
    run.id,
    'clear',
    drafts.map(({ account }) => ({
      accountId: account.accountId,
      periodFrom: account.bounds.from,
      state: 'invoiced',
    })),
  );
}

/** The bill is taken from the draft where it stands, but for one that tells of an advantage, which was settled only now. */
async function storeInvoices(
  trx: Knex.Transaction,
  { run }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<void> {
  const seller = await currentSeller(trx);
  const billedTo = await readBilledTo(
    trx,
    drafts.map(({ account }) => account.accountId),
  );
  const documents = drafts.map(({ account: { accountId, bounds }, paymentTermsDays, whole }) => ({
    account_id: accountId,
    period_from: bounds.from,
    due_on: addDays(run.issuedOn, paymentTermsDays),
    billed_to: billedTo.get(accountId),
    bill: whole?.bill.advantages && whole.bill,
  }));
  await trx.raw(
    `
    insert into invoice (number, legal_entity, account_id, customer_id, run_id, period_from, period_until, issued_on, due_on,
      currency, net, tax, total, bill, rule_set, billed_to, seller)
    select k.invoice_number, a.legal_entity, k.account_id, a.customer_id, k.run_id, k.period_from, k.period_until, ?, d.due_on,
      b.currency, b.net, b.tax, b.total, coalesce(d.bill, k.bill), b."ruleSet", d.billed_to, ?
    from jsonb_to_recordset(?) as d (account_id text, period_from date, due_on date, billed_to jsonb, bill jsonb)
    join account_cycle k using (account_id, period_from) join billing_account a using (account_id),
    lateral jsonb_to_record(k.bill) as b (currency text, net numeric, tax numeric, total numeric, "ruleSet" text)
    order by k.account_id, k.period_from`,
    [run.issuedOn, seller, JSON.stringify(documents)],
  );
}

/** What corrects earlier invoices of the accounts goes out with their new ones. */
async function issueCorrectionsWith(
  trx: Knex.Transaction,
  { run }: RunContext,
  drafts: readonly NumberedDraft[],
  corrections: readonly DraftCorrection[],
): Promise<void> {
  const byAccount = new Map(drafts.map((draft) => [draft.account.accountId, draft]));
  await issueCorrections(trx, corrections, {
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
  for (const { number, whole } of drafts) {
    const keys = (whole?.inputs.oneOffFees ?? []).map(({ key }) => key);
    if (keys.length > 0) await trx('one_off_fee').whereIn('key', keys).update({ invoice_number: number });
  }
}
