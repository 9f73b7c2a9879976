import type { Knex } from 'knex';
import type { BillRun } from '../bill-run/bill-run.ts';
import { drawNumbers } from '../bill-run/document-numbers.ts';

/** Gives the credit notes that go with a run's clear account cycles their numbers, in the order of the accounts. */
export async function numberCreditNotes(trx: Knex.Transaction, run: BillRun): Promise<void> {
  const { rows } = await trx.raw<{ rows: Unnumbered[] }>(
    `select d.account_id, d.period_from, d.number, a.legal_entity, jsonb_array_length(d.credit_notes) as notes
     from account_cycle c join correction d on d.account_id = c.account_id and d.found_by = c.period_from
       join billing_account a on a.account_id = c.account_id
     where c.run_id = ? and c.state = 'clear' and d.issued_on is null and d.note_numbers is null and d.credit_notes <> '[]'
     order by d.account_id collate "C", d.period_from, d.number`,
    [run.id],
  );
  await assignNoteNumbers(trx, rows, Number(run.issuedOn.slice(0, 4)));
}

/** A correction whose credit notes have no numbers yet. */
export interface Unnumbered {
  readonly account_id: string;
  readonly period_from: string;
  readonly number: number;
  readonly legal_entity: string;
  readonly notes: number;
}

export async function assignNoteNumbers(
  trx: Knex.Transaction,
  rows: readonly Unnumbered[],
  year: number,
): Promise<void> {
  const entities = rows.flatMap(({ legal_entity, notes }) => Array.from({ length: notes }, () => legal_entity));
  const numbers = [...(await drawNumbers(trx, 'credit note', year, entities))];
  for (const { account_id, period_from, number, notes } of rows)
    await trx('correction')
      .where({ account_id, period_from, number })
      .update({ note_numbers: numbers.splice(0, notes) });
}
