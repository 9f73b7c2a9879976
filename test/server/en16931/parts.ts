import { at, type Element, everywhere, textAt } from './xml.ts';

/** The places that many rules speak of. */
export function parts(invoice: Element) {
  const allowancesAndCharges = at(invoice, 'cac:AllowanceCharge');
  const lines = [...at(invoice, 'cac:InvoiceLine'), ...at(invoice, 'cac:CreditNoteLine')];
  return {
    seller: at(invoice, 'cac:AccountingSupplierParty/cac:Party')[0],
    buyer: at(invoice, 'cac:AccountingCustomerParty/cac:Party')[0],
    lines,
    allowances: allowancesAndCharges.filter((one) => textAt(one, 'cbc:ChargeIndicator') === 'false'),
    charges: allowancesAndCharges.filter((one) => textAt(one, 'cbc:ChargeIndicator') === 'true'),
    allowancesAndCharges,
    subtotals: at(invoice, 'cac:TaxTotal/cac:TaxSubtotal'),
    totals: at(invoice, 'cac:LegalMonetaryTotal')[0],
    means: at(invoice, 'cac:PaymentMeans'),
    currency: textAt(invoice, 'cbc:DocumentCurrencyCode'),
    categories: everywhere(invoice).filter(
      ({ name }) => name === 'cac:TaxCategory' || name === 'cac:ClassifiedTaxCategory',
    ),
  };
}

export function vatIdOf(party: Element | undefined): string {
  const scheme = party && at(party, 'cac:PartyTaxScheme').find((one) => textAt(one, 'cac:TaxScheme/cbc:ID') === 'VAT');
  return scheme ? textAt(scheme, 'cbc:CompanyID') : '';
}

export function has(element: Element | undefined, path: string): boolean {
  return element !== undefined && textAt(element, path) !== '';
}

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** A country of today by the tables of ICU; Greece is EL and Northern Ireland XI in VAT numbers, and Kosovo is not of ISO 3166. */
export function isCountry(code: string): boolean {
  return code === 'EL' || code === 'XI' || (code !== 'XK' && /^[A-Z]{2}$/.test(code) && names.of(code) !== undefined);
}
