/** Books with one account and its lines, for tests that only collect. */
import type { Knex } from 'knex';

export interface Line {
  readonly id: string;
  readonly msisdn: string;
  readonly imsi?: string;
}

export async function openLines(db: Knex, lines: readonly Line[]): Promise<void> {
  await openAccount(db, '2026-05-01');
  for (const line of lines) await openLine(db, line);
}

/** The account A of the customer C, without a line. */
export async function openAccount(db: Knex, openedOn: string): Promise<void> {
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
    opened_on: openedOn,
  });
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

/** A row of usage: a message from the line of a customer that `enrol` made. */
export function message(name: string, at: string, fileId: number) {
  return {
    account_id: `A-${name}`,
    subscription_id: `S-${name}`,
    source: 'test',
    record_id: `${name} ${at}`,
    sequence: 1,
    msisdn: '+358401234567',
    service: 'sms',
    start_at: Date.parse(at),
    duration_ms: 0,
    bytes: 0,
    messages: 1,
    direction: 'outgoing',
    called_number: '+358401234568',
    calling_number: '+358401234567',
    visited_network: '24405',
    file_id: fileId,
  };
}
