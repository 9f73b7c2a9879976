import { join } from 'node:path';
import { Eta } from 'eta';
import { projectFolder } from '../folders.ts';
import type { InvoiceDocument } from './invoice-document.ts';

const eta = new Eta({ views: join(projectFolder, 'server/invoice'), cache: true, autoTrim: ['nl', false] });

/** The invoice as a page of its own: readable on a phone, printable, with the reason of every line. */
export function renderInvoiceHtml(document: InvoiceDocument): string {
  return eta.render('./invoice', document);
}
