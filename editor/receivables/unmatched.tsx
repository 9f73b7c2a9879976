import { type ReactNode, useState } from 'react';
import { formatCount, formatDate, formatMoney } from '../format.ts';
import { useResource } from '../parts/resource.ts';
import { Loaded } from '../parts/states.tsx';
import { AssignDialog } from './assign-dialog.tsx';
import { getPayments, type PaymentItem } from './receivables-api.ts';

/** Payments of which nobody knows whose they are, with why, and the way to say it. */
export function UnmatchedPayments({ onAssigned }: { readonly onAssigned: () => void }): ReactNode {
  const { resource, reload } = useResource('unmatched payments', (signal) =>
    getPayments({ state: 'unmatched', limit: 50 }, signal),
  );
  const [assigning, setAssigning] = useState<PaymentItem>();
  return (
    <section className="group" aria-labelledby="unmatched-title">
      <div className="group-head">
        <h2 id="unmatched-title">Payments that nobody knows</h2>
        {resource.kind === 'ready' && (
          <span className="quiet">{formatCount(resource.value.total ?? resource.value.items.length)}</span>
        )}
      </div>
      <Loaded resource={resource} what="the payments" onRetry={reload}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">None: every payment has found its account.</p>
          ) : (
            <ul className="cards">
              {items.map((payment) => (
                <PaymentCard key={payment.id} payment={payment} onAssign={() => setAssigning(payment)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {assigning && (
        <AssignDialog
          payment={assigning}
          onClose={() => setAssigning(undefined)}
          onAssigned={() => {
            setAssigning(undefined);
            reload();
            onAssigned();
          }}
        />
      )}
    </section>
  );
}

function PaymentCard({
  payment,
  onAssign,
}: {
  readonly payment: PaymentItem;
  readonly onAssign: () => void;
}): ReactNode {
  const amount = formatMoney(payment.unused, payment.currency);
  return (
    <li className="card" aria-label={`Payment of ${amount}`}>
      <div className="card-head">
        <strong>{amount}</strong>
        <span>{formatDate(payment.receivedOn)}</span>
      </div>
      <p className="evidence">{payment.because}</p>
      <dl className="card-facts">
        <Fact term="From">{payment.payerName || 'not said'}</Fact>
        {payment.payerIban && (
          <Fact term="IBAN">
            <code>{payment.payerIban}</code>
          </Fact>
        )}
        {payment.remittance && <Fact term="Text">{payment.remittance}</Fact>}
        {payment.reference && <Fact term="References">{payment.reference}</Fact>}
        <Fact term="Payment">
          <code>{payment.id}</code>
        </Fact>
      </dl>
      <div className="actions">
        <button
          type="button"
          className="button strong"
          onClick={onAssign}
          aria-label={`Assign the payment of ${amount}`}
        >
          Assign
        </button>
      </div>
    </li>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
