import type { Knex } from 'knex';
import type { Company } from '../company.ts';
import { NotExpressible } from './en16931/amounts.ts';
import { renderInvoiceXml } from './en16931/render-invoice-xml.ts';
import { viewInvoice } from './invoice-view.ts';
import { type Itemisation, readItemisation } from './itemisation.ts';
import { hiddenDigitsOf } from './itemisation-view.ts';
import type { PdfMaker } from './pdf/pdf-maker.ts';
import { readDocument } from './read-document.ts';
import { renderInvoiceHtml } from './render-invoice-html.ts';

/**
 * An issued invoice or credit note in every form it has. Nothing is kept: what it is made from never changes, so that it is
 * the same whenever it is made. All throw an Error when there is no document of the number.
 */
export interface InvoicePages {
  readonly html: (number: string, wish?: Wish) => Promise<string>;
  readonly pdf: (number: string, wish?: Wish) => Promise<Buffer>;
  /** Throws NotItemisable where the usage behind it is no longer, or was never, in the books. */
  readonly itemisation: (number: string) => Promise<Itemisation>;
  /** EN 16931 in UBL; throws NotExpressible where the standard cannot say it. */
  readonly xml: (number: string) => Promise<string>;
  /** What goes with a mail: only to businesses, which must be able to read it, and only where the standard can say it. */
  readonly xmlForMail: (number: string) => Promise<string | undefined>;
}

/** What a customer may ask for beside the invoice itself. */
export interface Wish {
  readonly itemised?: boolean;
}

export function createInvoicePages(db: Knex, company: Company, pdfs: PdfMaker): InvoicePages {
  const read = (number: string) => readDocument(db, number, company);
  const itemisation = async (number: string) =>
    readItemisation(db, number, hiddenDigitsOf((await read(number)).seller));
  const view = async (number: string, { itemised = false }: Wish = {}) =>
    viewInvoice(await read(number), itemised ? await itemisation(number) : undefined);
  return {
    html: async (number, wish) => renderInvoiceHtml(await view(number, wish)),
    pdf: async (number, wish) => pdfs.make(await view(number, wish)),
    itemisation,
    xml: async (number) => renderInvoiceXml(await read(number)),
    xmlForMail: async (number) => {
      const document = await read(number);
      if (document.buyer.category !== 'business') return undefined;
      try {
        return await renderInvoiceXml(document);
      } catch (error) {
        if (error instanceof NotExpressible) return undefined;
        throw error;
      }
    },
  };
}
