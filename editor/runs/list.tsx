import { type ReactNode, useState } from 'react';
import { type BillRunView, getBillRuns } from '../api.ts';
import { formatCount, formatPeriod } from '../format.ts';
import { inWords, PageHead, Tag } from '../parts/pieces.tsx';
import { useResource } from '../parts/resource.ts';
import { Empty, Loaded } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { hrefOf } from '../route.ts';
import { StartRunDialog } from './start-dialog.tsx';

const columns: readonly Column<BillRunView>[] = [
  {
    title: 'Cycles closing',
    heading: true,
    cell: (run) => <a href={hrefOf({ page: 'runs', id: run.id })}>{formatPeriod(run.closesFrom, run.closesUntil)}</a>,
  },
  { title: 'State', cell: (run) => <RunState run={run} /> },
  { title: 'Accounts', numeric: true, cell: (run) => formatCount(run.accounts.total) },
  { title: 'Invoiced', numeric: true, cell: (run) => formatCount(run.accounts.invoiced) },
  { title: 'Held', numeric: true, cell: (run) => formatCount(run.accounts.held) },
  { title: 'Rejected', numeric: true, cell: (run) => formatCount(run.accounts.rejected) },
];

/** All bill runs, and the way to start one. */
export function RunsPage(): ReactNode {
  const { resource, reload } = useResource('bill-runs', getBillRuns);
  const [asking, setAsking] = useState(false);
  const start = (
    <button type="button" className="button strong" onClick={() => setAsking(true)}>
      Start a bill run
    </button>
  );
  return (
    <>
      <PageHead title="Bill runs" intro="Each run bills every account whose cycle closes in its period, once.">
        <a className="button" href={hrefOf({ page: 'figures' })}>
          Figures over time
        </a>
        {start}
      </PageHead>
      <Loaded resource={resource} what="bill runs" onRetry={reload}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No month has been billed yet">
              <p>Start a bill run for the period in which the cycles close.</p>
            </Empty>
          ) : (
            <Table caption="Bill runs" columns={columns} rows={items} keyOf={(run) => run.id} />
          )
        }
      </Loaded>
      {asking && <StartRunDialog onClose={() => setAsking(false)} />}
    </>
  );
}

export function RunState({ run }: { readonly run: BillRunView }): ReactNode {
  if (run.awaits) return <Tag tone="warn">Waits for a person</Tag>;
  if (run.error) return <Tag tone="bad">Stopped in {run.step}</Tag>;
  if (run.step === 'done') return <Tag tone="good">Done</Tag>;
  return <Tag tone="live">{inWords(run.step)} running</Tag>;
}
