import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { copyCsv } from '../database/copy.ts';

/** The generated master data and history, in the order in which the tables refer to each other. */
const tables = [
  ['customers.csv', 'customer'],
  ['accounts.csv', 'billing_account'],
  ['subscriptions.csv', 'subscription'],
  ['payment-instruments.csv', 'payment_instrument'],
  ['orders.csv', 'customer_order'],
  ['past-cycles.csv', 'past_cycle'],
  ['invoices.csv', 'invoice'],
  ['payments.csv', 'payment'],
] as const;

/** What was loaded: the same sample is loaded once, another one is refused. */
export interface SampleIdentity {
  readonly seed: number;
  readonly accounts: number;
  readonly records: number;
}

/**
 * Takes the sample company over into empty books, all or nothing.
 *
 * @throws Error when the books hold another sample or somebody's real data.
 */
export async function loadCompany(db: Knex, folder: string, identity: SampleIdentity): Promise<void> {
  const known = await db('setting').where({ name: 'sample' }).first();
  if (known && sameIdentity(known.value, identity)) return;
  if (known) throw new Error(`The books hold another sample (${JSON.stringify(known.value)}): start over with --fresh`);
  if (await db('customer').first())
    throw new Error('The books hold data that is not a sample: the demo wants a database of its own');
  await db.transaction(async (trx) => {
    for (const [file, table] of tables) {
      const path = join(folder, file);
      await copyCsv(trx, table, await readHeader(path), createReadStream(path));
    }
    await trx('setting').insert({ name: 'sample', value: JSON.stringify(identity) });
  });
  await db.raw('analyze');
}

function sameIdentity(a: SampleIdentity, b: SampleIdentity): boolean {
  return a.seed === b.seed && a.accounts === b.accounts && a.records === b.records;
}

async function readHeader(path: string): Promise<readonly string[]> {
  const file = await open(path);
  try {
    for await (const line of file.readLines()) return line.split(',');
    throw new Error(`${path} is empty`);
  } finally {
    await file.close();
  }
}
