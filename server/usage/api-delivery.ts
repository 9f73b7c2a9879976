import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { UsageDelivery } from './store-usage.ts';
import { lockSource } from './usage-lock.ts';

/**
 * A delivery of its own for what came over the API: the next of its source, whatever it holds. Sent again it is a further one, whose
 * records are duplicates. Its source is locked until the transaction ends.
 *
 * @param content that tells deliveries of the same number in different books apart.
 */
export async function nextDelivery(
  trx: Knex.Transaction,
  source: string,
  kind: 'api batch' | 'api stream' | 'cloud events',
  content: string,
): Promise<UsageDelivery> {
  await lockSource(trx, source);
  const row = await trx('usage_file').where({ source }).max({ last: 'sequence' }).first();
  const sequence = (row?.last ?? 0) + 1;
  const sha256 = createHash('sha256')
    .update(JSON.stringify([source, sequence, content]))
    .digest('hex');
  return { source, sequence, name: `${kind} ${sequence}`, sha256, format: 'ndjson' };
}
