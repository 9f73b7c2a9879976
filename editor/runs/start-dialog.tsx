import { type ReactNode, useId, useState } from 'react';
import { type Problem, startBillRun } from '../api.ts';
import { Dialog, FormActions } from '../parts/dialog.tsx';
import { ProblemNotice } from '../parts/states.tsx';
import { hrefOf } from '../route.ts';

/** Asks for the period and starts the run; a run that exists already is opened instead. */
export function StartRunDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const id = useId();
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const start = async () => {
    setBusy(true);
    const answer = await startBillRun(from, until);
    setBusy(false);
    if (answer.ok) location.hash = hrefOf({ page: 'runs', id: answer.value.id });
    else setProblem(answer.problem);
  };
  return (
    <Dialog title="Start a bill run" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <p>
          The run bills all cycles that close in this period. An account's cycle is billed once, whatever run it is in.
        </p>
        <div className="fields">
          <div className="field">
            <label htmlFor={`${id}-from`}>Closing from</label>
            <input
              id={`${id}-from`}
              type="date"
              required
              value={from}
              onChange={(event) => setFrom(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor={`${id}-until`}>until, not included</label>
            <input
              id={`${id}-until`}
              type="date"
              required
              min={from}
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          </div>
        </div>
        {problem && <ProblemNotice problem={problem} />}
        <FormActions onClose={onClose} disabled={busy}>
          {busy ? 'Starting …' : 'Start'}
        </FormActions>
      </form>
    </Dialog>
  );
}
