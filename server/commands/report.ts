import { DateTime } from 'luxon';
import { readCompany } from '../company.ts';
import { createClock } from '../engagement/clock.ts';
import { rulesFolder } from '../folders.ts';
import { readAgeing } from '../receivables/ageing.ts';
import { toCsv } from '../report/csv.ts';
import { ageingColumns, metricColumns } from '../report/export.ts';
import { readMetrics } from '../report/read-metrics.ts';
import { withBooks } from './with-books.ts';

/** `ratebook report metrics|ageing`: the figures as CSV, or as JSON; `--run` one run's, `--on` what was owed at the end of a day. */
export async function report(
  what: 'metrics' | 'ageing',
  options: { readonly run?: string; readonly on?: string; readonly json?: boolean },
): Promise<void> {
  await withBooks(async (db) => {
    if (what === 'metrics') {
      const rows = await readMetrics(db, options.run);
      process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : toCsv(rows, metricColumns));
      return;
    }
    const { companyZone } = await readCompany(rulesFolder());
    const { now } = await createClock(db, Date.now).read();
    const on = options.on ?? DateTime.fromMillis(now, { zone: companyZone }).toISODate() ?? '';
    const ageing = await readAgeing(db, on);
    process.stdout.write(options.json ? `${JSON.stringify(ageing, null, 2)}\n` : toCsv(ageing.accounts, ageingColumns));
  });
}
