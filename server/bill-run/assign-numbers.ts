import { numberCreditNotes } from '../corrections/number-credit-notes.ts';
import { drawNumbers } from './document-numbers.ts';
import type { RunContext } from './run-context.ts';

/**
 * Gives every clear account cycle of the run its invoice number, and the credit notes that go with it theirs, in the order of the accounts and in one transaction: the
 * documents can then be made in any order. Accounts that are released later get the numbers that follow.
 */
export async function assignNumbers({ db, run }: RunContext): Promise<void> {
  await db.transaction(async (trx) => {
    // The run's row is the lock: who comes second finds everything numbered.
    await trx('bill_run').where({ run_id: run.id }).forUpdate().first('run_id');
    const { rows } = await trx.raw<{ rows: Unnumbered[] }>(
      `select c.account_id, c.period_from, a.legal_entity from account_cycle c join billing_account a using (account_id)
       where c.run_id = ? and c.state = 'clear' and c.invoice_number is null
       order by c.account_id collate "C", c.period_from`,
      [run.id],
    );
    if (rows.length === 0) return;
    await numberCreditNotes(trx, run);
    const year = Number(run.issuedOn.slice(0, 4));
    const numbers = await drawNumbers(
      trx,
      'invoice',
      year,
      rows.map((row) => row.legal_entity),
    );
    await trx.raw(
      `update account_cycle c set invoice_number = n.number
       from unnest(?::text[], ?::date[], ?::text[]) as n (account_id, period_from, number)
       where c.account_id = n.account_id and c.period_from = n.period_from`,
      [rows.map((row) => row.account_id), rows.map((row) => row.period_from), [...numbers]],
    );
  });
}

interface Unnumbered {
  readonly account_id: string;
  readonly period_from: string;
  readonly legal_entity: string;
}
