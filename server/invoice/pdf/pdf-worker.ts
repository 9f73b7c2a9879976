import { parentPort } from 'node:worker_threads';
import type { InvoiceView } from '../invoice-view.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

/** The thread that draws PDFs: views in, files out, each under the number it was asked with. */
export interface PdfRequest {
  readonly id: number;
  readonly view: InvoiceView;
}

export type PdfAnswer =
  | { readonly id: number; readonly pdf: Uint8Array }
  | { readonly id: number; readonly error: string };

parentPort?.on('message', ({ id, view }: PdfRequest) => {
  const answer = (message: PdfAnswer) => parentPort?.postMessage(message);
  renderInvoicePdf(view).then(
    (pdf) => answer({ id, pdf }),
    (error: Error) => answer({ id, error: error.stack ?? error.message }),
  );
});
