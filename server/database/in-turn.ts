/**
 * Asks one query after the other: a transaction has one connection, and a connection answers one question at a time. Like
 * `Promise.all` in its types; knex sends a query only when it is awaited.
 */
export async function inTurn<T extends readonly unknown[] | []>(
  queries: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const answers: unknown[] = [];
  for (const query of queries) answers.push(await query);
  return answers as { -readonly [K in keyof T]: Awaited<T[K]> };
}
