import { join } from 'node:path';
import { Eta } from 'eta';
import { projectFolder } from '../folders.ts';
import type { InvoiceView } from './invoice-view.ts';
import type { PaymentCode } from './payment-code.ts';

const eta = new Eta({ views: join(projectFolder, 'server/invoice'), cache: true, autoTrim: ['nl', false] });

/** The document as a page of its own: readable on a phone, printable, with the reason of every line. */
export function renderInvoiceHtml(view: InvoiceView): string {
  const { code } = view.payment;
  return eta.render('./invoice', { ...view, ...(code && { paymentCodePath: pathOf(code) }) });
}

/** The dark modules as one path of squares, within the quiet zone of four modules that scanners need. */
function pathOf({ size, modules }: PaymentCode): { readonly size: number; readonly path: string } {
  const squares = [...modules].flatMap((dark, index) =>
    dark === '1' ? `M${(index % size) + 4} ${Math.floor(index / size) + 4}h1v1h-1z` : [],
  );
  return { size, path: squares.join('') };
}
