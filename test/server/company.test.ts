import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCompany } from '../../server/company.ts';
import { readText } from '../dsl/sources.ts';

describe('company.json', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratebook-company-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const readWith = async (changes: object) => {
    await writeFile(
      join(folder, 'company.json'),
      JSON.stringify({ ...JSON.parse(readText('rules/company.json')), ...changes }),
    );
    return readCompany(folder);
  };

  test.each([
    [{ iban: 'DE02120300000000202052' }, '/iban "DE02120300000000202052" is no IBAN: its check digits do not fit'],
    [{ bic: 'BYLADEM10' }, '/bic "BYLADEM10" is no BIC: it has 8 or 11 characters'],
    [{ vatId: '999999999' }, '/vatId "999999999" is no VAT number: it begins with the two letters of its country'],
    [{ vatId: 'QQ999999999' }, '/vatId "QQ999999999" is no VAT number'],
    [{ country: 'QQ' }, '/country "QQ" is no country of ISO 3166'],
    [{ endpoint: { scheme: '1234', id: 'x' } }, '/endpoint/scheme "1234" is not of the list EAS'],
    [
      { taxCurrency: { currency: 'EUR', rates: [{ of: 'CHF', from: '2026-05-01', rate: '1,03' }] } },
      '/taxCurrency/rates/0/rate',
    ],
    [{ creditorId: 'DE97ZZZ09999999999' }, '/creditorId "DE97ZZZ09999999999" is no SEPA creditor identifier'],
    [{ hiddenDigits: -1 }, '/hiddenDigits'],
    [{ endpoint: { scheme: 'email', id: 'x' } }, '/endpoint/scheme'],
    [
      { usageSources: [{ source: 'X', files: '(1', columns: { A: 'id' } }] },
      '/usageSources/0 files "(1" is no regular',
    ],
    [{ usageSources: [{ source: 'X', files: 'x', columns: { A: 'id' } }] }, '/usageSources/0 files "x" has no group'],
    [{ usageSources: [{ source: 'X', files: '(x)', columns: { A: 'idd' } }] }, 'a usage event has no field "idd"'],
    [{ usageSources: [{ source: 'X', files: '(x)', columns: { A: 'id', B: 'id' } }] }, 'the field "id" is said twice'],
  ])('%j is refused, and it is said why', async (changes, reason) => {
    await expect(readWith(changes)).rejects.toThrow(reason);
  });

  test('needs neither register nor creditor identifier, endpoint or contact', async () => {
    const { registration, creditorId, endpoint, contact, hiddenDigits, ...bare } = await readWith({});
    expect([registration, creditorId, endpoint, contact, hiddenDigits].every((one) => one !== undefined)).toBe(true);
    await writeFile(join(folder, 'company.json'), JSON.stringify(bare));
    expect(await readCompany(folder)).toEqual(bare);
  });
});
