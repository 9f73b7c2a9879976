import { parentPort } from 'node:worker_threads';
import type { InvoiceDocument } from './invoice-document.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';

/** The thread that draws PDFs: documents in, files out, each under the number it was asked with. */
export interface PdfRequest {
  readonly id: number;
  readonly document: InvoiceDocument;
}

export type PdfAnswer =
  | { readonly id: number; readonly pdf: Uint8Array }
  | { readonly id: number; readonly error: string };

parentPort?.on('message', ({ id, document }: PdfRequest) => {
  const answer = (message: PdfAnswer) => parentPort?.postMessage(message);
  renderInvoicePdf(document).then(
    (pdf) => answer({ id, pdf }),
    (error: Error) => answer({ id, error: error.stack ?? error.message }),
  );
});
