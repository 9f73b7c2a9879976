/**
 * Where the reader is, as a hash: `#/invoices/NM-2026-000001`. A hash needs nothing of the server, so the page also
 * works behind a path prefix.
 */
export type Route =
  | { readonly page: 'rules'; readonly file?: string; readonly line?: number }
  | { readonly page: 'runs'; readonly id?: string }
  | { readonly page: 'invoices'; readonly number?: string; readonly runId?: string }
  | { readonly page: 'exceptions'; readonly runId?: string; readonly code?: string }
  | { readonly page: 'quarantine'; readonly reason?: string; readonly detail?: string }
  | { readonly page: 'messages'; readonly key?: string; readonly runId?: string }
  | { readonly page: 'accounts'; readonly id?: string }
  | { readonly page: 'surveys' }
  | { readonly page: 'receivables' }
  | { readonly page: 'figures' }
  | { readonly page: 'unknown'; readonly hash: string };

/** Reads a location's hash; an empty one is the rules page, one that says nothing known is `unknown`. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const search = new URLSearchParams(query);
  const segments = path.split('/').filter((segment) => segment !== '');
  const rest = segments.slice(1).map(decode).join('/');
  const runId = search.get('run') ?? undefined;
  const code = search.get('code') ?? undefined;
  const detail = search.get('detail') ?? undefined;
  switch (segments[0] ?? 'rules') {
    case 'rules':
      return { page: 'rules', ...(rest && { file: rest }), ...lineOf(search) };
    case 'runs':
      return { page: 'runs', ...(rest && { id: rest }) };
    case 'invoices':
      return { page: 'invoices', ...(rest && { number: rest }), ...(runId && { runId }) };
    case 'exceptions':
      return { page: 'exceptions', ...(runId && { runId }), ...(code && { code }) };
    case 'quarantine':
      return { page: 'quarantine', ...(rest && { reason: rest }), ...(detail && { detail }) };
    case 'messages':
      return { page: 'messages', ...(rest && { key: rest }), ...(runId && { runId }) };
    case 'accounts':
      return { page: 'accounts', ...(rest && { id: rest }) };
    case 'surveys':
      return { page: 'surveys' };
    case 'receivables':
      return { page: 'receivables' };
    case 'figures':
      return { page: 'figures' };
    default:
      return { page: 'unknown', hash };
  }
}

/** The hash of a route, for `href`; `parseRoute` reads it back. */
export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'rules':
      return link(['rules', ...(route.file?.split('/') ?? [])], { line: route.line });
    case 'runs':
      return link(['runs', route.id]);
    case 'invoices':
      return link(['invoices', route.number], { run: route.runId });
    case 'exceptions':
      return link(['exceptions'], { run: route.runId, code: route.code });
    case 'quarantine':
      return link(['quarantine', route.reason], { detail: route.detail });
    case 'messages':
      return link(['messages', route.key], { run: route.runId });
    case 'accounts':
      return link(['accounts', route.id]);
    case 'surveys':
    case 'receivables':
    case 'figures':
      return link([route.page]);
    case 'unknown':
      return route.hash;
  }
}

function link(
  segments: readonly (string | undefined)[],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const path = segments.filter((segment) => segment !== undefined).map(encodeURIComponent);
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return `#/${path.join('/')}${text && `?${text}`}`;
}

function lineOf(search: URLSearchParams): { line?: number } {
  const line = Number(search.get('line'));
  return Number.isInteger(line) && line > 0 ? { line } : {};
}

/** A half-typed percent sign in the address bar is read as it stands. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
