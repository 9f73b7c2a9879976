import type { Knex } from 'knex';
import { applyCorrections, type CorrectedInvoice, previewCorrections } from '../corrections/ask-corrections.ts';
import type { CorrectionRequest } from '../corrections/find-asked.ts';
import { runSelection } from '../corrections/run-selection.ts';
import { createReleasedRules } from '../rules/released-rule-set.ts';
import { unusable } from '../unusable.ts';
import { correctedLines } from './corrected-lines.ts';
import { readToday } from './today.ts';
import { withBooks } from './with-books.ts';

export interface CorrectOptions {
  readonly account?: string;
  readonly run?: string;
  readonly from?: string;
  readonly rules?: string;
  readonly recordsNow?: boolean;
  readonly taxNow?: boolean;
  readonly apply?: boolean;
  readonly by?: string;
  readonly why?: string;
  readonly company: string;
  readonly json?: boolean;
}

/** `ratebook correct`: what would be corrected of issued invoices, or with `--apply` corrects it. */
export async function correct(options: CorrectOptions): Promise<void> {
  if ((options.account === undefined) === (options.run === undefined))
    throw unusable('Name exactly one of --account ID and --run ID');
  const { by, why } = options;
  if (options.apply && (!by || !why))
    throw unusable('--apply wants --by and --why: who corrects the invoices, and why');
  await withBooks(async (db) => {
    const request = await requestOf(db, options);
    if (!options.apply || !by || !why) return show(await previewCorrections(db, request), [], options);
    const { today } = await readToday(db, options.company);
    const { invoices, refused } = await applyCorrections(db, request, { by, why, today });
    show(invoices, refused, options);
    if (refused.length > 0) process.exitCode = 1;
  });
}

async function requestOf(
  db: Knex,
  { account, run, from, rules, recordsNow, taxNow }: CorrectOptions,
): Promise<CorrectionRequest> {
  const selected = run === undefined ? { accounts: [account ?? ''], from: undefined } : await runSelection(db, run);
  if (!selected) throw new Error(`There is no bill run ${run}; the console lists those there are`);
  if (account !== undefined && !(await db('billing_account').where({ account_id: account }).first('account_id')))
    throw new Error(`There is no billing account ${account}`);
  const first = from ?? selected.from;
  return {
    accounts: selected.accounts,
    ...(first !== undefined && { from: first }),
    ...(rules !== undefined && { ruleSet: await released(db, rules) }),
    ...(taxNow && { records: 'tax' as const }),
    ...(recordsNow && { records: 'now' as const }),
  };
}

async function released(db: Knex, folder: string): Promise<string> {
  const rules = createReleasedRules(db, folder);
  await rules.release();
  const hash = rules.inForce()?.document.hash;
  if (hash === undefined) throw new Error(`The rules in ${folder} have faults: run \`ratebook check ${folder}\``);
  return hash;
}

function show(
  invoices: readonly CorrectedInvoice[],
  refused: readonly { readonly accountId: string; readonly why: string }[],
  { json, apply }: CorrectOptions,
): void {
  if (json) {
    console.log(JSON.stringify({ applied: apply === true, invoices, refused }, null, 2));
    return;
  }
  for (const one of invoices) console.log(correctedLines(one).join('\n'));
  for (const { accountId, why } of refused) console.log(`${accountId}: not corrected. ${why}`);
  const what = apply ? 'corrected' : 'would be corrected; --apply corrects them';
  console.log(`${invoices.length} ${invoices.length === 1 ? 'invoice' : 'invoices'} ${what}`);
}
