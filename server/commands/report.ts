import { readBillRun } from '../bill-run/bill-run.ts';
import { readAgeing } from '../receivables/ageing.ts';
import { readWriteOffs } from '../receivables/read-write-offs.ts';
import { toCsv } from '../report/csv.ts';
import { ageingColumns, metricColumns, writeOffColumns } from '../report/export.ts';
import { readMetrics } from '../report/read-metrics.ts';
import { unusable } from '../unusable.ts';
import { readToday } from './today.ts';
import { withBooks } from './with-books.ts';

/**
 * `ratebook report metrics|ageing|write-offs`: the figures as CSV, or as JSON; `--run` one run's, `--on` what was owed at the end of a day.
 *
 * @throws Error when there is no such run, or an option goes with other figures.
 */
export async function report(
  what: 'metrics' | 'ageing' | 'write-offs',
  options: { readonly run?: string; readonly on?: string; readonly json?: boolean },
): Promise<void> {
  if (options.run !== undefined && what !== 'metrics') throw unusable(`--run goes with metrics, not with ${what}`);
  if (options.on !== undefined && what !== 'ageing') throw unusable(`--on goes with ageing, not with ${what}`);
  await withBooks(async (db) => {
    if (what === 'metrics') {
      if (options.run !== undefined) await readBillRun(db, options.run);
      const rows = await readMetrics(db, options.run);
      process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : toCsv(rows, metricColumns));
      return;
    }
    if (what === 'write-offs') {
      const rows = await readWriteOffs(db, {});
      process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : toCsv(rows, writeOffColumns));
      return;
    }
    const on = options.on ?? (await readToday(db)).today;
    const ageing = await readAgeing(db, on);
    process.stdout.write(options.json ? `${JSON.stringify(ageing, null, 2)}\n` : toCsv(ageing.accounts, ageingColumns));
  });
}
