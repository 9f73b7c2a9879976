import type { Invoice } from '@e-invoice-eu/core';
import { addDays } from '../../../engine/period.ts';
import type { InvoiceDocument, PrecedingInvoice } from '../invoice-document.ts';
import { invoiceTexts } from '../invoice-texts.ts';
import { viewInvoice } from '../invoice-view.ts';
import { countryCode } from './codes.ts';
import { ublLines } from './lines.ts';
import { cleaned, type UblNode } from './node.ts';
import { buyerParty, sellerParty } from './parties.ts';
import { paymentMeans } from './payment-means.ts';
import { refuseWhatCannotBeSaid } from './refusals.ts';
import { type TaxCategories, taxCategoriesOf, taxInCurrency, taxTotal } from './tax-categories.ts';

/**
 * The document as an e-invoice: EN 16931 in the syntax UBL 2.1, an `Invoice` (380; 326 before the end of its period) or a `CreditNote` (381). All sums are the bill's.
 *
 * @throws NotExpressible where the standard has no way to say what the document says.
 */
export async function renderInvoiceXml(document: InvoiceDocument): Promise<string> {
  const categories = taxCategoriesOf(document);
  refuseWhatCannotBeSaid(document, categories);
  const invoice = cleaned({ 'ubl:Invoice': ublInvoice(document, categories) });
  // The library is large, and most processes never make an e-invoice.
  const { FormatFactoryService } = await import('@e-invoice-eu/core');
  // Its service checks every document against a schema of its own, which allows prices of two decimals only and compiles for half a
  // second. Order and syntax are the formatter's; what the standard asks is held by our tests.
  const formatter = new FormatFactoryService().createFormatService('UBL', console);
  const xml = await formatter.generate(invoice as unknown as Invoice, { format: 'UBL', lang: document.language });
  return String(xml);
}

function ublInvoice(document: InvoiceDocument, categories: TaxCategories): UblNode {
  const { number, issuedOn, dueOn, currency, from, until, accountId, corrects, buyer, language } = document;
  const preceding: readonly PrecedingInvoice[] = corrects ? [corrects] : document.precededBy;
  const { lines, allowancesAndCharges, totals } = ublLines(document, categories);
  const isOfGoodsWithinEu = categories.taxes.some(({ category }) => category === 'K');
  return {
    'cbc:CustomizationID': 'urn:cen.eu:en16931:2017',
    'cbc:ID': number,
    'cbc:IssueDate': issuedOn,
    'cbc:DueDate': dueOn,
    'cbc:InvoiceTypeCode': typeCode(document),
    'cbc:Note': corrects && [invoiceTexts(language).reasons[corrects.reason]],
    'cbc:DocumentCurrencyCode': currency,
    'cbc:TaxCurrencyCode': document.taxIn?.currency,
    'cbc:BuyerReference': accountId,
    'cac:InvoicePeriod': { 'cbc:StartDate': from, 'cbc:EndDate': addDays(until, -1) },
    ...(preceding.length > 0 && {
      'cac:BillingReference': preceding.map((one) => ({
        'cac:InvoiceDocumentReference': { 'cbc:ID': one.number, 'cbc:IssueDate': one.issuedOn },
      })),
    }),
    'cac:AccountingSupplierParty': { 'cac:Party': sellerParty(document, categories.outsideScope) },
    'cac:AccountingCustomerParty': { 'cac:Party': buyerParty(document, categories.outsideScope) },
    // A supply within the EU says where it goes (BR-IC-12).
    ...(isOfGoodsWithinEu && {
      'cac:Delivery': {
        'cac:DeliveryLocation': {
          'cac:Address': { 'cac:Country': { 'cbc:IdentificationCode': countryCode(buyer.taxCountry) } },
        },
      },
    }),
    'cac:PaymentMeans': paymentMeans(document),
    'cac:PaymentTerms': { 'cbc:Note': viewInvoice(document).payment.terms },
    'cac:AllowanceCharge': allowancesAndCharges,
    'cac:TaxTotal': [taxTotal(categories, document), ...taxInCurrency(document)],
    'cac:LegalMonetaryTotal': totals,
    'cac:InvoiceLine': lines,
  };
}

/** UNTDID 1001: a credit note, a partial invoice, which one before the end of its period is, or an invoice. */
function typeCode({ kind, interim }: InvoiceDocument): string {
  if (kind === 'credit note') return '381';
  return interim ? '326' : '380';
}
