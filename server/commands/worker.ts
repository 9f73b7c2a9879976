import { composeRatebook } from '../compose.ts';
import { dataFolder, rulesFolder } from '../folders.ts';
import { readSmtpUrl } from './smtp-url.ts';
import { withBooks } from './with-books.ts';

/**
 * `ratebook worker`: takes on bill runs, beside whoever else does, until it is told to stop; then it ends the shard at hand. Any
 * number of them may run, on any machine that reaches the database. Without a mail server it leaves what is not cut into
 * shards, delivery among it, to `ratebook serve`.
 */
export async function worker(): Promise<void> {
  const smtpUrl = readSmtpUrl();
  await withBooks(async (db) => {
    const book = await composeRatebook({
      db,
      rulesFolder: rulesFolder(),
      dataFolder: dataFolder(),
      ...(smtpUrl !== undefined && { smtpUrl }),
      acceptedIsDelivered: false,
      publicUrl: process.env.RATEBOOK_URL ?? 'http://127.0.0.1:8080',
    });
    const work = await book.work(smtpUrl ? 'whole runs' : 'shards only');
    console.log(
      smtpUrl
        ? '▸ Working on bill runs; Ctrl-C ends it.'
        : '▸ Working on shards of bill runs; Ctrl-C ends it. Collecting, delivery and the report are left to others: there is no SMTP_URL.',
    );
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    await work.stop();
    await book.close();
  });
}
