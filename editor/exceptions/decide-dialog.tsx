import { type ReactNode, useId, useState } from 'react';
import { decideException, type ExceptionView, type Problem } from '../api.ts';
import { Dialog } from '../parts/dialog.tsx';
import { nameKey } from '../parts/fields.tsx';
import { inWords } from '../parts/pieces.tsx';
import { ProblemNotice } from '../parts/states.tsx';
import { type Verdict, verdictName } from './verdict.ts';

/** Asks who decides and why; both stay with the exception for good. */
export function DecideDialog(props: {
  readonly exception: ExceptionView;
  readonly verdict: Verdict;
  readonly onClose: () => void;
  readonly onDecided: (exception: ExceptionView) => void;
}): ReactNode {
  const { exception, verdict } = props;
  const id = useId();
  const [reason, setReason] = useState('');
  const [by, setBy] = useState(() => localStorage.getItem(nameKey) ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const decide = async () => {
    setBusy(true);
    localStorage.setItem(nameKey, by.trim());
    const answer = await decideException(exception.id, verdict, reason.trim(), by.trim());
    setBusy(false);
    if (answer.ok) props.onDecided(answer.value);
    else setProblem(answer.problem);
  };
  return (
    <Dialog
      title={`${verdictName(exception, verdict)}: ${inWords(exception.code).toLowerCase()}`}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          decide();
        }}
      >
        <Matter exception={exception} verdict={verdict} />
        <div className="field">
          <label htmlFor={`${id}-reason`}>Reason (required)</label>
          <textarea
            id={`${id}-reason`}
            required
            rows={3}
            maxLength={1000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-by`}>Your name (required)</label>
          <input
            id={`${id}-by`}
            required
            autoComplete="name"
            maxLength={200}
            value={by}
            onChange={(event) => setBy(event.target.value)}
          />
        </div>
        {problem && <ProblemNotice problem={problem} />}
        <div className="actions end">
          <button type="button" className="button" onClick={props.onClose}>
            Cancel
          </button>
          <DecideButton
            name={verdictName(exception, verdict)}
            verdict={verdict}
            busy={busy}
            ready={reason.trim() !== '' && by.trim() !== ''}
          />
        </div>
      </form>
    </Dialog>
  );
}

/** What is decided, and what follows from it. */
function Matter({ exception, verdict }: { readonly exception: ExceptionView; readonly verdict: Verdict }): ReactNode {
  return (
    <>
      <p>
        <strong>{exception.customerName ?? exception.subject}</strong>: {exception.evidence}
      </p>
      <p className="quiet">{consequence(exception, verdict)}</p>
    </>
  );
}

function DecideButton(props: {
  readonly name: string;
  readonly verdict: Verdict;
  readonly busy: boolean;
  readonly ready: boolean;
}): ReactNode {
  const { verdict, busy, ready } = props;
  return (
    <button
      type="submit"
      className={verdict === 'reject' ? 'button danger' : 'button strong'}
      disabled={busy || !ready}
    >
      {busy ? (verdict === 're-rate' ? 'Rating …' : 'Saving …') : props.name}
    </button>
  );
}

function consequence(exception: ExceptionView, verdict: Verdict): string {
  if (exception.action === 'hold' && (exception.object === 'source' || exception.object === 'run'))
    return verdict === 'approve'
      ? 'The run goes on with what there is.'
      : 'The run goes on waiting. A usage file is taken out until its source delivers it again.';
  if (verdict === 're-rate')
    return 'The draft is made anew with all that is known now. What is still the matter with it holds it on.';
  if (verdict === 'reject')
    return exception.object === 'invoice' ? 'The draft is not issued.' : 'It is taken out of this cycle.';
  return exception.action === 'hold' ? 'The draft is released and issued.' : 'It stays as it is and counts as checked.';
}
