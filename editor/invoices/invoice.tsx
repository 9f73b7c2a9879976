import type { ReactNode } from 'react';
import { getInvoice, type InvoiceView } from '../api.ts';
import { formatDate, formatMoney, formatPeriod } from '../format.ts';
import { Figure, PageHead } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Loaded } from '../parts/states.tsx';
import { Payments } from '../receivables/payments.tsx';
import { hrefOf } from '../route.ts';
import { Corrections } from './corrections.tsx';
import { invoiceDocument } from './document.ts';
import { BillLines } from './lines.tsx';
import { OpenAmount } from './list.tsx';

/** One invoice: the document as the customer sees it, and beside it why each line is there. */
export function InvoicePage({ number }: { readonly number: string }): ReactNode {
  const { resource, reload } = useResource(`invoice ${number}`, (signal) => getInvoice(number, signal));
  return (
    <Loaded resource={resource} what="the invoice" onRetry={reload}>
      {(invoice) => (
        <>
          <PageHead
            title={`${invoice.interim > 0 ? 'Interim invoice' : 'Invoice'} ${invoice.number}`}
            intro={<Customer invoice={invoice} />}
          >
            {forms(invoice).map(([form, label]) => (
              <a key={form} className="button" href={invoiceDocument(number, form)} target="_blank" rel="noreferrer">
                {label}
              </a>
            ))}
          </PageHead>
          <dl className="figures compact">
            <Figure
              label="Total"
              value={formatMoney(invoice.total, invoice.currency)}
              note={`${formatMoney(invoice.net, invoice.currency)} + ${formatMoney(invoice.tax, invoice.currency)} tax`}
            />
            <Figure label="Open" value={<OpenAmount invoice={invoice} />} note={`due ${formatDate(invoice.dueOn)}`} />
            <Figure label="Issued" value={formatDate(invoice.issuedOn)} note={periodNote(invoice)} />
          </dl>
          <Payments of={{ invoiceNumber: invoice.number }} />
          <Corrections number={number} />
          <div className="beside">
            <BillLines bill={invoice.bill} />
            <section className="panel document" aria-labelledby="document-title">
              <h2 id="document-title">As the customer sees it</h2>
              {/* No token in `sandbox`: the document can run nothing and reach nothing. */}
              <iframe sandbox="" src={invoiceDocument(number, 'html')} title={`Invoice ${number} as a document`} />
            </section>
          </div>
        </>
      )}
    </Loaded>
  );
}

/** What can be opened of an invoice: usage only of those that a run of ours has made, with usage on them. */
function forms({ bill }: InvoiceView) {
  const always = [
    ['pdf', 'Open PDF'],
    ['xml', 'E-invoice (XML)'],
  ] as const;
  const isOurs = /^[0-9a-f]{64}$/.test(bill.ruleSet);
  const hasUsage = isOurs && bill.lines.some(({ kind }) => kind.endsWith('usage'));
  if (!hasUsage) return always;
  return [...always, ['pdf?itemised=true', 'Itemised PDF'], ['itemisation?format=csv', 'Itemised CSV']] as const;
}

function Customer({ invoice }: { readonly invoice: InvoiceView }): ReactNode {
  return (
    <>
      {invoice.customerName}, account{' '}
      <a href={hrefOf({ page: 'accounts', id: invoice.accountId })}>{invoice.accountId}</a>
    </>
  );
}

function periodNote(invoice: InvoiceView): string {
  const { from, until } = invoice.bill;
  return from && until ? `for ${formatPeriod(from, until)}` : '';
}
