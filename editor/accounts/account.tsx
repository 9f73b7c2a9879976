import { type ReactNode, useState } from 'react';
import { type AccountView, getAccount } from '../api.ts';
import { ExceptionCard } from '../exceptions/card.tsx';
import { formatDate } from '../format.ts';
import { invoiceColumns } from '../invoices/list.tsx';
import { inWords, PageHead, Tag } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Loaded } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Payments } from '../receivables/payments.tsx';
import { hrefOf } from '../route.ts';
import { BackdateDialog } from './backdate-dialog.tsx';
import { CreditNotes } from './credit-notes.tsx';

type Subscription = AccountView['subscriptions'][number];

const subscriptionColumns = (onCorrect: (id: string) => void): readonly Column<Subscription>[] => [
  { title: 'Number', heading: true, cell: (subscription) => subscription.msisdn },
  { title: 'Subscription', cell: (subscription) => <code>{subscription.id}</code> },
  { title: 'Plan', cell: (subscription) => subscription.plan },
  { title: 'Payment', cell: (subscription) => inWords(subscription.payment) },
  { title: 'Since', cell: (subscription) => formatDate(subscription.activatedOn) },
  {
    title: 'Renews',
    cell: (subscription) =>
      subscription.cancelledOn ? (
        <Tag tone="plain">Cancelled {formatDate(subscription.cancelledOn)}</Tag>
      ) : subscription.renewsOn ? (
        formatDate(subscription.renewsOn)
      ) : (
        '–'
      ),
  },
  {
    title: 'Billed days',
    cell: ({ id }) => (
      <button
        type="button"
        className="text-button"
        onClick={() => onCorrect(id)}
        aria-label={`Correct the past of ${id}`}
      >
        Correct the past
      </button>
    ),
  },
];

// On an account's own page the customer's name would stand in every row.
const ownInvoiceColumns = invoiceColumns.filter((column) => column.title !== 'Customer');

/** One billing account: its customer, subscriptions, invoices and what waits for a person. */
export function AccountPage({ id }: { readonly id: string }): ReactNode {
  const [correcting, setCorrecting] = useState<string>();
  const { resource, reload } = useResource(`account ${id}`, (signal) => getAccount(id, signal));
  return (
    <Loaded resource={resource} what="the account" onRetry={reload}>
      {(account) => (
        <>
          <PageHead title={account.customer.name} intro={introOf(account)} />
          {account.exceptions.length > 0 && (
            <section className="group" aria-labelledby="account-exceptions">
              <div className="group-head">
                <h2 id="account-exceptions">Waits for a person</h2>
                <a href={hrefOf({ page: 'exceptions' })}>Decide</a>
              </div>
              <ul className="cards">
                {account.exceptions.map((exception) => (
                  <ExceptionCard key={exception.id} exception={exception} />
                ))}
              </ul>
            </section>
          )}
          <h2 className="section-title">Subscriptions</h2>
          <Table
            caption="Subscriptions"
            columns={subscriptionColumns(setCorrecting)}
            rows={account.subscriptions}
            keyOf={(subscription) => subscription.id}
          />
          <h2 className="section-title">Invoices</h2>
          {account.invoices.length === 0 ? (
            <p className="quiet">None issued yet.</p>
          ) : (
            <Table
              caption="Invoices"
              columns={ownInvoiceColumns}
              rows={account.invoices}
              keyOf={(invoice) => invoice.number}
            />
          )}
          <CreditNotes notes={account.creditNotes} />
          <Payments of={{ accountId: account.id }} />
          {correcting !== undefined && (
            <BackdateDialog
              subscriptionId={correcting}
              onClose={() => setCorrecting(undefined)}
              onEntered={() => {
                setCorrecting(undefined);
                reload();
              }}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

function introOf(account: AccountView): string {
  const parts = [
    `Account ${account.id}`,
    inWords(account.customer.category),
    account.customer.email,
    account.customer.city,
    `billed in ${account.currency} on day ${account.cycleDay}, ${account.zone}`,
    ...account.changes.map(({ from, zone, cycleDay }) => {
      const day = cycleDay === undefined ? '' : `on day ${cycleDay}`;
      return `from ${from} ${[day, zone].filter(Boolean).join(', ')}`;
    }),
  ];
  return parts.filter(Boolean).join(' · ');
}
