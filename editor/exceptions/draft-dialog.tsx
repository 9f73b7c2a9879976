import type { ReactNode } from 'react';
import { type ExceptionView, getException } from '../api.ts';
import { formatPeriod } from '../format.ts';
import { BillLines } from '../invoices/lines.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useResource } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';

/** The invoice as it would go out, with the reason of every line: what the decision is about. */
export function DraftDialog(props: { readonly exception: ExceptionView; readonly onClose: () => void }): ReactNode {
  const { id, evidence, subject, customerName } = props.exception;
  const { resource, reload } = useResource(`exception ${id}`, (signal) => getException(id, signal));
  return (
    <Dialog title={`Draft invoice of ${customerName ?? subject}`} onClose={props.onClose} wide>
      <p>{evidence}</p>
      <Loaded resource={resource} what="the draft" onRetry={reload}>
        {({ bill }) =>
          bill ? (
            <>
              <p className="quiet">For {formatPeriod(bill.from, bill.until)}. Not issued, and without a number.</p>
              <BillLines bill={bill} />
            </>
          ) : (
            <Empty title="There is no draft any more">The cycle has been invoiced, or is rated again.</Empty>
          )
        }
      </Loaded>
      <div className="actions end">
        <button type="button" className="button" onClick={props.onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
