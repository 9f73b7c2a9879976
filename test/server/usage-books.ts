/** Books with one account and its lines, for tests that only collect. */
import type { Knex } from 'knex';

export interface Line {
  readonly id: string;
  readonly msisdn: string;
  readonly imsi?: string;
}

export async function openLines(db: Knex, lines: readonly Line[]): Promise<void> {
  await db('customer').insert({
    customer_id: 'C',
    name: 'C',
    category: 'consumer',
    country: 'DE',
    tax_country: 'DE',
    language: 'de',
    zone: 'UTC',
  });
  await db('billing_account').insert({
    account_id: 'A',
    customer_id: 'C',
    legal_entity: 'NM',
    currency: 'EUR',
    zone: 'UTC',
    cycle_day: 1,
    opened_on: '2026-05-01',
  });
  for (const line of lines) await openLine(db, line);
}

/** Another line of the account. */
export async function openLine(db: Knex, { id, msisdn, imsi }: Line): Promise<void> {
  await db('subscription').insert({
    subscription_id: id,
    account_id: 'A',
    plan: 'flex',
    msisdn,
    imsi: imsi ?? null,
    payment: 'card',
    accepted_on: '2026-04-20',
    activated_on: '2026-05-01',
  });
}
