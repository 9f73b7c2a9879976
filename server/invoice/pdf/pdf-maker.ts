import { Worker } from 'node:worker_threads';
import type { InvoiceView } from '../invoice-view.ts';
import type { PdfAnswer, PdfRequest } from './pdf-worker.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

export interface PdfMaker {
  /** @throws Error of the renderer, or when the thread has ended. */
  readonly make: (view: InvoiceView) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

/**
 * Draws PDFs in a thread beside the main one, where mail goes out meanwhile. The thread starts with the first PDF.
 * Run from the TypeScript sources, which a Node thread cannot load, it draws in the main thread.
 */
export function createPdfMaker(): PdfMaker {
  const fromSource = import.meta.url.endsWith('.ts');
  const waiting = new Map<
    number,
    { readonly resolve: (pdf: Buffer) => void; readonly reject: (error: Error) => void }
  >();
  let worker: Worker | undefined;
  let lastId = 0;
  return {
    make: (view) => {
      if (fromSource) return renderInvoicePdf(view);
      worker ??= startWorker(waiting, () => {
        worker = undefined;
      });
      lastId += 1;
      const request: PdfRequest = { id: lastId, view };
      return new Promise((resolve, reject) => {
        waiting.set(request.id, { resolve, reject });
        worker?.postMessage(request);
      });
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}

function startWorker(
  waiting: Map<number, { readonly resolve: (pdf: Buffer) => void; readonly reject: (error: Error) => void }>,
  onExit: () => void,
): Worker {
  const worker = new Worker(new URL('./pdf-worker.js', import.meta.url));
  worker.on('message', (answer: PdfAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('pdf' in answer) asked?.resolve(Buffer.from(answer.pdf.buffer, answer.pdf.byteOffset, answer.pdf.byteLength));
    else asked?.reject(new Error(answer.error));
  });
  const end = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', end);
  worker.on('exit', () => {
    // The next PDF starts another: one that has ended would never answer.
    onExit();
    end(new Error('The thread that draws PDFs has ended'));
  });
  worker.unref();
  return worker;
}
