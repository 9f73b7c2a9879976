import { setImmediate as others } from 'node:timers/promises';
import type { Knex } from 'knex';
import { evaluateInterim } from '../../engine/cycle.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { openCycles } from '../corrections/open-cycles.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { cutUsage } from '../usage/usage-lock.ts';
import { findOpenAccounts, type OpenAccount } from './find-accounts.ts';
import { type DoubtedInterim, type InterimContext, type IssuedInterim, issueInterim } from './issue-interim.ts';

export interface BilledThresholds {
  readonly issued: readonly IssuedInterim[];
  readonly doubted: readonly DoubtedInterim[];
}

/** So many accounts are loaded at once. */
const chunk = 50;

/**
 * Invoices usage that has come to an amount which its plan says, in cycles that are still open; each account in its own transaction. Any number may
 * do so at the same time, and whoever is killed leaves nothing half done: what has not been issued is found again.
 */
export async function billThresholds(
  db: Knex,
  rules: LoadedRuleSet,
  settings: EngagementSettings,
  now: EpochMs,
): Promise<BilledThresholds> {
  if (!rules.document.plans.some(({ invoiceAt }) => invoiceAt)) return { issued: [], doubted: [] };
  const usageCut = await db.transaction(cutUsage);
  const context: InterimContext = { db, rules, settings, usageCut, now };
  const accounts = await findOpenAccounts(db, rules.document, usageCut, now);
  const issued: IssuedInterim[] = [];
  const doubted: DoubtedInterim[] = [];
  for (let first = 0; first < accounts.length; first += chunk) {
    const some = accounts.slice(first, first + chunk);
    for (const accountId of await passing(context, some)) {
      const outcome = await issueInterim(context, accountId);
      if (outcome && 'number' in outcome) issued.push(outcome);
      else if (outcome) doubted.push(outcome);
    }
    await rememberLook(context, some);
  }
  return { issued, doubted };
}

/** Those that have something to invoice, as far as one sees without keeping bill runs waiting. */
async function passing({ db, rules, usageCut }: InterimContext, accounts: readonly OpenAccount[]) {
  const opened = await openCycles(
    db,
    accounts.map((account) => ({ ...account, usageCut })),
    rules.document,
  );
  const found: string[] = [];
  for (const [index, { cycle }] of opened.entries()) {
    // A server answers meanwhile.
    if (index % 8 === 7) await others();
    if (evaluateInterim(cycle, accounts[index]?.today ?? cycle.bounds.from, rules)) found.push(cycle.account.id);
  }
  return found;
}

async function rememberLook({ db, rules, usageCut }: InterimContext, accounts: readonly OpenAccount[]): Promise<void> {
  await db('threshold_look')
    .insert(
      accounts.map(({ accountId }) => ({
        account_id: accountId,
        usage_cut: usageCut,
        rule_set: rules.document.hash,
      })),
    )
    .onConflict('account_id')
    .merge();
}
