import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { composeRatebook } from '../compose.ts';
import { dataFolder, rulesFolder } from '../folders.ts';
import { isStatementFault } from '../receivables/bank-statement.ts';
import { type StatementReport, takeStatementFile } from '../receivables/take-statement.ts';
import { withBooks } from './with-books.ts';

/** `ratebook payments FILE`: takes a file of account statements (camt.053) in. What rules send because of a payment leaves with the next `serve`. */
export async function payments(file: string, options: { readonly json?: boolean }): Promise<void> {
  const bytes = await readFile(file);
  await withBooks(async (db) => {
    const book = await composeRatebook({
      db,
      rulesFolder: rulesFolder(),
      dataFolder: dataFolder(),
      acceptedIsDelivered: false,
      publicUrl: process.env.RATEBOOK_URL ?? 'http://127.0.0.1:8080',
    });
    try {
      const { diagnostics } = await book.released.release();
      if (!book.released.inForce())
        throw new Error(`The rules have ${diagnostics.length} faults, so none are in force: run \`ratebook check\``);
      const { now } = await book.clock.read();
      const reports = await takeStatementFile(book.tick, { name: basename(file), bytes }, now);
      console.log(options.json ? JSON.stringify(reports, null, 2) : reports.map(inWords).join('\n'));
    } catch (error) {
      if (isStatementFault(error)) throw new Error(`${file}: ${error.message}. Nothing of it was stored`);
      throw error;
    } finally {
      await book.close();
    }
  });
}

function inWords(report: StatementReport): string {
  const title = `Statement ${report.id} of ${report.account}, ${report.opensOn} to ${report.closesOn}, ${report.currency}`;
  if (report.kind === 'known') return `${title}: taken in before; nothing is new`;
  const parts: readonly (readonly [number, string])[] = [
    [report.matched, 'payments matched'],
    [report.unmatched, 'payments that nobody knows (see the exceptions)'],
    [report.repeated, 'payments that an earlier statement had told'],
    [report.returned, 'returns'],
    [report.unknownReturns, 'returns that fit no payment (see the exceptions)'],
    [report.notBooked, 'payments or returns that cannot be booked (see the exceptions)'],
    [report.ignored, 'entries that are no payments'],
  ];
  return [
    title,
    ...parts.filter(([count]) => count > 0).map(([count, what]) => `  ${String(count).padStart(6)} ${what}`),
  ].join('\n');
}
