import type { BookingFault } from '../receivables/booking.ts';
import { type WriteOffResult, writeOff } from '../receivables/write-off.ts';
import { unusable } from '../unusable.ts';
import { readToday } from './today.ts';
import { withBooks } from './with-books.ts';

export interface GivenUpOptions {
  readonly id: string;
  readonly amount?: string;
  readonly on?: string;
  readonly by: string;
  readonly why: string;
}

/** `ratebook write-off INVOICE`: gives up what is open of an invoice, or a part of it. */
export async function writeOffInvoice(invoiceNumber: string, options: GivenUpOptions): Promise<void> {
  const { why: reason, on, ...rest } = options;
  await withBooks(async (db) => {
    const { today } = await readToday(db);
    const result = await db.transaction((trx) =>
      writeOff(trx, { ...rest, reason, invoiceNumber, on: on ?? today }, today),
    );
    const { open } = (await db('open_invoice').where({ number: invoiceNumber }).first('open')) ?? {};
    console.log(inWords(result, invoiceNumber, open));
  });
}

/** An error that says what cannot be booked, by the option that says it. */
export function unfitOption({ field, detail }: BookingFault): Error {
  return unusable(`--${field === 'reason' ? 'why' : field} ${detail}`);
}

function inWords(result: WriteOffResult, number: string, open: string): string {
  switch (result.kind) {
    case 'written off':
      return `Written off; ${open} of invoice ${number} are open`;
    case 'known':
      return `Written off before; ${open} of invoice ${number} are open`;
    case 'differs':
      throw new Error('Another write-off goes by this --id; give each its own');
    case 'unknown invoice':
      throw new Error(`There is no invoice ${number}`);
    case 'unfit':
      throw unfitOption(result);
    case 'too much':
      throw new Error(`${result.available} of invoice ${number} are open: write off at most that`);
  }
}
