import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Company } from '../company.ts';

/** Keeps the company as it is now: invoices issued from here on name it as their seller. */
export async function rememberSeller(db: Knex, company: Company): Promise<void> {
  const document = JSON.stringify(company);
  const hash = createHash('sha256').update(document, 'utf8').digest('hex');
  await db('seller').insert({ hash, document }).onConflict('hash').ignore();
  await db('setting')
    .insert({ name: 'seller', value: JSON.stringify(hash) })
    .onConflict('name')
    .merge();
}

/** The seller that invoices issued now name; null in books that no company has been told to. */
export async function currentSeller(db: Knex): Promise<string | null> {
  const row = await db('setting').where({ name: 'seller' }).first('value');
  return row?.value ?? null;
}
