import type { Knex } from 'knex';
import { advantageIntents, withinYear } from '../../engine/advantage.ts';
import type { BillAdvantage } from '../../engine/bill-advantage.ts';
import type { ToldAdvantage } from '../../engine/carried.ts';
import { parseDecimal } from '../../engine/money.ts';
import type { NumberedDraft } from './numbered-drafts.ts';
import { readTold, yearOf } from './read-told.ts';
import type { RunContext } from './run-context.ts';

/**
 * The drafts with what their invoices tell of advantages: a customer may have several accounts, so that what the year leaves is
 * known only in the order of issue. Locks the customers concerned until the invoices are committed.
 */
export async function settleAdvantages(
  trx: Knex.Transaction,
  { run, rules }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<readonly NumberedDraft[]> {
  const customers = drafts.flatMap(({ whole, customerId }) => (whole?.bill.advantages ? [customerId] : []));
  if (customers.length === 0) return drafts;
  await trx('customer').whereIn('customer_id', customers).orderBy('customer_id').forUpdate().select('customer_id');
  const before = await readTold(trx, customers);
  const year = yearOf(run.issuedOn);
  const now = new Map<string, ToldAdvantage[]>();
  return drafts.map((draft) => {
    const { whole, intents, customerId } = draft;
    if (!whole?.bill.advantages) return draft;
    const { bill, inputs } = whole;
    const told = [...before(customerId, year), ...(now.get(customerId) ?? [])];
    const advantages = withinYear(whole.bill.advantages, told, bill.currency);
    now.set(customerId, [...(now.get(customerId) ?? []), ...advantages.map(toldBy)]);
    const others = intents.filter(({ rule }) => !bill.advantages?.some(({ because }) => because.rule === rule));
    return {
      ...draft,
      whole: { inputs, bill: { ...bill, advantages } },
      intents: [...others, ...advantageIntents(advantages, inputs, rules)],
    };
  });
}

/** Once the invoices are stored. */
export async function storeTold(
  trx: Knex.Transaction,
  { run }: RunContext,
  drafts: readonly NumberedDraft[],
): Promise<void> {
  const rows = drafts.flatMap(({ number, customerId, whole }) =>
    (whole?.bill.advantages ?? [])
      .map(toldBy)
      .filter(({ amount }) => parseDecimal(amount).n !== 0n)
      .map(({ rule, amount }) => ({
        invoice_number: number,
        rule,
        customer_id: customerId,
        year: yearOf(run.issuedOn),
        amount,
      })),
  );
  if (rows.length > 0) await trx('told_advantage').insert(rows);
}

function toldBy({ because, amount }: BillAdvantage): ToldAdvantage {
  return { rule: because.rule, amount };
}
