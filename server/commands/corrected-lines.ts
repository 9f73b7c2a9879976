import type { CorrectedInvoice } from '../corrections/ask-corrections.ts';

/** A corrected invoice for a terminal: as it stood and as it should be, and what carries the difference. */
export function correctedLines({
  invoice,
  accountId,
  from,
  until,
  currency,
  before,
  after,
  difference,
  creditNotes,
  charges,
  exceptions,
}: CorrectedInvoice): readonly string[] {
  return [
    `${invoice} of ${accountId}, ${from} until ${until}: ${before.total} → ${after.total} ${currency} (${difference.total})`,
    ...creditNotes.map((note) =>
      `  credit note ${note.number ?? ''} on ${note.corrects}: ${note.total} ${currency}`.replace('  on', ' on'),
    ),
    ...charges.map(({ amount, tax, how }) => `  next invoice: ${amount} and ${tax} tax ${currency}. ${how}`),
    ...exceptions.map((exception) => `  ! ${exception}`),
  ];
}
