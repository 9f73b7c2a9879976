import {
  compare,
  multiply,
  negate,
  parseDecimal,
  type Rational,
  rational,
  roundTo,
  subtract,
} from '../../../engine/money.ts';
import type { DocumentTax, InvoiceDocument } from '../invoice-document.ts';
import { isToldInTaxCurrency } from '../tax-currency.ts';
import { NotExpressible } from './amounts.ts';
import { countryCode, isVatId } from './codes.ts';
import type { TaxCategories } from './tax-categories.ts';

/** @throws NotExpressible where a document is right, and no e-invoice that says the same would keep the rules of the standard. */
export function refuseWhatCannotBeSaid(document: InvoiceDocument, categories: TaxCategories): void {
  refuseUnknownBuyer(document);
  refuseReverseChargeWithoutVatId(document, categories);
  refuseSplitPaymentAbroad(document, categories);
  refuseTaxInUnknownCurrency(document);
  for (const tax of categories.taxes) refuseTaxFarFromItsRate(tax, document);
}

/** The buyer has a name (BR-07) and a country of the list (BR-CL-14). */
function refuseUnknownBuyer({ buyer, number }: InvoiceDocument): void {
  if (buyer.name.trim() === '')
    throw new NotExpressible(`${number} is for a customer without a name: say whom it is for`);
  for (const country of new Set([buyer.country, buyer.taxCountry]))
    if (countryCode(country) === undefined)
      throw new NotExpressible(
        `"${country}" of the customer of ${number} is no country of ISO 3166: write its two letters`,
      );
}

/** Where the buyer owes the tax, or goods leave for the EU, the standard wants both VAT numbers (BR-AE-02, BR-IC-02). */
function refuseReverseChargeWithoutVatId({ buyer, number }: InvoiceDocument, { taxes }: TaxCategories): void {
  const category = taxes.find((tax) => tax.category === 'AE' || tax.category === 'K')?.category;
  if (category === undefined || (buyer.vatId !== undefined && isVatId(buyer.vatId))) return;
  throw new NotExpressible(
    `${number} bears tax category ${category}, and the customer has no VAT number: the tax rule should ask for one`,
  );
}

/** Split payment is for invoices within Italy, and for all of an invoice or none (BR-B-01, BR-B-02). */
function refuseSplitPaymentAbroad({ seller, buyer, number }: InvoiceDocument, { taxes }: TaxCategories): void {
  if (taxes.every(({ category }) => category !== 'B')) return;
  if (seller.country !== 'IT' || buyer.country !== 'IT')
    throw new NotExpressible(`${number} bears tax category B, which is for sellers and customers in Italy`);
  if (taxes.some(({ category }) => category === 'S'))
    throw new NotExpressible(`${number} bears tax category B beside S: an e-invoice has the one or the other`);
}

/** The seller's own currency for tax is said (BT-6, BT-111) wherever it is not the invoice's. */
function refuseTaxInUnknownCurrency({ seller, currency, tax, taxIn, number }: InvoiceDocument): void {
  if (taxIn || !isToldInTaxCurrency(seller.taxCurrency, currency, tax)) return;
  throw new NotExpressible(
    `the tax of ${number} has to be said in ${seller.taxCurrency.currency} too, and company.json has no rate of ${currency} for its day`,
  );
}

/**
 * A tax may differ by less than 1 from what its rate gives (BR-CO-17, BR-S-09). What is rounded line by line, or is the difference to
 * earlier invoices, may differ by more where a currency has no decimals.
 */
function refuseTaxFarFromItsRate(
  { category, percent, base, amount }: DocumentTax,
  { currency, number }: InvoiceDocument,
): void {
  const rate = parseDecimal(percent);
  const tax = absolute(parseDecimal(amount));
  const byRate = roundTo(multiply(absolute(parseDecimal(base)), multiply(rate, rational(1, 100))), 2, 'half up');
  // The standard's own check takes a rate below half a percent for none.
  const isNear =
    compare(rate, rational(1, 2)) < 0
      ? compare(tax, rational(1, 2)) < 0
      : compare(absolute(subtract(tax, byRate)), rational(1)) < 0;
  if (isNear) return;
  throw new NotExpressible(
    `${number} has ${amount} ${currency} of tax on ${base} ${currency} (${category}, ${percent} %), and EN 16931 lets a tax differ from its rate by less than 1: send the PDF`,
  );
}

function absolute(value: Rational): Rational {
  return value.n < 0n ? negate(value) : value;
}
