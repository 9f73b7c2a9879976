import { setImmediate as others } from 'node:timers/promises';
import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import { evaluateInterim } from '../../engine/cycle.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { openCycles } from '../corrections/open-cycles.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { findMixedIdentity } from '../source-check/mixed-identity.ts';
import type { RunCycle } from '../source-check/run-cycles.ts';
import { readCollectContext } from '../usage/read-collect-context.ts';
import type { UsageFormat } from '../usage/usage-formats.ts';
import { cutUsage, cutUsageIfQuiet } from '../usage/usage-lock.ts';
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
 *
 * @param usageFormats of sources that write files of their own: records that wait in quarantine are read by them.
 */
export async function billThresholds(
  db: Knex,
  rules: LoadedRuleSet,
  settings: EngagementSettings,
  now: EpochMs,
  usageFormats: readonly UsageFormat[],
): Promise<BilledThresholds> {
  if (!hasThresholds(rules)) return nothing;
  return billUpTo({ db, rules, settings, usageFormats, usageCut: await db.transaction(cutUsage), now });
}

/**
 * The same for who asks every few seconds: only where something was delivered since this was last done by these rules, and not while
 * something is being collected, which it would have to wait for.
 */
export async function billNewThresholds(
  db: Knex,
  rules: LoadedRuleSet,
  settings: EngagementSettings,
  now: EpochMs,
  usageFormats: readonly UsageFormat[],
): Promise<BilledThresholds> {
  if (!hasThresholds(rules)) return nothing;
  const usageCut = await db.transaction(cutUsageIfQuiet);
  if (usageCut === undefined) return nothing;
  const done = JSON.stringify({ ruleSet: rules.document.hash, usageCut });
  const known = await db('setting').where({ name: lookedAt }).whereRaw('value = ?::jsonb', [done]).first('name');
  if (known) return nothing;
  const billed = await billUpTo({ db, rules, settings, usageFormats, usageCut, now });
  await db('setting').insert({ name: lookedAt, value: done }).onConflict('name').merge();
  return billed;
}

const lookedAt = 'thresholds looked at';
const nothing: BilledThresholds = { issued: [], doubted: [] };

function hasThresholds({ document }: LoadedRuleSet): boolean {
  return document.plans.some(({ invoiceAt }) => invoiceAt !== undefined);
}

async function billUpTo(context: InterimContext): Promise<BilledThresholds> {
  const { db, rules, usageCut, now } = context;
  const accounts = await findOpenAccounts(db, rules.document, usageCut, now);
  const found: OpenAccount[] = [];
  for (let first = 0; first < accounts.length; first += chunk) {
    const some = accounts.slice(first, first + chunk);
    const own = await passing(context, some);
    found.push(...own);
    await rememberLook(
      context,
      some.filter((account) => !own.includes(account)),
    );
  }
  return issueAll(context, found);
}

/** Doubted all at once: that reads the records of months. Who is killed leaves the rest to be found again. */
async function issueAll(context: InterimContext, accounts: readonly OpenAccount[]): Promise<BilledThresholds> {
  const issued: IssuedInterim[] = [];
  const doubted: DoubtedInterim[] = [];
  const mixed = await mixedIdentity(context, accounts);
  for (const account of accounts) {
    const outcome = mixed.get(account.accountId) ?? (await issueInterim(context, account.accountId));
    if (outcome && 'number' in outcome) issued.push(outcome);
    else if (outcome) doubted.push(outcome);
    await rememberLook(context, [account]);
  }
  return { issued, doubted };
}

/** Those that have something to invoice, as far as one sees without keeping bill runs waiting. */
async function passing(
  { db, rules, usageCut }: InterimContext,
  accounts: readonly OpenAccount[],
): Promise<readonly OpenAccount[]> {
  const opened = await openCycles(
    db,
    accounts.map((account) => ({ ...account, usageCut })),
    rules.document,
  );
  const found: OpenAccount[] = [];
  for (const [index, { cycle }] of opened.entries()) {
    // A server answers meanwhile.
    if (index % 8 === 7) await others();
    const account = accounts[index];
    if (account && evaluateInterim(cycle, account.today, rules)) found.push(account);
  }
  return found;
}

/** By account: why one cannot tell whose its records are, of the days so far, as a run doubts those of whole cycles. */
async function mixedIdentity(
  { db, rules, usageFormats, now }: InterimContext,
  accounts: readonly OpenAccount[],
): Promise<ReadonlyMap<string, DoubtedInterim>> {
  if (accounts.length === 0) return new Map();
  const cycles = accounts.map(({ accountId, bounds, times }): [string, RunCycle] => [
    accountId,
    { accountId, periodFrom: bounds.from, from: startOfAccountDay(times, bounds.from), until: now },
  ]);
  const context = await readCollectContext(db, rules.document, usageFormats);
  const found = await findMixedIdentity(context, new Map(cycles));
  return new Map(
    found.map(({ accountId, exception: { code, evidence } }) => [
      accountId,
      { accountId, why: `${code}: ${evidence}` },
    ]),
  );
}

async function rememberLook({ db, rules, usageCut }: InterimContext, accounts: readonly OpenAccount[]): Promise<void> {
  if (accounts.length === 0) return;
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
