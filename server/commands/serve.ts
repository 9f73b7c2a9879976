import { join } from 'node:path';
import { composeRatebook, type Ratebook } from '../compose.ts';
import { startMailSink } from '../delivery/mail-sink.ts';
import { dataFolder, rulesFolder } from '../folders.ts';
import type { Worker } from '../queue/worker.ts';
import { serveConsole } from './serve-console.ts';
import { readSmtpUrl } from './smtp-url.ts';
import { withBooks } from './with-books.ts';

/**
 * `ratebook serve`: API and console on the books. Mail goes to the server in `SMTP_URL`; without one it is kept in the
 * data folder, where nobody but the console reads it.
 */
export async function serve(options: { readonly port: number }): Promise<void> {
  const given = readSmtpUrl();
  await withBooks(async (db) => {
    const mailFolder = join(dataFolder(), 'mail');
    const sink = given === undefined ? await startMailSink(mailFolder) : undefined;
    const smtpUrl = given ?? sink?.smtpUrl;
    let book: Ratebook | undefined;
    let worker: Worker | undefined;
    // Whatever fails on the way up: a sink that still listened would keep the process from its end.
    try {
      book = await composeRatebook({
        db,
        rulesFolder: rulesFolder(),
        dataFolder: dataFolder(),
        ...(smtpUrl !== undefined && { smtpUrl }),
        acceptedIsDelivered: sink !== undefined,
        publicUrl: process.env.RATEBOOK_URL ?? `http://127.0.0.1:${options.port}`,
      });
      worker = await book.work();
      const { diagnostics } = await book.released.release();
      if (!book.released.inForce())
        console.error(`The rules have ${diagnostics.length} faults, so none are in force: run \`ratebook check\``);
      await serveConsole(book, { port: options.port, ...(sink ? { mailFolder } : {}) });
    } finally {
      await worker?.stop();
      await book?.close();
      await sink?.close();
    }
  });
}
