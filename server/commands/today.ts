import type { Knex } from 'knex';
import { localDate } from '../../engine/period.ts';
import { readCompany } from '../company.ts';
import { createClock } from '../engagement/clock.ts';
import { rulesFolder } from '../folders.ts';
import type { Today } from '../receivables/pay-out.ts';

/** Now by the clock of the books, and its day at the company whose `company.json` is in the folder. */
export async function readToday(db: Knex, companyFolder = rulesFolder()): Promise<Today> {
  const { companyZone } = await readCompany(companyFolder);
  const { now } = await createClock(db, Date.now).read();
  return { now, today: localDate(now, companyZone) };
}
