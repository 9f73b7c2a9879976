import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { EngagementSettings } from './engagement/engagement-deps.ts';

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
    companyZone: Type.String(),
    staffLanguage: Type.String(),
    mailDomain: Type.String(),
    roleAddresses: Type.Record(Type.String(), Type.String()),
    promotionHours: Type.Object({ from: time, until: time }),
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
  return data as Company;
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
