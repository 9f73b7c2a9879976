import type { Check } from './check.ts';
import { isCountry, parts } from './parts.ts';
import { quantityOf } from './presence.ts';
import { at, type Element, everywhere, textAt } from './xml.ts';

/** The order that the XML schemas of UBL 2.1 prescribe, of the elements that an invoice of ours may have. */
const orders: Readonly<Record<string, string>> = {
  Invoice:
    'CustomizationID ProfileID ID IssueDate DueDate InvoiceTypeCode Note DocumentCurrencyCode TaxCurrencyCode BuyerReference InvoicePeriod BillingReference AccountingSupplierParty AccountingCustomerParty Delivery PaymentMeans PaymentTerms AllowanceCharge TaxTotal LegalMonetaryTotal InvoiceLine',
  CreditNote:
    'CustomizationID ProfileID ID IssueDate CreditNoteTypeCode Note DocumentCurrencyCode TaxCurrencyCode BuyerReference InvoicePeriod BillingReference AccountingSupplierParty AccountingCustomerParty Delivery PaymentMeans PaymentTerms AllowanceCharge TaxTotal LegalMonetaryTotal CreditNoteLine',
  Party: 'EndpointID PartyIdentification PartyName PostalAddress PartyTaxScheme PartyLegalEntity Contact',
  PostalAddress: 'StreetName AdditionalStreetName CityName PostalZone CountrySubentity AddressLine Country',
  PartyTaxScheme: 'CompanyID TaxScheme',
  PartyLegalEntity: 'RegistrationName CompanyID CompanyLegalForm',
  Contact: 'Name Telephone ElectronicMail',
  PaymentMeans: 'PaymentMeansCode PaymentID CardAccount PayeeFinancialAccount PaymentMandate',
  CardAccount: 'PrimaryAccountNumberID NetworkID HolderName',
  PayeeFinancialAccount: 'ID Name FinancialInstitutionBranch',
  AllowanceCharge:
    'ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason MultiplierFactorNumeric Amount BaseAmount TaxCategory',
  TaxSubtotal: 'TaxableAmount TaxAmount TaxCategory',
  TaxCategory: 'ID Percent TaxExemptionReasonCode TaxExemptionReason TaxScheme',
  ClassifiedTaxCategory: 'ID Percent TaxScheme',
  LegalMonetaryTotal:
    'LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount PayableRoundingAmount PayableAmount',
  InvoiceLine: 'ID Note InvoicedQuantity LineExtensionAmount InvoicePeriod AllowanceCharge Item Price',
  CreditNoteLine: 'ID Note CreditedQuantity LineExtensionAmount InvoicePeriod AllowanceCharge Item Price',
  Item: 'Description Name SellersItemIdentification ClassifiedTaxCategory AdditionalItemProperty',
  Price: 'PriceAmount BaseQuantity',
};

const namespace = 'urn:oasis:names:specification:ubl:schema:xsd:';
const all = (invoice: Element, name: string) => everywhere(invoice).filter((one) => one.name === name);

/** Form: names, order, decimals, attributes, codes. */
export const syntax: readonly Check[] = [
  ['UBL 2.1 order', (i) => everywhere(i).every(inOrder)],
  [
    'UBL 2.1 namespaces',
    (i) =>
      i.attributes.xmlns === `${namespace}${i.name}-2` &&
      i.attributes['xmlns:cac'] === `${namespace}CommonAggregateComponents-2` &&
      i.attributes['xmlns:cbc'] === `${namespace}CommonBasicComponents-2`,
  ],
  [
    'BR-DEC-01 to 28, UBL-DT-01',
    (i) =>
      everywhere(i)
        .filter(({ name }) => /Amount$/.test(name) && name !== 'cbc:PriceAmount')
        .every(({ text }) => /^-?\d+(\.\d{1,2})?$/.test(text)),
  ],
  [
    'BR-CL-01',
    (i) =>
      i.name === 'Invoice'
        ? ['380', '326'].includes(textAt(i, 'cbc:InvoiceTypeCode'))
        : textAt(i, 'cbc:CreditNoteTypeCode') === '381',
  ],
  [
    'BR-CL-03',
    (i) =>
      everywhere(i)
        .filter((one) => !at(i, 'cac:TaxTotal/cbc:TaxAmount').includes(one))
        .every(({ attributes }) => attributes.currencyID === undefined || attributes.currencyID === parts(i).currency),
  ],
  [
    'BR-CL-10',
    (i) =>
      parts(i).seller !== undefined &&
      all(i, 'cac:PartyIdentification').every((one) =>
        ['', 'SEPA'].includes(at(one, 'cbc:ID')[0]?.attributes.schemeID ?? ''),
      ),
  ],
  ['BR-CL-14', (i) => all(i, 'cbc:IdentificationCode').every(({ text }) => text === '1A' || isCountry(text))],
  [
    'BR-CL-16',
    (i) => parts(i).means.every((one) => ['30', '48', '58', '59'].includes(textAt(one, 'cbc:PaymentMeansCode'))),
  ],
  [
    'BR-CL-19',
    (i) => parts(i).allowances.every((one) => ['', '95'].includes(textAt(one, 'cbc:AllowanceChargeReasonCode'))),
  ],
  [
    'BR-CL-23',
    (i) =>
      parts(i).lines.every((line) => ['C62', 'MIN', 'SEC', '4L'].includes(quantityOf(line)?.attributes.unitCode ?? '')),
  ],
  [
    'BR-CL-25',
    (i) => all(i, 'cbc:EndpointID').every(({ attributes }) => /^(EM|\d{4})$/.test(attributes.schemeID ?? '')),
  ],
  [
    'UBL-SR-29',
    (i) =>
      all(i, 'cac:PartyIdentification').filter((one) => at(one, 'cbc:ID')[0]?.attributes.schemeID === 'SEPA').length <=
      1,
  ],
  ['UBL-SR-16', (i) => at(i, 'cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification').length <= 1],
  ['UBL-SR-18', (i) => at(i, 'cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme').length <= 1],
  ['UBL-SR-44', (i) => new Set(all(i, 'cbc:PaymentID').map(({ text }) => text)).size <= 1],
  ['UBL-SR-47', (i) => new Set(all(i, 'cbc:PaymentMeansCode').map(({ text }) => text)).size <= 1],
  ['UBL-SR-48', (i) => parts(i).lines.every((line) => at(line, 'cac:Item/cac:ClassifiedTaxCategory').length === 1)],
  [
    'UBL-DT-08 to 28',
    (i) =>
      everywhere(i).every(({ attributes, name }) =>
        Object.keys(attributes).every((one) => name === i.name || ['currencyID', 'unitCode', 'schemeID'].includes(one)),
      ),
  ],
  ['PEPPOL-EN16931-R008', (i) => everywhere(i).every(({ text, children }) => text !== '' || children.length > 0)],
  ['VAT scheme', (i) => parts(i).categories.every((one) => textAt(one, 'cac:TaxScheme/cbc:ID') === 'VAT')],
];

/** No element is unknown here, and each stands behind those that go before it. */
function inOrder({ name, children }: Element): boolean {
  const order = orders[name.replace(/^c[ab]c:/, '')]?.split(' ');
  if (!order) return true;
  const places = children.map((child) => order.indexOf(child.name.replace(/^c[ab]c:/, '')));
  return places.every((place, index) => place >= 0 && place >= (places[index - 1] ?? 0));
}
