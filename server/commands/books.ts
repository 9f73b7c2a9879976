import { once } from 'node:events';
import { hashBooks, readBooks } from '../report/books.ts';
import { withBooks } from './with-books.ts';

/** `ratebook books`: the hash of the canonical books, or with `--json` the books themselves. */
export async function books(options: { readonly json?: boolean }): Promise<void> {
  await withBooks(async (db) => {
    if (!options.json) {
      console.log(await hashBooks(db));
      return;
    }
    for await (const part of readBooks(db)) {
      if (!process.stdout.write(part)) await once(process.stdout, 'drain');
    }
  });
}
