import type { ReactNode } from 'react';
import { formatAmount, parseDecimal, sum } from '../../engine/money.ts';
import { formatDate } from '../format.ts';
import { inWords, Money, Tag } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Loaded } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { getPayments, type PaymentItem } from './receivables-api.ts';

/** The payments of an invoice or of an account, with what each settles and why. */
export function Payments({
  of,
}: {
  readonly of: { readonly invoiceNumber: string } | { readonly accountId: string };
}): ReactNode {
  const { resource, reload } = useResource(`payments ${JSON.stringify(of)}`, (signal) =>
    getPayments({ ...of, limit: 100 }, signal),
  );
  return (
    <section aria-labelledby="payments-title">
      <h2 id="payments-title" className="section-title">
        Payments
      </h2>
      <Loaded resource={resource} what="the payments" onRetry={reload}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">None yet.</p>
          ) : (
            <Table
              caption="Payments"
              columns={'invoiceNumber' in of ? [...columns, settled(of.invoiceNumber)] : [...columns, unused]}
              rows={items}
              keyOf={(payment) => payment.id}
            />
          )
        }
      </Loaded>
    </section>
  );
}

const columns: readonly Column<PaymentItem>[] = [
  { title: 'Received', heading: true, cell: (payment) => formatDate(payment.receivedOn) },
  { title: 'Payment', wideOnly: true, cell: (payment) => <code>{payment.id}</code> },
  { title: 'From', cell: (payment) => payment.payerName || inWords(payment.method) },
  {
    title: 'Why here',
    prose: true,
    cell: (payment) => (
      <>
        {payment.because || 'Taken over'}
        {payment.returns.map((back) => (
          <span key={back.id} className="stacked">
            <Tag tone="warn">
              {inWords(back.kind)} of <Money amount={back.amount} currency={payment.currency} />
            </Tag>{' '}
            <span className="quiet">
              {formatDate(back.on)}: {back.reason}
            </span>
          </span>
        ))}
      </>
    ),
  },
  { title: 'Amount', numeric: true, cell: (payment) => <Money amount={payment.amount} currency={payment.currency} /> },
];

const unused: Column<PaymentItem> = {
  title: 'Unused',
  numeric: true,
  cell: (payment) => <Money amount={payment.unused} currency={payment.currency} />,
};

function settled(invoiceNumber: string): Column<PaymentItem> {
  const amountOf = ({ allocations, currency }: PaymentItem) =>
    formatAmount(
      sum(allocations.filter((one) => one.invoiceNumber === invoiceNumber).map((one) => parseDecimal(one.amount))),
      currency,
    );
  return {
    title: 'Settles here',
    numeric: true,
    cell: (payment) => <Money amount={amountOf(payment)} currency={payment.currency} />,
  };
}
