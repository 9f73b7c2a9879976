import type { Check } from './check.ts';
import { has, isCountry, parts, vatIdOf } from './parts.ts';
import { amountOf, at, type Element, textAt } from './xml.ts';

const each =
  (select: (invoice: Element) => readonly Element[], holds: (element: Element) => boolean) => (invoice: Element) =>
    select(invoice).every(holds);
const lines = (invoice: Element) => parts(invoice).lines;
const means = (invoice: Element) => parts(invoice).means;
const inOrder = (period: Element) => {
  const [start, end] = [textAt(period, 'cbc:StartDate'), textAt(period, 'cbc:EndDate')];
  return start === '' || end === '' || start <= end;
};

/** What has to be there, and what must fit what is there. */
export const presence: readonly Check[] = [
  ['BR-01', (i) => has(i, 'cbc:CustomizationID')],
  ['BR-02', (i) => has(i, 'cbc:ID')],
  ['BR-03', (i) => /^\d{4}-\d\d-\d\d$/.test(textAt(i, 'cbc:IssueDate'))],
  ['BR-04', (i) => has(i, 'cbc:InvoiceTypeCode') || has(i, 'cbc:CreditNoteTypeCode')],
  ['BR-05', (i) => has(i, 'cbc:DocumentCurrencyCode')],
  ['BR-06', (i) => has(parts(i).seller, 'cac:PartyLegalEntity/cbc:RegistrationName')],
  ['BR-07', (i) => has(parts(i).buyer, 'cac:PartyLegalEntity/cbc:RegistrationName')],
  ['BR-08', (i) => at(i, 'cac:AccountingSupplierParty/cac:Party/cac:PostalAddress').length === 1],
  ['BR-09', (i) => has(parts(i).seller, 'cac:PostalAddress/cac:Country/cbc:IdentificationCode')],
  ['BR-10', (i) => at(i, 'cac:AccountingCustomerParty/cac:Party/cac:PostalAddress').length === 1],
  ['BR-11', (i) => has(parts(i).buyer, 'cac:PostalAddress/cac:Country/cbc:IdentificationCode')],
  ['BR-12', (i) => has(parts(i).totals, 'cbc:LineExtensionAmount')],
  ['BR-13', (i) => has(parts(i).totals, 'cbc:TaxExclusiveAmount')],
  ['BR-14', (i) => has(parts(i).totals, 'cbc:TaxInclusiveAmount')],
  ['BR-15', (i) => has(parts(i).totals, 'cbc:PayableAmount')],
  ['BR-16', (i) => parts(i).lines.length > 0],
  ['BR-21', each(lines, (line) => has(line, 'cbc:ID'))],
  ['BR-22', each(lines, (line) => has(line, 'cbc:InvoicedQuantity') || has(line, 'cbc:CreditedQuantity'))],
  ['BR-23', each(lines, (line) => /./.test(quantityOf(line)?.attributes.unitCode ?? ''))],
  ['BR-24', each(lines, (line) => has(line, 'cbc:LineExtensionAmount'))],
  ['BR-25', each(lines, (line) => has(line, 'cac:Item/cbc:Name'))],
  ['BR-26', each(lines, (line) => has(line, 'cac:Price/cbc:PriceAmount'))],
  ['BR-27', each(lines, (line) => amountOf(textAt(line, 'cac:Price/cbc:PriceAmount')) >= 0n)],
  ['BR-29', each((i) => at(i, 'cac:InvoicePeriod'), inOrder)],
  ['BR-30', each((i) => lines(i).flatMap((line) => at(line, 'cac:InvoicePeriod')), inOrder)],
  [
    'BR-31',
    each(
      (i) => parts(i).allowances,
      (one) => has(one, 'cbc:Amount'),
    ),
  ],
  [
    'BR-32',
    each(
      (i) => parts(i).allowances,
      (one) => has(one, 'cac:TaxCategory/cbc:ID'),
    ),
  ],
  ['BR-33', each((i) => parts(i).allowances, isReasoned)],
  [
    'BR-36',
    each(
      (i) => parts(i).charges,
      (one) => has(one, 'cbc:Amount'),
    ),
  ],
  [
    'BR-37',
    each(
      (i) => parts(i).charges,
      (one) => has(one, 'cac:TaxCategory/cbc:ID'),
    ),
  ],
  ['BR-38', each((i) => parts(i).charges, isReasoned)],
  [
    'BR-45',
    each(
      (i) => parts(i).subtotals,
      (one) => has(one, 'cbc:TaxableAmount'),
    ),
  ],
  [
    'BR-46',
    each(
      (i) => parts(i).subtotals,
      (one) => has(one, 'cbc:TaxAmount'),
    ),
  ],
  [
    'BR-47',
    each(
      (i) => parts(i).subtotals,
      (one) => has(one, 'cac:TaxCategory/cbc:ID'),
    ),
  ],
  [
    'BR-48',
    each(
      (i) => parts(i).subtotals,
      (one) => has(one, 'cac:TaxCategory/cbc:Percent') || textAt(one, 'cac:TaxCategory/cbc:ID') === 'O',
    ),
  ],
  ['BR-49', each(means, (one) => has(one, 'cbc:PaymentMeansCode'))],
  [
    'BR-50',
    each(
      (i) => means(i).flatMap((one) => at(one, 'cac:PayeeFinancialAccount')),
      (one) => has(one, 'cbc:ID'),
    ),
  ],
  [
    'BR-51',
    each(
      (i) => means(i).flatMap((one) => at(one, 'cac:CardAccount/cbc:PrimaryAccountNumberID')),
      ({ text }) => text.length <= 10,
    ),
  ],
  [
    'BR-55',
    each(
      (i) => at(i, 'cac:BillingReference'),
      (one) => has(one, 'cac:InvoiceDocumentReference/cbc:ID'),
    ),
  ],
  [
    'BR-61',
    each(
      means,
      (one) =>
        !['30', '58'].includes(textAt(one, 'cbc:PaymentMeansCode')) || has(one, 'cac:PayeeFinancialAccount/cbc:ID'),
    ),
  ],
  ['BR-62', (i) => schemeOf(parts(i).seller)],
  ['BR-63', (i) => schemeOf(parts(i).buyer)],
  ['BR-66', (i) => means(i).flatMap((one) => at(one, 'cac:CardAccount')).length <= 1],
  ['BR-67', (i) => means(i).flatMap((one) => at(one, 'cac:PaymentMandate')).length <= 1],
  ['BR-CO-04', each(lines, (line) => has(line, 'cac:Item/cac:ClassifiedTaxCategory/cbc:ID'))],
  [
    'BR-CO-09',
    (i) => [vatIdOf(parts(i).seller), vatIdOf(parts(i).buyer)].every((id) => id === '' || isCountry(id.slice(0, 2))),
  ],
  ['BR-CO-18', (i) => parts(i).subtotals.length > 0],
  ['BR-CO-19', each((i) => at(i, 'cac:InvoicePeriod'), hasDay)],
  ['BR-CO-20', each((i) => lines(i).flatMap((line) => at(line, 'cac:InvoicePeriod')), hasDay)],
  [
    'BR-CO-25',
    (i) => {
      const due = parts(i).totals;
      return (
        !due ||
        amountOf(textAt(due, 'cbc:PayableAmount')) <= 0n ||
        has(i, 'cbc:DueDate') ||
        has(i, 'cac:PaymentTerms/cbc:Note')
      );
    },
  ],
  [
    'BR-CO-26',
    (i) => {
      const { seller } = parts(i);
      return (
        vatIdOf(seller) !== '' ||
        has(seller, 'cac:PartyIdentification/cbc:ID') ||
        has(seller, 'cac:PartyLegalEntity/cbc:CompanyID')
      );
    },
  ],
];

export function quantityOf(line: Element): Element | undefined {
  return line.children.find(({ name }) => name === 'cbc:InvoicedQuantity' || name === 'cbc:CreditedQuantity');
}

function isReasoned(one: Element): boolean {
  return has(one, 'cbc:AllowanceChargeReason') || has(one, 'cbc:AllowanceChargeReasonCode');
}

function hasDay(period: Element): boolean {
  return has(period, 'cbc:StartDate') || has(period, 'cbc:EndDate');
}

function schemeOf(party: Element | undefined): boolean {
  return (party ? at(party, 'cbc:EndpointID') : []).every(({ attributes }) => attributes.schemeID !== undefined);
}
