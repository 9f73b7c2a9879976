import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import { evaluateInterim, type InterimEvaluation } from '../../engine/cycle.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { addDays } from '../../engine/period.ts';
import { drawNumbers } from '../bill-run/document-numbers.ts';
import { queueInvoiceMessages } from '../bill-run/invoice-messages.ts';
import { lockRatings } from '../bill-run/rating-lock.ts';
import { storeLate } from '../corrections/late-usage.ts';
import { type OpenCycle, openCycles } from '../corrections/open-cycles.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { readBilledTo } from '../invoice/billed-to.ts';
import { currentSeller } from '../invoice/seller.ts';
import type { UsageFormat } from '../usage/usage-formats.ts';
import { findOpenAccounts, type OpenAccount } from './find-accounts.ts';

/** An invoice that was issued before the end of its cycle. */
export interface IssuedInterim {
  readonly number: string;
  readonly accountId: string;
  readonly currency: string;
  readonly total: string;
  readonly passed: InterimEvaluation['passed'];
}

/** Usage that a person should look at first: it waits for the bill of the cycle, or for more usage. */
export interface DoubtedInterim {
  readonly accountId: string;
  readonly why: string;
}

export interface InterimContext {
  readonly db: Knex;
  readonly rules: LoadedRuleSet;
  readonly settings: EngagementSettings;
  readonly usageFormats: readonly UsageFormat[];
  readonly usageCut: number;
  readonly now: EpochMs;
}

/**
 * Issues the invoice of an account whose usage has come to an amount: number, document, postings and messages in one transaction. Asked
 * by two at once, one issues it and the other finds nothing; no rating of the cycle begins meanwhile.
 */
export async function issueInterim(
  context: InterimContext,
  accountId: string,
): Promise<IssuedInterim | DoubtedInterim | undefined> {
  const { db, rules, usageCut, now } = context;
  return db.transaction(async (trx) => {
    await lockRatings(trx);
    const [account] = await findOpenAccounts(trx, rules.document, usageCut, now, accountId);
    if (!account) return undefined;
    const [opened] = await openCycles(trx, [{ ...account, usageCut }], rules.document);
    const found = opened && evaluateInterim(opened.cycle, account.today, rules);
    if (!found) return undefined;
    const doubt = found.exceptions.find(({ action }) => action !== 'flag');
    if (doubt) return { accountId, why: `${doubt.code}: ${doubt.evidence}` };
    return store(trx, context, account, opened, found);
  });
}

async function store(
  trx: Knex.Transaction,
  { rules, settings, usageCut, now }: InterimContext,
  { accountId, bounds }: OpenAccount,
  opened: OpenCycle,
  { bill, passed, intents }: InterimEvaluation,
): Promise<IssuedInterim> {
  const { cycle } = opened;
  const account = await trx('billing_account').where({ account_id: accountId }).first();
  const issuedOn = DateTime.fromMillis(now, { zone: settings.companyZone }).toISODate() ?? '';
  const [number = ''] = await drawNumbers(trx, 'invoice', Number(issuedOn.slice(0, 4)), [account.legal_entity]);
  await trx('invoice').insert({
    number,
    legal_entity: account.legal_entity,
    account_id: accountId,
    customer_id: cycle.customer.id,
    run_id: null,
    period_from: bounds.from,
    // It closes no days.
    period_until: bounds.from,
    interim: (cycle.interim ?? []).length + 1,
    issued_on: issuedOn,
    due_on: addDays(issuedOn, account.payment_terms_days),
    currency: bill.currency,
    net: bill.net,
    tax: bill.tax,
    total: bill.total,
    bill: JSON.stringify(bill),
    rule_set: bill.ruleSet,
    billed_to: JSON.stringify((await readBilledTo(trx, [accountId])).get(accountId)),
    seller: await currentSeller(trx),
  });
  await trx('interim_invoice').insert({
    number,
    usage_cut: usageCut,
    inputs: JSON.stringify({ ...cycle, usage: [] }),
  });
  await trx('passed_threshold').insert(
    passed.map(({ subscriptionId, threshold }) => ({
      subscription_id: subscriptionId,
      period_from: bounds.from,
      threshold,
      invoice_number: number,
    })),
  );
  await storeLate(trx, [opened]);
  await queueInvoiceMessages(trx, { rules, now }, settings, [{ number, intents }]);
  return { number, accountId, currency: bill.currency, total: bill.total, passed };
}
