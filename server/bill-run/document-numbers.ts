import type { Knex } from 'knex';

/** Each kind of document has a sequence of its own in every legal entity and year. */
export type NumberedDocument = 'invoice' | 'credit note';

/**
 * The next numbers of the legal entities' sequences, in the order of the documents: `entities` names the one that issues
 * each. Gapless: a sequence is locked until `trx` ends, and what a transaction that fails has drawn is drawn again. Draw in
 * the transaction that stores the numbers.
 */
export async function drawNumbers(
  trx: Knex.Transaction,
  kind: NumberedDocument,
  year: number,
  entities: readonly string[],
): Promise<readonly string[]> {
  const next = new Map<string, number>();
  // Always in one order, so that two who draw for several entities do not wait for each other in a circle.
  for (const entity of [...new Set(entities)].sort()) {
    const count = entities.filter((one) => one === entity).length;
    const { rows } = await trx.raw<{ rows: { last: number }[] }>(
      `insert into number_sequence (kind, legal_entity, year, last) values (?, ?, ?, ?)
       on conflict (kind, legal_entity, year) do update set last = number_sequence.last + excluded.last returning last`,
      [kind, entity, year, count],
    );
    next.set(entity, (rows[0]?.last ?? 0) - count + 1);
  }
  return entities.map((entity) => {
    const number = next.get(entity) ?? 1;
    next.set(entity, number + 1);
    return `${entity}-${marks[kind]}${year}-${String(number).padStart(6, '0')}`;
  });
}

/** What tells a number's kind: no two documents of a legal entity may bear the same. */
const marks: Readonly<Record<NumberedDocument, string>> = { invoice: '', 'credit note': 'CN-' };
