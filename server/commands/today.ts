import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import type { EpochMs, LocalDate } from '../../engine/model.ts';
import { readCompany } from '../company.ts';
import { createClock } from '../engagement/clock.ts';
import { rulesFolder } from '../folders.ts';

/** Now by the clock of the books, and the company's day. */
export async function readToday(db: Knex): Promise<{ readonly now: EpochMs; readonly today: LocalDate }> {
  const { companyZone } = await readCompany(rulesFolder());
  const { now } = await createClock(db, Date.now).read();
  return { now, today: DateTime.fromMillis(now, { zone: companyZone }).toISODate() ?? '' };
}
