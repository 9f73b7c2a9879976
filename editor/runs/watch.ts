/** Follows a bill run while it is at work. */
import type { BillRunView } from '../api.ts';

/** Calls back with every state of a run until it is done or has failed; returns what ends the watching. */
export function watchBillRun(id: string, onProgress: (run: BillRunView) => void, onBroken: () => void): () => void {
  const source = new EventSource(`/v1/bill-runs/${encodeURIComponent(id)}/progress`);
  let ended = false;
  source.addEventListener('progress', (event: MessageEvent<string>) => {
    const run = JSON.parse(event.data) as BillRunView;
    // The server closes the stream at the end; without this the browser would reconnect for ever.
    ended = run.step === 'done' || Boolean(run.error);
    if (ended) source.close();
    onProgress(run);
  });
  source.addEventListener('error', () => {
    if (!ended) onBroken();
  });
  return () => source.close();
}
