import type { Knex } from 'knex';

/**
 * Uses what accounts have paid too much, the oldest credit first, for their open invoices, the first due first; disputed invoices are left
 * alone. What remains waits for the next invoice, which takes it by itself when it is issued.
 */
export async function settleFromCredit(trx: Knex, accountIds: readonly string[]): Promise<void> {
  await trx.raw(`select use_credit(?::text[], null, 'Credit of the account')`, [[...accountIds]]);
}
