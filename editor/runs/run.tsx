import { type ReactNode, useEffect, useState } from 'react';
import { type BillRunView, getBillRun, getReport, type Problem, startBillRun } from '../api.ts';
import { formatCount, formatPeriod } from '../format.ts';
import { Figure, PageHead } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Loaded, ProblemNotice } from '../parts/states.tsx';
import { hrefOf } from '../route.ts';
import { RunState } from './list.tsx';
import { CycleReportView } from './report.tsx';
import { Steps } from './steps.tsx';
import { watchBillRun } from './watch.ts';

/** One bill run: its steps while it goes, its report when it is done. */
export function RunPage({ id }: { readonly id: string }): ReactNode {
  const { resource, reload, replace } = useResource(`run ${id}`, (signal) => getBillRun(id, signal));
  const [broken, setBroken] = useState(false);
  const running = resource.kind === 'ready' && resource.value.step !== 'done' && !resource.value.error;
  useEffect(() => {
    if (!running) return;
    const onProgress = (run: BillRunView) => {
      setBroken(false);
      replace(run);
    };
    return watchBillRun(id, onProgress, () => setBroken(true));
  }, [id, running, replace]);
  return (
    <Loaded resource={resource} what="the bill run" onRetry={reload}>
      {(run) => (
        <>
          <PageHead title={`Bill run ${formatPeriod(run.closesFrom, run.closesUntil)}`} intro={<RunIntro run={run} />}>
            <a className="button" href={hrefOf({ page: 'invoices', runId: run.id })}>
              Invoices
            </a>
            <a className="button" href={hrefOf({ page: 'exceptions', runId: run.id })}>
              Exceptions
            </a>
            <a className="button" href={hrefOf({ page: 'quarantine' })}>
              Quarantine
            </a>
            <a className="button" href={hrefOf({ page: 'messages', runId: run.id })}>
              Messages
            </a>
          </PageHead>
          {run.error && <Stopped run={run} error={run.error} onGoOn={replace} />}
          {broken && running && (
            <p className="notice warn" role="status">
              The connection for live progress is lost; it is being restored. The run itself goes on.
            </p>
          )}
          <Steps steps={run.steps} />
          <AccountFigures run={run} />
          {run.step === 'done' && <Report run={run} />}
        </>
      )}
    </Loaded>
  );
}

/** Why the run stopped or waits, in one line, and the way on: the same bounds are the same run. */
function Stopped(props: {
  readonly run: BillRunView;
  readonly error: string;
  readonly onGoOn: (run: BillRunView) => void;
}): ReactNode {
  const { run } = props;
  const [first = '', ...rest] = props.error.trim().split('\n');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const goOn = async () => {
    setBusy(true);
    const answer = await startBillRun(run.closesFrom, run.closesUntil);
    setBusy(false);
    setProblem(answer.ok ? undefined : answer.problem);
    // The run is on its way again: what the answer still says of the old error would end the watching.
    if (answer.ok) props.onGoOn({ ...answer.value, error: null });
  };
  return (
    <div className={run.awaits ? 'notice warn' : 'notice bad'} role="alert">
      <p className="notice-title">
        {run.awaits ? 'The run waits for a person' : `The run stopped in step ${run.step}`}
      </p>
      <p>{first}</p>
      {rest.length > 0 && (
        <details>
          <summary>All of the error</summary>
          <pre className="error-text">{rest.join('\n')}</pre>
        </details>
      )}
      <p className="what-to-do">
        {run.awaits
          ? 'The last decision takes the run on by itself.'
          : 'Nothing is lost: remove the cause, then go on. The run continues where it stopped.'}
      </p>
      {problem && <ProblemNotice problem={problem} />}
      <div className="actions">
        {run.awaits && (
          <a className="button strong" href={hrefOf({ page: 'exceptions', runId: run.id })}>
            {run.awaits === 1 ? 'Decide the exception' : `Decide ${formatCount(run.awaits)} exceptions`}
          </a>
        )}
        <button type="button" className="button" onClick={goOn} disabled={busy}>
          {busy ? 'Going on …' : 'Go on'}
        </button>
      </div>
    </div>
  );
}

function RunIntro({ run }: { readonly run: BillRunView }): ReactNode {
  return (
    <>
      <RunState run={run} /> <span>Run {run.id}</span>
    </>
  );
}

function AccountFigures({ run }: { readonly run: BillRunView }): ReactNode {
  const { accounts } = run;
  return (
    <dl className="figures compact" aria-label="Accounts of the run">
      <Figure label="Accounts" value={formatCount(accounts.total)} />
      <Figure label="Invoiced" value={formatCount(accounts.invoiced)} tone="good" />
      <Figure
        label="Held for a person"
        value={formatCount(accounts.held)}
        tone={accounts.held > 0 ? 'warn' : 'plain'}
      />
      <Figure label="Rejected" value={formatCount(accounts.rejected)} tone={accounts.rejected > 0 ? 'bad' : 'plain'} />
    </dl>
  );
}

function Report({ run }: { readonly run: BillRunView }): ReactNode {
  const { resource, reload } = useResource(`report ${run.id}`, (signal) =>
    run.report ? Promise.resolve({ ok: true, value: run.report }) : getReport(run.id, signal),
  );
  return (
    <Loaded resource={resource} what="the cycle report" onRetry={reload}>
      {(report) => <CycleReportView report={report} />}
    </Loaded>
  );
}
