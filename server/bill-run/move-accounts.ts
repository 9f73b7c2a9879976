import type { Knex } from 'knex';
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
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  // The driver writes a null inside an array as it should; its types do not know.
  const numbers = moves.map((m) => m.usageCut ?? null) as number[];
  const documents = (pick: (move: AccountMove) => unknown) => moves.map((m) => json(pick(m))) as string[];
  const { rowCount } = await trx.raw(
    `
    update account_cycle c set state = m.state, usage_cut = coalesce(m.usage_cut, c.usage_cut),
      inputs = coalesce(m.inputs, c.inputs), rated = coalesce(m.rated, c.rated), bill = coalesce(m.bill, c.bill), intents = coalesce(m.intents, c.intents)
    from unnest(?::text[], ?::date[], ?::text[], ?::int[], ?::jsonb[], ?::jsonb[], ?::jsonb[], ?::jsonb[])
      as m (account_id, period_from, state, usage_cut, inputs, rated, bill, intents)
    where c.account_id = m.account_id and c.period_from = m.period_from and c.run_id = ? and c.state = ?`,
    [
      moves.map((m) => m.accountId),
      moves.map((m) => m.periodFrom),
      moves.map((m) => m.state),
      numbers,
      documents((m) => m.inputs),
      documents((m) => m.rated),
      documents((m) => m.bill),
      documents((m) => m.intents),
      runId,
      from,
    ],
  );
  if (rowCount !== moves.length)
    throw new Error(`Bill run ${runId}: another process has moved account cycles out of the state "${from}"`);
}
