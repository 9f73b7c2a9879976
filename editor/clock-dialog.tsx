import { type ReactNode, useId, useState } from 'react';
import { type ClockView, type Problem, putClock } from './api.ts';
import { zoneName } from './format.ts';
import { Dialog, FormActions } from './parts/dialog.tsx';
import { ProblemNotice } from './parts/states.tsx';

/** Moves the server's test clock forward; everything that becomes due on the way happens. */
export function ClockDialog(props: {
  readonly now: string;
  readonly onClose: () => void;
  readonly onMoved: (clock: ClockView) => void;
}): ReactNode {
  const id = useId();
  const [target, setTarget] = useState(() => localInput(new Date(Date.parse(props.now) + 86_400_000)));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const move = async () => {
    setBusy(true);
    const answer = await putClock(new Date(target).toISOString());
    setBusy(false);
    if (answer.ok) props.onMoved(answer.value);
    else setProblem(answer.problem);
  };
  return (
    <Dialog title="Move the test clock" onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          move();
        }}
      >
        <p>Time only moves forward. Reminders and deadlines that become due on the way are carried out.</p>
        <div className="field">
          <label htmlFor={id}>New time, in your zone ({zoneName(target)})</label>
          <input
            id={id}
            type="datetime-local"
            required
            min={localInput(new Date(props.now))}
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          />
        </div>
        {problem && <ProblemNotice problem={problem} />}
        <FormActions onClose={props.onClose} disabled={busy}>
          {busy ? 'Moving …' : 'Move clock'}
        </FormActions>
      </form>
    </Dialog>
  );
}

/** `datetime-local` wants local time without a zone. */
function localInput(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
