import type { Api } from './api-deps.ts';
import { problem } from './problem.ts';

interface KnownRoute {
  readonly method: string;
  readonly path: RegExp;
}

/**
 * Says what the API does not know instead of passing it over: a parameter that a route does not read is a typing mistake,
 * and whoever made it must not take the whole list for the answer. To be called before the routes are registered.
 *
 * @returns the methods that an address takes; none for an address that does not exist.
 */
export function refuseUnknownParameters(api: Api): (url: string) => readonly string[] {
  const routes: KnownRoute[] = [];
  api.addHook('onRoute', ({ url, method }) => {
    if (!isOurs(url)) return;
    for (const one of [method].flat()) routes.push({ method: one, path: patternOf(url) });
  });
  api.addHook('preValidation', async (request) => {
    const { url, schema } = request.routeOptions;
    if (request.is404 || url === undefined || !isOurs(url)) return;
    const known = Object.keys((schema?.querystring as { readonly properties?: object } | undefined)?.properties ?? {});
    const unknown = Object.keys(request.query as object).filter((name) => !known.includes(name));
    if (unknown.length === 0) return;
    const detail = known.length === 0 ? 'is not known; this address takes none' : `is not one of ${known.join(', ')}`;
    const errors = unknown.map((name) => ({ pointer: `#/${name}`, detail }));
    throw problem('invalid-parameter', `The parameter ${unknown.join(', ')} ${detail}`, { errors });
  });
  return (url) => {
    const path = url.split('?')[0] ?? url;
    return [...new Set(routes.filter((route) => route.path.test(path)).map((route) => route.method))].sort();
  };
}

function isOurs(url: string): boolean {
  return url.startsWith('/v1/');
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part === '*' ? '.+' : part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')))
    .join('/');
  return new RegExp(`^${source}$`);
}
