import type { Knex } from 'knex';
import type { CarriedOver } from '../../engine/carry-over.ts';
import type { AccountCycle, Bill, MessageIntent, RatedUsage } from '../../engine/model.ts';
import type { AccountCycleState } from './run-context.ts';

/** An account cycle's next state, with what the step that brought it there leaves behind. */
export interface AccountMove {
  readonly accountId: string;
  readonly periodFrom: string;
  readonly state: AccountCycleState;
  readonly usageCut?: number;
  readonly inputs?: AccountCycle;
  readonly rated?: RatedUsage;
  readonly bill?: Bill;
  readonly intents?: readonly MessageIntent[];
  /** What the cycles after it open with, once it is invoiced. */
  readonly carried?: CarriedOver;
}

/**
 * Moves account cycles on, in one statement.
 *
 * @throws Error when one of them is no longer in the state it came from: another process works on the same run.
 */
export async function moveAccounts(
  trx: Knex.Transaction,
  runId: string,
  from: AccountCycleState,
  moves: readonly AccountMove[],
): Promise<void> {
  // One document of all of them: arrays of documents would have every quotation mark escaped and read once more.
  const { rowCount } = await trx.raw(
    `
    update account_cycle c set state = m.state, usage_cut = coalesce(m."usageCut", c.usage_cut),
      inputs = coalesce(m.inputs, c.inputs), rated = coalesce(m.rated, c.rated), bill = coalesce(m.bill, c.bill),
      intents = coalesce(m.intents, c.intents), carried = coalesce(m.carried, c.carried)
    from jsonb_to_recordset(?) as m ("accountId" text, "periodFrom" date, state text, "usageCut" int,
      inputs jsonb, rated jsonb, bill jsonb, intents jsonb, carried jsonb)
    where c.account_id = m."accountId" and c.period_from = m."periodFrom" and c.run_id = ? and c.state = ?`,
    [JSON.stringify(moves), runId, from],
  );
  if (rowCount !== moves.length)
    throw new Error(`Bill run ${runId}: another process has moved account cycles out of the state "${from}"`);
}
