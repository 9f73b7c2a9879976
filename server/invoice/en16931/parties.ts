import type { InvoiceDocument } from '../invoice-document.ts';
import { countryCode, isVatId } from './codes.ts';
import type { UblNode } from './node.ts';

const vat = { 'cac:TaxScheme': { 'cbc:ID': 'VAT' } };

/** @param outsideScope nothing is subject to VAT: then the VAT numbers of both stay out (BR-O-02 to 04). */
export function sellerParty({ seller, buyer, kind }: InvoiceDocument, outsideScope: boolean): UblNode {
  const { endpoint = { scheme: 'EM', id: seller.email }, registration, contact = seller } = seller;
  const isCollected = kind === 'invoice' && buyer.payment.kind === 'direct debit';
  // A seller without a VAT number is known by another identifier (BR-CO-26).
  const named = outsideScope && registration === undefined ? [{ 'cbc:ID': seller.email }] : [];
  const creditor =
    isCollected && seller.creditorId !== undefined ? [{ 'cbc:ID': seller.creditorId, 'cbc:ID@schemeID': 'SEPA' }] : [];
  return {
    'cbc:EndpointID': endpoint.id,
    'cbc:EndpointID@schemeID': endpoint.scheme,
    'cac:PartyIdentification': [...named, ...creditor],
    'cac:PartyName': { 'cbc:Name': seller.name },
    'cac:PostalAddress': address(seller),
    'cac:PartyTaxScheme': outsideScope ? [] : [{ 'cbc:CompanyID': seller.vatId, ...vat }],
    'cac:PartyLegalEntity': {
      'cbc:RegistrationName': seller.legalName,
      'cbc:CompanyID': registration?.id,
      'cbc:CompanyLegalForm': registration && `${registration.court}, ${registration.id}`,
    },
    'cac:Contact': {
      'cbc:Name': contact.name,
      'cbc:Telephone': contact.phone,
      'cbc:ElectronicMail': contact.email,
    },
  };
}

export function buyerParty({ buyer }: InvoiceDocument, outsideScope: boolean): UblNode {
  const { name, email, vatId, id } = buyer;
  return {
    'cbc:EndpointID': email,
    'cbc:EndpointID@schemeID': 'EM',
    'cac:PartyIdentification': { 'cbc:ID': id },
    'cac:PostalAddress': address(buyer),
    // What begins with no country is no VAT number, and stays out.
    ...(!outsideScope &&
      vatId !== undefined &&
      isVatId(vatId) && { 'cac:PartyTaxScheme': { 'cbc:CompanyID': vatId, ...vat } }),
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': name },
    'cac:Contact': { 'cbc:ElectronicMail': email },
  };
}

function address({
  street,
  postcode,
  city,
  country,
}: {
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly country: string;
}): UblNode {
  return {
    'cbc:StreetName': street,
    'cbc:CityName': city,
    'cbc:PostalZone': postcode,
    'cac:Country': { 'cbc:IdentificationCode': countryCode(country) },
  };
}
