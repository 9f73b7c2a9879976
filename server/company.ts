import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { isCreditorId, isIban } from './bank-identifiers.ts';
import type { EngagementSettings } from './engagement/engagement-deps.ts';
import { countryCode, isAddressScheme, isVatId } from './invoice/en16931/codes.ts';
import { taxCurrencySchema } from './invoice/tax-currency.ts';
import { csvMappingSchema, mappingFault } from './usage/mapped-csv.ts';

const time = Type.String({ pattern: '^([01][0-9]|2[0-4]):[0-5][0-9]$' });

/** `company.json` beside the rules: who bills. Nothing in it decides a price or whether a message is sent. */
const companySchema = Type.Object(
  {
    name: Type.String(),
    legalName: Type.String(),
    street: Type.String(),
    postcode: Type.String(),
    city: Type.String(),
    country: Type.String({ pattern: '^[A-Z]{2}$' }),
    email: Type.String(),
    phone: Type.String(),
    website: Type.String(),
    vatId: Type.String(),
    iban: Type.String(),
    bic: Type.String(),
    /** Entry in the register of companies. */
    registration: Type.Optional(
      Type.Object({ id: Type.String(), court: Type.String() }, { additionalProperties: false }),
    ),
    /** SEPA creditor identifier, for direct debits. */
    creditorId: Type.Optional(Type.String()),
    /** Electronic address for e-invoices: a code of the list EAS and the address; without it the e-mail address. */
    endpoint: Type.Optional(
      Type.Object(
        { scheme: Type.String({ pattern: '^([0-9]{4}|[A-Z]{2})$' }), id: Type.String() },
        { additionalProperties: false },
      ),
    ),
    /** Whom to ask about an invoice; without it the company itself. */
    contact: Type.Optional(
      Type.Object({ name: Type.String(), phone: Type.String(), email: Type.String() }, { additionalProperties: false }),
    ),
    /** Where invoices may be of another currency than the seller accounts for tax in. */
    taxCurrency: Type.Optional(taxCurrencySchema),
    /** So many of the last digits of called numbers are hidden on itemised invoices; 3 if not said. */
    hiddenDigits: Type.Optional(Type.Integer({ minimum: 0, maximum: 15 })),
    companyZone: Type.String(),
    staffLanguage: Type.String(),
    mailDomain: Type.String(),
    roleAddresses: Type.Record(Type.String(), Type.String()),
    promotionHours: Type.Object({ from: time, until: time }),
    /** What a run does about usage files that lack: it waits for a person, if nothing is said. */
    incompleteUsage: Type.Optional(Type.Union([Type.Literal('wait'), Type.Literal('flag')])),
    /** Sources that write CSV of their own. */
    usageSources: Type.Optional(Type.Array(csvMappingSchema)),
  },
  { additionalProperties: false },
);

export type Company = Static<typeof companySchema>;

/** @throws Error naming the file and the field that is missing or wrong. */
export async function readCompany(rulesFolder: string): Promise<Company> {
  const path = join(rulesFolder, 'company.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`${path} is missing: it says who bills (name, address, tax number, bank account)`);
  });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`);
  }
  const [wrong] = Value.Errors(companySchema, data);
  if (wrong) throw new Error(`${path}: ${wrong.instancePath || 'the document'} ${wrong.message}`);
  const company = data as Company;
  const [fault] = companyFaults(company);
  if (fault !== undefined) throw new Error(`${path}: ${fault}`);
  return company;
}

/** What a bank or a tax office would refuse, and mappings that lead nowhere. */
function companyFaults({
  country,
  iban,
  bic,
  vatId,
  creditorId,
  endpoint,
  usageSources = [],
}: Company): readonly string[] {
  const faults: string[] = [];
  if (countryCode(country) === undefined) faults.push(`/country "${country}" is no country of ISO 3166`);
  if (!isIban(iban)) faults.push(`/iban "${iban}" is no IBAN: its check digits do not fit`);
  if (!/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic))
    faults.push(`/bic "${bic}" is no BIC: it has 8 or 11 characters`);
  if (!/^[A-Z]{2}[A-Z0-9+*]{2,13}$/.test(vatId) || !isVatId(vatId))
    faults.push(`/vatId "${vatId}" is no VAT number: it begins with the two letters of its country`);
  if (creditorId !== undefined && !isCreditorId(creditorId))
    faults.push(`/creditorId "${creditorId}" is no SEPA creditor identifier: its check digits do not fit`);
  if (endpoint && !isAddressScheme(endpoint.scheme))
    faults.push(`/endpoint/scheme "${endpoint.scheme}" is not of the list EAS: an e-mail address is EM`);
  for (const [index, mapping] of usageSources.entries()) {
    const fault = mappingFault(mapping);
    if (fault !== undefined) faults.push(`/usageSources/${index} ${fault}`);
  }
  return faults;
}

/** The part of it that engagement reads. */
export function engagementSettings(company: Company): EngagementSettings {
  return {
    companyZone: company.companyZone,
    staffLanguage: company.staffLanguage,
    mailDomain: company.mailDomain,
    roleAddresses: company.roleAddresses,
    promotionHours: { from: toMinutes(company.promotionHours.from), until: toMinutes(company.promotionHours.until) },
  };
}

function toMinutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}
