import { findLedgerFaults, ledgerChecks } from '../receivables/ledger-faults.ts';
import { readTrialBalance } from '../receivables/trial-balance.ts';
import { withBooks } from './with-books.ts';

/** `ratebook ledger`: the trial balance, and everything that must hold of the ledger; the exit code is 1 if something does not. */
export async function ledger(options: { readonly json?: boolean }): Promise<void> {
  await withBooks(async (db) => {
    const [balances, faults] = [await readTrialBalance(db), await findLedgerFaults(db)];
    if (faults.length > 0) process.exitCode = 1;
    if (options.json) {
      console.log(JSON.stringify({ balances, checks: ledgerChecks, faults }, null, 2));
      return;
    }
    for (const { ledger: name, detail, currency, balance } of balances)
      console.log(`${`${name} ${detail}`.padEnd(32)}${balance.padStart(16)} ${currency}`);
    for (const check of ledgerChecks) {
      const found = faults.filter((fault) => fault.check === check);
      console.log(`${found.length === 0 ? '✓' : '✗'} ${check}`);
      for (const { subject, detail } of found) console.log(`    ${subject}: ${detail}`);
    }
  });
}
