import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { loadRuleSet } from '../../engine/load.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { EngagementSettings } from '../../server/engagement/engagement-deps.ts';
import type { TickDeps } from '../../server/engagement/tick.ts';
import { storyRules } from './engagement-rules.ts';

export const settings: EngagementSettings = {
  companyZone: 'Europe/Berlin',
  staffLanguage: 'de',
  mailDomain: 'nordlicht-mobile.example',
  roleAddresses: { 'sales manager': 'sales@nordlicht-mobile.example' },
  promotionHours: { from: 9 * 60, until: 20 * 60 },
};

/** Engagement over a test database, with real randomness; messages stay in the outbox. */
export function storyDeps(db: Knex, document: RuleSet = storyRules()): TickDeps {
  const rules = loadRuleSet(document);
  return {
    db,
    rules: () => rules,
    randomBytes: (count) => randomBytes(count),
    settings,
    usageFormats: [],
    sendDueMessages: async () => 0,
  };
}

/** An instant from text with its offset. */
export const instant = (text: string): number => Date.parse(text);

/** A customer with one account and one subscription. */
export async function enrol(
  db: Knex,
  id: string,
  changes: { customer?: object; subscription?: object } = {},
): Promise<void> {
  await db('customer').insert({
    customer_id: id,
    name: `Customer ${id}`,
    category: 'consumer',
    email: `${id.toLowerCase()}@example.org`,
    country: 'FI',
    tax_country: 'FI',
    language: 'en',
    zone: 'Europe/Helsinki',
    ...changes.customer,
  });
  await db('billing_account').insert({
    account_id: `A-${id}`,
    customer_id: id,
    legal_entity: 'NM-DE',
    currency: 'EUR',
    zone: 'Europe/Helsinki',
    cycle_day: 1,
    opened_on: '2025-01-01',
  });
  await db('subscription').insert({
    subscription_id: `S-${id}`,
    account_id: `A-${id}`,
    plan: 'flat',
    msisdn: '+358401234567',
    payment: 'manual',
    accepted_on: '2025-04-01',
    activated_on: '2025-04-01',
    ...changes.subscription,
  });
}

/** What is in the outbox, as people would tell it. */
export async function outbox(
  db: Knex,
): Promise<{ template: string; to: string; state: string; at: string; reason: string | null }[]> {
  const rows = await db('message')
    .orderBy(['not_before', 'key'])
    .select('template', 'recipient', 'state', 'not_before', 'reason');
  return rows.map((row) => ({
    template: row.template,
    to: row.recipient,
    state: row.state,
    at: row.not_before.toISOString(),
    reason: row.reason,
  }));
}
