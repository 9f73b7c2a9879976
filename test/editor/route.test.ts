import { describe, expect, it } from 'vitest';
import { hrefOf, parseRoute, type Route } from '../../editor/route.ts';

describe('an address of the console', () => {
  it('is the rules page when it is empty', () => {
    expect(parseRoute('')).toEqual({ page: 'rules' });
    expect(parseRoute('#/')).toEqual({ page: 'rules' });
  });

  it('leads from an invoice line to the file and line of its rule', () => {
    expect(parseRoute('#/rules/tables/destinations.csv?line=12')).toEqual({
      page: 'rules',
      file: 'tables/destinations.csv',
      line: 12,
    });
  });

  it.each<Route>([
    { page: 'rules', file: 'consumer.rules', line: 7 },
    { page: 'rules', file: 'messages/app-invitation/de.email.eta' },
    { page: 'runs', id: '2026-05-31..2026-06-16' },
    { page: 'invoices', runId: '2026-05-31..2026-06-16' },
    { page: 'invoices', number: 'NM-DE/2026/000001' },
    { page: 'messages', key: 'notify.invoice_ready/NM-DE-2026-1/ä?b#c%' },
    { page: 'exceptions' },
    { page: 'exceptions', runId: '2026-05-31..2026-06-16', code: 'source-gap' },
    { page: 'quarantine' },
    { page: 'quarantine', reason: 'bad-number', detail: 'duration is "12?&s"' },
    { page: 'accounts', id: 'A-1' },
    { page: 'surveys' },
    { page: 'receivables' },
    { page: 'figures' },
  ])('reads back what it wrote: %j', (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route);
  });

  it('ignores a line that is no line number', () => {
    expect(parseRoute('#/rules/consumer.rules?line=-3')).toEqual({ page: 'rules', file: 'consumer.rules' });
    expect(parseRoute('#/rules/consumer.rules?line=x')).toEqual({ page: 'rules', file: 'consumer.rules' });
  });

  it('survives a half-typed percent sign', () => {
    expect(parseRoute('#/accounts/50%')).toEqual({ page: 'accounts', id: '50%' });
  });

  it('says when it leads nowhere', () => {
    expect(parseRoute('#/nowhere')).toEqual({ page: 'unknown', hash: '#/nowhere' });
  });
});
