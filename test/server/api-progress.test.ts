import { describe, expect, test } from 'vitest';
import { connect } from '../../server/database/database.ts';
import { runId, runView, startApi } from './api-books.ts';

describe('progress of a bill run', () => {
  test('streams each change once and ends when the run is done', async () => {
    const views = [runView(), runView(), runView({ step: 'price' }), runView({ step: 'done' })];
    const it = await startApi({
      billRuns: {
        start: async () => ({ created: true, run: runView() }),
        list: async () => [],
        read: async () => views.shift(),
        continue: async () => {},
      },
    });
    const url = await it.api.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/v1/bill-runs/${encodeURIComponent(runId)}/progress`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = (await response.text())
      .trim()
      .split('\n\n')
      .map((event) => event.split('\n'));
    expect(events.map(([name]) => name)).toEqual(Array(3).fill('event: progress'));
    expect(events.map(([, data]) => JSON.parse(data?.slice('data: '.length) ?? '').step)).toEqual([
      'rate',
      'price',
      'done',
    ]);
    await it.close();
  });

  test('goes on when the database has been away meanwhile', async () => {
    const views = [runView(), 'away', runView({ step: 'price' }), 'away', runView({ step: 'done' })] as const;
    let reads = 0;
    const it = await startApi({
      billRuns: {
        start: async () => ({ created: true, run: runView() }),
        list: async () => [],
        read: async () => {
          const view = views[reads++];
          if (view === 'away') await books.raw('select pg_terminate_backend(pg_backend_pid())');
          return view === 'away' ? undefined : view;
        },
        continue: async () => {},
      },
    });
    const books = await connect(it.url);
    const url = await it.api.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/v1/bill-runs/${encodeURIComponent(runId)}/progress`);
    expect((await response.text()).match(/(?<="step":")\w+(?=")/g)).toEqual(['rate', 'price', 'done']);
    await books.destroy();
    expect(it.logged).toEqual([]);
    await it.close();
  });

  test('stops looking when the reader goes away', async () => {
    let reads = 0;
    let stopped: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const it = await startApi({
      billRuns: {
        start: async () => ({ created: true, run: runView() }),
        list: async () => [],
        read: async () => runView({ accounts: { total: 1_000_000, invoiced: reads++, held: 0, rejected: 0 } }),
        continue: async () => {},
      },
    });
    it.api.server.on('connection', (socket) => socket.on('close', stopped));
    const url = await it.api.listen({ host: '127.0.0.1', port: 0 });
    const reader = new AbortController();
    const response = await fetch(`${url}/v1/bill-runs/${encodeURIComponent(runId)}/progress`, {
      signal: reader.signal,
    });
    await response.body?.getReader().read();
    reader.abort();
    await ended;
    await it.close();
    const after = reads;
    expect(after).toBeGreaterThan(0);
    expect(it.logged).toEqual([]);
  });
});
