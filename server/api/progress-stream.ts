import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOutage } from '../database/outage.ts';
import type { ApiDeps } from './api-deps.ts';
import type { BillRunView } from './bill-run-view.ts';

/** So often a comment goes out while nothing happens, so that nobody in between takes the line for dead. */
const heartbeatMs = 15_000;

/**
 * Streams a run's progress: an event `progress` with the whole view at once and whenever it changes, and the end of the
 * stream when the run is done or has failed. A reader that goes away ends it.
 */
export async function streamProgress(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  first: BillRunView,
): Promise<void> {
  reply.hijack();
  const out = reply.raw;
  const gone = new AbortController();
  out.on('close', () => gone.abort());
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  let sent = '';
  let quietMs = 0;
  try {
    for (
      let run: BillRunView | undefined = first;
      run !== undefined && !gone.signal.aborted;
      run = await deps.billRuns.read(first.id).catch(lastUnlessAway(run))
    ) {
      const data = JSON.stringify(run);
      quietMs = data === sent ? quietMs + deps.progressIntervalMs : 0;
      if (data !== sent) out.write(`event: progress\ndata: ${data}\n\n`);
      if (quietMs >= heartbeatMs) {
        out.write(': still here\n\n');
        quietMs = 0;
      }
      sent = data;
      if (run.step === 'done' || run.error !== undefined) break;
      await pause(deps.progressIntervalMs, undefined, { signal: gone.signal });
    }
  } catch (error) {
    // The head is out: all that is left is to end the stream; the reader connects again and gets a proper problem.
    if (!gone.signal.aborted) deps.log(request.id, error);
  }
  out.end();
}

/** The database comes back: until then a run is what it was. A browser that connected anew meanwhile would be turned away for good. */
function lastUnlessAway(last: BillRunView): (error: unknown) => BillRunView {
  return (error) => {
    if (isOutage(error)) return last;
    throw error;
  };
}
