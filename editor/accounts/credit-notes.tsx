import type { ReactNode } from 'react';
import type { CreditNoteItem } from '../api.ts';
import { formatDate } from '../format.ts';
import { creditNoteDocument } from '../invoices/document.ts';
import { Money } from '../parts/pieces.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';

/** What was given back to an account, each with the documents that its customer has; nothing where nothing was. */
export function CreditNotes({ notes }: { readonly notes: readonly CreditNoteItem[] }): ReactNode {
  if (notes.length === 0) return null;
  return (
    <>
      <h2 className="section-title">Credit notes</h2>
      <Table caption="Credit notes" columns={columns} rows={notes} keyOf={({ number }) => number} />
    </>
  );
}

const columns: readonly Column<CreditNoteItem>[] = [
  {
    title: 'Credit note',
    heading: true,
    cell: ({ number }) => (
      <a href={creditNoteDocument(number, 'html')} target="_blank" rel="noreferrer">
        {number}
      </a>
    ),
  },
  {
    title: 'Corrects',
    cell: ({ corrects }) => <a href={hrefOf({ page: 'invoices', number: corrects })}>{corrects}</a>,
  },
  { title: 'Issued', cell: (note) => formatDate(note.issuedOn) },
  {
    title: 'Document',
    cell: ({ number }) => (
      <a href={creditNoteDocument(number, 'pdf')} target="_blank" rel="noreferrer" aria-label={`PDF of ${number}`}>
        PDF
      </a>
    ),
  },
  {
    title: 'Net',
    numeric: true,
    wideOnly: true,
    cell: ({ net, currency }) => <Money amount={net} currency={currency} />,
  },
  {
    title: 'Tax',
    numeric: true,
    wideOnly: true,
    cell: ({ tax, currency }) => <Money amount={tax} currency={currency} />,
  },
  { title: 'Total', numeric: true, cell: ({ total, currency }) => <Money amount={total} currency={currency} /> },
];
