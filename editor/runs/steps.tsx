import type { ReactNode } from 'react';
import type { StepView } from '../api.ts';
import { formatCount, formatDecimal, formatDuration } from '../format.ts';
import { inWords } from '../parts/pieces.tsx';

const stateWords: Readonly<Record<StepView['state'], string>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'done',
};

/** The steps of a run as bars; a change of step is announced, the counting is not. */
export function Steps({ steps }: { readonly steps: readonly StepView[] }): ReactNode {
  const running = steps.find((step) => step.state === 'running');
  return (
    <section className="panel" aria-labelledby="steps-title">
      <h2 id="steps-title">Steps</h2>
      <p className="unseen" aria-live="polite">
        {running ? `Step ${inWords(running.name)} is running` : ''}
      </p>
      <ol className="steps">
        {steps.map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
    </section>
  );
}

function Step({ step }: { readonly step: StepView }): ReactNode {
  const percent = percentDone(step);
  const counted =
    step.total > 0
      ? `${formatCount(step.done)} of ${formatCount(step.total)} ${step.unit}`
      : `${formatCount(step.done)} ${step.unit}`;
  return (
    <li className={`step ${step.state}`}>
      <span className="step-name">{inWords(step.name)}</span>
      <div
        className="step-bar"
        role="progressbar"
        aria-label={inWords(step.name)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={`${stateWords[step.state]}, ${counted}`}
      >
        <span style={{ inlineSize: `${percent}%` }} />
      </div>
      <span className="step-count">{step.state === 'waiting' && step.done === 0 ? 'waiting' : counted}</span>
      <span className="step-rate">
        {step.perSecond !== undefined && step.perSecond > 0 ? `${formatDecimal(step.perSecond, 0)} / s` : ''}
      </span>
      <span className="step-left">{timeLeft(step)}</span>
    </li>
  );
}

/** Whole percent; a step with nothing to do is full once it is done. */
export function percentDone(step: Pick<StepView, 'done' | 'total' | 'state'>): number {
  if (step.state === 'done') return 100;
  return step.total > 0 ? Math.min(99, Math.floor((100 * step.done) / step.total)) : 0;
}

function timeLeft(step: StepView): string {
  if (step.state === 'done') return 'done';
  if (step.state === 'running' && step.secondsLeft !== undefined) return `${formatDuration(step.secondsLeft)} left`;
  return '';
}
