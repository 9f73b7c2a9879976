/** The frame of the console: header with navigation, and the page that the address names. */
import { lazy, type ReactNode, Suspense, useEffect, useSyncExternalStore } from 'react';
import { AccountPage } from './accounts/account.tsx';
import { AccountsPage } from './accounts/list.tsx';
import { getHealth, type Health } from './api.ts';
import { ExceptionsPage } from './exceptions/page.tsx';
import { FiguresPage } from './figures/page.tsx';
import { Header } from './header.tsx';
import { InvoicePage } from './invoices/invoice.tsx';
import { InvoicesPage } from './invoices/list.tsx';
import { MessagesPage } from './messages/list.tsx';
import { MessagePage } from './messages/message.tsx';
import { BrokenPage } from './parts/broken.tsx';
import { useResource } from './parts/resource.ts';
import { Empty, Loading } from './parts/states.tsx';
import { QuarantinePage } from './quarantine/page.tsx';
import { ReceivablesPage } from './receivables/page.tsx';
import { hrefOf, parseRoute, type Route } from './route.ts';
import { RunsPage } from './runs/list.tsx';
import { RunPage } from './runs/run.tsx';
import { SurveysPage } from './surveys/page.tsx';

// The editor component weighs more than all the rest together, so only the page that needs it loads it.
const RulesPage = lazy(() => import('./rules/page.tsx').then((module) => ({ default: module.RulesPage })));

export function App(): ReactNode {
  const health = useResource('health', getHealth);
  const hash = useSyncExternalStore(subscribeToHash, () => location.hash);
  const route = parseRoute(hash);
  useEffect(() => {
    if (hash) document.getElementById('main')?.scrollIntoView({ block: 'start' });
  }, [hash]);
  return (
    <>
      <button type="button" className="skip button" onClick={skipToMain}>
        Skip to content
      </button>
      <Header page={route.page} health={health.resource} onPageChange={health.reload} />
      <main id="main" tabIndex={-1} className={route.page === 'rules' ? 'wide' : ''}>
        <BrokenPage key={route.page}>
          <Suspense fallback={<Loading what="the editor" />}>{pageOf(route, health)}</Suspense>
        </BrokenPage>
      </main>
    </>
  );
}

function pageOf(route: Route, health: ReturnType<typeof useResource<Health>>): ReactNode {
  switch (route.page) {
    case 'rules':
      return (
        <RulesPage
          file={route.file}
          line={route.line}
          released={health.resource.kind === 'ready' ? health.resource.value.ruleSet : undefined}
          onReleased={health.reload}
        />
      );
    case 'runs':
      return route.id === undefined ? <RunsPage /> : <RunPage key={route.id} id={route.id} />;
    case 'invoices':
      return route.number === undefined ? (
        <InvoicesPage runId={route.runId} />
      ) : (
        <InvoicePage key={route.number} number={route.number} />
      );
    case 'exceptions':
      return <ExceptionsPage runId={route.runId} code={route.code} />;
    case 'quarantine':
      return <QuarantinePage reason={route.reason} detail={route.detail} />;
    case 'messages':
      return route.key === undefined ? (
        <MessagesPage runId={route.runId} />
      ) : (
        <MessagePage key={route.key} messageKey={route.key} />
      );
    case 'accounts':
      return route.id === undefined ? <AccountsPage /> : <AccountPage key={route.id} id={route.id} />;
    case 'surveys':
      return <SurveysPage />;
    case 'receivables':
      return <ReceivablesPage />;
    case 'figures':
      return <FiguresPage />;
    case 'unknown':
      return (
        <Empty title="There is no such page">
          <p>
            The address ends in <code>{route.hash}</code>. <a href={hrefOf({ page: 'runs' })}>Go to the bill runs</a>
          </p>
        </Empty>
      );
  }
}

function subscribeToHash(onChange: () => void): () => void {
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}

/** The address's hash belongs to the pages, so this is a button and no link to `#main`. */
function skipToMain(): void {
  document.getElementById('main')?.focus();
}
