import type { Knex } from 'knex';
import type { CarriedOver } from '../../engine/carry-over.ts';
import { carryOver } from '../../engine/carry-over.ts';
import type { AccountCycle, Bill, MessageIntent, RatedUsage } from '../../engine/model.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { RunContext, ShardAccount } from './run-context.ts';

/** A draft that is about to be issued. The bill stays in the books: only where something follows from what is in it, it is read. */
export interface NumberedDraft {
  readonly account: ShardAccount;
  readonly number: string;
  readonly legalEntity: string;
  readonly customerId: string;
  readonly paymentTermsDays: number;
  readonly intents: readonly MessageIntent[];
  /** What the cycles after it open with. */
  readonly carried: CarriedOver;
  /** Where fees are billed once, offers are used or advantages told. */
  readonly whole?: DraftedCycle;
}

export interface DraftedCycle {
  /** The cycle as rating found it, without its usage. */
  readonly inputs: AccountCycle;
  readonly bill: Bill;
}

interface Row {
  readonly account_id: string;
  readonly period_from: string;
  readonly number: string | null;
  readonly legalEntity: string;
  readonly customerId: string;
  readonly paymentTermsDays: number;
  readonly intents: readonly MessageIntent[] | null;
  readonly carried: CarriedOver | null;
  readonly inputs: AccountCycle | null;
  readonly rated: RatedUsage | null;
  readonly bill: Bill | null;
}

/** The numbered drafts of a shard, in the shard's order. */
export async function readNumberedDrafts(
  db: Knex,
  { rules }: RunContext,
  shard: readonly ShardAccount[],
): Promise<readonly NumberedDraft[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `
    select k.account_id, k.period_from, k.invoice_number as number, a.legal_entity as "legalEntity", a.customer_id as "customerId",
      a.payment_terms_days as "paymentTermsDays", k.intents, k.carried,
      case when w.whole then k.inputs end as inputs, case when w.whole then k.bill end as bill, case when k.carried is null then k.rated end as rated
    from unnest(?::text[], ?::date[]) as s (account_id, period_from)
    join account_cycle k using (account_id, period_from) join billing_account a using (account_id),
    lateral (select k.carried is null or jsonb_exists_any(k.inputs, array['oneOffFees', 'benefits']) or jsonb_exists(k.bill, 'advantages') as whole) w`,
    [shard.map((one) => one.accountId), shard.map((one) => one.bounds.from)],
  );
  const byKey = new Map(rows.map((row) => [`${row.account_id} ${row.period_from}`, row]));
  return shard.map((account) => {
    const row = byKey.get(`${account.accountId} ${account.bounds.from}`);
    if (!row?.number) throw new Error(`Account ${account.accountId} has no numbered draft to invoice`);
    const { number, legalEntity, customerId, paymentTermsDays, inputs, bill } = row;
    return {
      account,
      number,
      legalEntity,
      customerId,
      paymentTermsDays,
      intents: row.intents ?? [],
      carried: row.carried ?? carriedOf(row, rules.document),
      ...(inputs && bill && { whole: { inputs, bill } }),
    };
  });
}

/** Of a cycle that was rated before what it leaves was kept with it. */
function carriedOf({ account_id, inputs, rated, bill }: Row, document: RuleSet): CarriedOver {
  if (!inputs || !rated || !bill) throw new Error(`The cycle of account ${account_id} has not been rated`);
  return carryOver(inputs, rated, bill, document);
}
