import { type FormEvent, type ReactNode, useState } from 'react';
import type { Problem } from '../api.ts';
import { formatMoney } from '../format.ts';
import { Dialog, FormActions } from '../parts/dialog.tsx';
import { nameKey, TextField } from '../parts/fields.tsx';
import { ProblemNotice } from '../parts/states.tsx';
import { assignPayment, type PaymentItem } from './receivables-api.ts';

/** Asks whose a payment is, who says so and why; all of it stays with the payment. */
export function AssignDialog(props: {
  readonly payment: PaymentItem;
  readonly onClose: () => void;
  readonly onAssigned: () => void;
}): ReactNode {
  const { payment } = props;
  const [target, setTarget] = useState({ invoiceNumber: '', accountId: '' });
  const [reason, setReason] = useState('');
  const [by, setBy] = useState(() => localStorage.getItem(nameKey) ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const named = Object.fromEntries(
    Object.entries(target)
      .filter(([, value]) => value.trim() !== '')
      .map(([name, value]) => [name, value.trim()]),
  );
  const isReady = Object.keys(named).length > 0 && reason.trim() !== '' && by.trim() !== '';
  const assign = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    localStorage.setItem(nameKey, by.trim());
    const answer = await assignPayment(payment.id, { ...named, reason: reason.trim(), by: by.trim() });
    setBusy(false);
    if (answer.ok) props.onAssigned();
    else setProblem(answer.problem);
  };
  return (
    <Dialog title={`Assign ${formatMoney(payment.unused, payment.currency)}`} onClose={props.onClose}>
      <form onSubmit={assign}>
        <p>{payment.because}</p>
        <p className="quiet">
          An invoice or an account is enough. What the invoice does not need settles the account’s other open invoices;
          the rest is its credit.
        </p>
        <TextField
          label="Invoice number"
          value={target.invoiceNumber}
          onChange={(invoiceNumber) => setTarget({ ...target, invoiceNumber })}
        />
        <TextField
          label="Account"
          value={target.accountId}
          onChange={(accountId) => setTarget({ ...target, accountId })}
        />
        <TextField label="Reason (required)" value={reason} onChange={setReason} required />
        <TextField label="Your name (required)" value={by} onChange={setBy} required autoComplete="name" />
        {problem && <ProblemNotice problem={problem} />}
        <FormActions onClose={props.onClose} disabled={busy || !isReady}>
          {busy ? 'Saving …' : 'Assign'}
        </FormActions>
      </form>
    </Dialog>
  );
}
