import { type ReactNode, useEffect, useState } from 'react';
import { type BillRunView, getBillRun, getReport, watchBillRun } from '../api.ts';
import { formatCount, formatPeriod } from '../format.ts';
import { Figure, PageHead } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Loaded } from '../parts/states.tsx';
import { hrefOf } from '../route.ts';
import { RunState } from './list.tsx';
import { CycleReportView } from './report.tsx';
import { Steps } from './steps.tsx';

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
            <a className="button" href={hrefOf({ page: 'messages', runId: run.id })}>
              Messages
            </a>
          </PageHead>
          {run.error && (
            <div className="notice bad" role="alert">
              <p className="notice-title">The run stopped in step {run.step}</p>
              <p>{run.error}</p>
              <p className="what-to-do">
                Nothing is lost: remove the cause, then start the run for the same period again. It goes on where it
                stopped.
              </p>
            </div>
          )}
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
