import type { Api } from './api-deps.ts';
import { problem } from './problem.ts';

const readingMethods = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Keeps web pages of others out. Whoever reaches this port is trusted, and a browser reaches it for any page that it
 * shows: by a name that the page's owner lets point here (DNS rebinding), or by sending a form across. So requests must
 * name a host that is ours, and what changes something must not come from a page of another origin.
 *
 * @param allowedHosts names besides the machine's own under which this server is reached, without ports.
 */
export function refuseForeignPages(api: Api, allowedHosts: readonly string[]): void {
  api.addHook('onRequest', async ({ headers, method }) => {
    const host = urlOf(`http://${headers.host}`);
    if (host === undefined || !(isLoopback(host.hostname) || allowedHosts.includes(host.hostname)))
      throw problem('forbidden-host', 'The request names a host that is not served here');
    const { origin } = headers;
    if (origin === undefined || readingMethods.includes(method)) return;
    const page = urlOf(origin);
    // A proxy in front may put its own address for the host: then the page's name tells that it is ours.
    if (page === undefined || !(page.host === host.host || allowedHosts.includes(page.hostname)))
      throw problem('forbidden-origin', 'The request comes from a page of another origin');
  });
}

/** Absent for what is no address, as the origin `null` of a page without one. */
function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** By the names that a URL's parser gives to this machine. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
