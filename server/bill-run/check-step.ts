import { previewCycle } from '../api/preview.ts';
import { cycleAsLine } from '../impact/recorded-cycles.ts';
import { canonicalJson } from '../report/books.ts';
import { readDrafts, withUsage } from './read-drafts.ts';
import type { RunContext } from './run-context.ts';
import { sampleOfRun } from './sample.ts';

/**
 * Once the invoices are issued and before any is delivered, a sample of them is made again by the preview that the API offers,
 * from the same JSON that a caller would send: what people were shown is what is on the invoice, to the byte.
 *
 * @throws Error naming the first invoice that differs, which stops the run.
 */
export async function checkStep(context: RunContext): Promise<void> {
  const { db, run, rules } = context;
  const sample = await sampleOfRun(db, run.id, ['invoiced']);
  for (const [index, account] of sample.entries()) {
    const invoice = await db('invoice')
      .where({ account_id: account.accountId, period_from: account.bounds.from, interim: 0 })
      .first('number', 'bill');
    const [cycle] = await withUsage(db, await readDrafts(db, [account]));
    if (!invoice || !cycle) throw new Error(`Account ${account.accountId} has no invoice to compare`);
    const preview = JSON.parse(previewCycle(JSON.parse(cycleAsLine(cycle)), rules));
    if (compared(preview.bill) !== compared(invoice.bill))
      throw new Error(
        `Bill run ${run.id} is stopped before delivery: the preview of account ${account.accountId} is another bill than invoice ${invoice.number}`,
      );
    context.onProgress({ step: 'check', done: index + 1, total: sample.length, unit: 'samples' });
  }
}

/** What is told of advantages is cut to the year's limit in the order of issue, which a preview of one account cannot know. */
function compared({ advantages: _, ...bill }: { readonly advantages?: unknown }): string {
  return canonicalJson(bill);
}
