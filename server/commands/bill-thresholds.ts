import { engagementSettings, readCompany } from '../company.ts';
import { createClock } from '../engagement/clock.ts';
import { type BilledThresholds, billThresholds } from '../interim/bill-thresholds.ts';
import { rememberSeller } from '../invoice/seller.ts';
import { createReleasedRules } from '../rules/released-rule-set.ts';
import { mappedCsv } from '../usage/mapped-csv.ts';
import { withBooks } from './with-books.ts';

export interface BillThresholdsOptions {
  readonly rules: string;
  readonly json?: boolean;
}

/** `ratebook bill-thresholds`: invoices in mid-cycle, for who runs no `serve` or does not want to wait for it. */
export async function billThresholdsNow({ rules: folder, json }: BillThresholdsOptions): Promise<void> {
  await withBooks(async (db) => {
    const company = await readCompany(folder);
    await rememberSeller(db, company);
    const released = createReleasedRules(db, folder);
    await released.release();
    const rules = released.inForce();
    if (!rules) throw new Error(`The rules in ${folder} have faults: run \`ratebook check ${folder}\``);
    const { now } = await createClock(db, Date.now).read();
    const formats = (company.usageSources ?? []).map(mappedCsv);
    const billed = await billThresholds(db, rules, engagementSettings(company), now, formats);
    console.log(json ? JSON.stringify(billed, null, 2) : inWords(billed));
  });
}

function inWords({ issued, doubted }: BilledThresholds): string {
  return [
    ...issued.map(({ number, accountId, total, currency, passed }) => {
      const amounts = passed.map(
        ({ subscriptionId, threshold }) => `${subscriptionId} came to ${threshold} ${currency}`,
      );
      return `${number} of ${accountId}: ${total} ${currency}; usage of ${amounts.join(', of ')}`;
    }),
    ...doubted.map(({ accountId, why }) => `${accountId}: not invoiced. ${why}`),
    `${issued.length} ${issued.length === 1 ? 'invoice' : 'invoices'} in mid-cycle`,
  ].join('\n');
}
