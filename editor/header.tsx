import { type ReactNode, useEffect, useState } from 'react';
import { type ClockView, getClock, type Health } from './api.ts';
import { ClockDialog } from './clock-dialog.tsx';
import { formatDay, formatInstant, zoneName } from './format.ts';
import { type Resource, useResource } from './parts/resource.ts';
import { hrefOf, type Route } from './route.ts';

const entries: readonly { readonly page: Exclude<Route['page'], 'unknown' | 'figures'>; readonly text: string }[] = [
  { page: 'rules', text: 'Rules' },
  { page: 'runs', text: 'Bill runs' },
  { page: 'invoices', text: 'Invoices' },
  { page: 'receivables', text: 'Receivables' },
  { page: 'exceptions', text: 'Exceptions' },
  { page: 'quarantine', text: 'Quarantine' },
  { page: 'messages', text: 'Messages' },
  { page: 'accounts', text: 'Accounts' },
  { page: 'surveys', text: 'Surveys' },
];

/** Product name, navigation, the rule set in force and, if the server has one, the test clock. */
export function Header(props: {
  readonly page: Route['page'];
  readonly health: Resource<Health>;
  readonly onPageChange: () => void;
}): ReactNode {
  const { page, health } = props;
  // The figures are those of the runs.
  const place = page === 'figures' ? 'runs' : page;
  const [open, setOpen] = useState(false);
  const clock = useResource('clock', getClock);
  // biome-ignore lint/correctness/useExhaustiveDependencies: going to another page closes the menu and looks whether other rules were released.
  useEffect(() => {
    setOpen(false);
    props.onPageChange();
  }, [page]);
  return (
    <header className="bar">
      <a className="brand" href={hrefOf({ page: 'rules' })}>
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <rect width="32" height="32" rx="7" className="brand-ground" />
          <path d="M9 9h14M9 16h9M9 23h5" className="brand-ink" />
        </svg>
        Ratebook
      </a>
      <button
        type="button"
        className="menu-button"
        aria-expanded={open}
        aria-controls="navigation"
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      >
        {entries.find((entry) => entry.page === place)?.text ?? 'Menu'}
        <span className="chevron" aria-hidden="true" />
      </button>
      <nav id="navigation" aria-label="Main" className={open ? 'open' : ''}>
        <ul>
          {entries.map((entry) => (
            <li key={entry.page}>
              <a href={hrefOf({ page: entry.page })} aria-current={entry.page === place ? 'page' : undefined}>
                {entry.text}
              </a>
            </li>
          ))}
        </ul>
        {health.kind === 'ready' && (
          <p className="nav-foot">
            <RuleSetChip health={health.value} />
          </p>
        )}
      </nav>
      <div className="bar-end">
        {clock.resource.kind === 'ready' && clock.resource.value.test && (
          <TestClock clock={clock.resource.value} onMoved={clock.replace} />
        )}
        {health.kind === 'failed' ? (
          <span className="chip bad">Server away</span>
        ) : (
          health.kind === 'ready' && (
            <span className="wide">
              <RuleSetChip health={health.value} />
            </span>
          )
        )}
      </div>
    </header>
  );
}

function RuleSetChip({ health }: { readonly health: Health }): ReactNode {
  if (health.ruleSet === null) return <span className="chip bad">No rule set</span>;
  return (
    <span className="chip" title={`Rule set ${health.ruleSet}, Ratebook ${health.version}`}>
      <span className="chip-label">Rule set</span> <code>{health.ruleSet.slice(0, 8)}</code>
    </span>
  );
}

function TestClock({
  clock,
  onMoved,
}: {
  readonly clock: ClockView;
  readonly onMoved: (clock: ClockView) => void;
}): ReactNode {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        className="chip clock"
        onClick={() => setAsking(true)}
        title={`Move the test clock: ${formatInstant(clock.now)} ${zoneName(clock.now)}`}
      >
        <span className="chip-label">Test clock</span>{' '}
        <span className="wide">
          {formatInstant(clock.now)} {zoneName(clock.now)}
        </span>
        <span className="narrow">{formatDay(clock.now)} UTC</span>
      </button>
      {asking && (
        <ClockDialog
          now={clock.now}
          onClose={() => setAsking(false)}
          onMoved={(moved) => {
            setAsking(false);
            onMoved(moved);
          }}
        />
      )}
    </>
  );
}
