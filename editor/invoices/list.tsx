import { type ReactNode, useState } from 'react';
import { getInvoices, type InvoiceItem } from '../api.ts';
import { isZero } from '../bill-difference.ts';
import { formatDate } from '../format.ts';
import { Money, PageHead, SearchField, Tag } from '../parts/pieces.tsx';
import { usePages } from '../parts/resource.ts';
import { Empty } from '../parts/states.tsx';
import { type Column, PagedTable } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';

export const invoiceColumns: readonly Column<InvoiceItem>[] = [
  {
    title: 'Invoice',
    heading: true,
    cell: (invoice) => (
      <>
        <a href={hrefOf({ page: 'invoices', number: invoice.number })}>{invoice.number}</a>
        {invoice.interim > 0 && (
          <>
            {' '}
            <Tag tone="plain">interim</Tag>
          </>
        )}
      </>
    ),
  },
  { title: 'Customer', cell: (invoice) => invoice.customerName },
  { title: 'Issued', wideOnly: true, cell: (invoice) => formatDate(invoice.issuedOn) },
  { title: 'Due', cell: (invoice) => formatDate(invoice.dueOn) },
  {
    title: 'Net',
    numeric: true,
    wideOnly: true,
    cell: (invoice) => <Money amount={invoice.net} currency={invoice.currency} />,
  },
  {
    title: 'Tax',
    numeric: true,
    wideOnly: true,
    cell: (invoice) => <Money amount={invoice.tax} currency={invoice.currency} />,
  },
  { title: 'Total', numeric: true, cell: (invoice) => <Money amount={invoice.total} currency={invoice.currency} /> },
  { title: 'Open', numeric: true, cell: (invoice) => <OpenAmount invoice={invoice} /> },
];

/** All invoices, searchable by number, customer or account. */
export function InvoicesPage({ runId }: { readonly runId: string | undefined }): ReactNode {
  const [search, setSearch] = useState('');
  const pages = usePages(`invoices ${runId} ${search}`, (after, signal) =>
    getInvoices({ runId, search, after, limit: 50 }, signal),
  );
  return (
    <>
      <PageHead
        title="Invoices"
        intro={
          runId ? <RunFilter runId={runId} /> : 'Issued invoices never change; every line names the rule behind it.'
        }
      />
      <div className="filters">
        <SearchField label="Search invoices" placeholder="Number, customer or account" onSearch={setSearch} />
      </div>
      <PagedTable
        pages={pages}
        what="invoices"
        caption="Invoices"
        columns={invoiceColumns}
        keyOf={(invoice) => invoice.number}
        empty={
          <Empty title={search ? `No invoice fits “${search}”` : 'No invoices yet'}>
            <p>
              {search ? (
                'Try a part of the number or of the name.'
              ) : (
                <a href={hrefOf({ page: 'runs' })}>Start a bill run</a>
              )}
            </p>
          </Empty>
        }
      />
    </>
  );
}

function RunFilter({ runId }: { readonly runId: string }): ReactNode {
  return (
    <>
      Of run <a href={hrefOf({ page: 'runs', id: runId })}>{runId}</a> ·{' '}
      <a href={hrefOf({ page: 'invoices' })}>Show all</a>
    </>
  );
}

/** Settled by payments, by credit notes or by credit: the amount alone does not tell. */
export function OpenAmount({ invoice }: { readonly invoice: InvoiceItem }): ReactNode {
  return isZero(invoice.open) ? (
    <Tag tone="good">Settled</Tag>
  ) : (
    <Money amount={invoice.open} currency={invoice.currency} />
  );
}
