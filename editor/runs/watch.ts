/** Follows a bill run while it is at work. */
import type { BillRunView } from '../api.ts';

/**
 * Calls back with every state of a run until it is done or has failed; returns what ends the watching. A stream that breaks
 * is opened again: the browser does so by itself, but not after an answer that is no stream, as while the database is away.
 */
export function watchBillRun(id: string, onProgress: (run: BillRunView) => void, onBroken: () => void): () => void {
  let source: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(again);
    source.close();
  };
  const open = () => {
    source = new EventSource(`/v1/bill-runs/${encodeURIComponent(id)}/progress`);
    source.addEventListener('progress', (event: MessageEvent<string>) => {
      const run = JSON.parse(event.data) as BillRunView;
      // The server closes the stream at the end; without this the browser would reconnect for ever.
      if (run.step === 'done' || run.error) stop();
      onProgress(run);
    });
    source.addEventListener('error', () => {
      onBroken();
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, reopenMs);
    });
  };
  open();
  return stop;
}

const reopenMs = 3_000;
