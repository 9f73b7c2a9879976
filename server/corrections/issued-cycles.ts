import type { Knex } from 'knex';
import type { Standing } from '../../engine/correction.ts';
import type { CorrectionCharge } from '../../engine/correction-charge.ts';
import { withoutCorrections } from '../../engine/correction-lines.ts';
import type { CreditNote } from '../../engine/credit-note.ts';
import type { AccountCycle, Bill, RatedUsage } from '../../engine/model.ts';
import type { CreditUse } from '../../engine/prepaid-credit.ts';
import { identity } from '../bill-run/store-exceptions.ts';

/** An issued cycle as it was last found right. */
export interface StoredCycle {
  /** Without usage, and without the corrections of other cycles that its invoice carries. */
  readonly inputs: AccountCycle;
  /** The inputs with what is known now of customer or subscriptions; absent: nothing else is known. */
  readonly inputsNow?: AccountCycle;
  readonly rated: RatedUsage;
  readonly standing: Standing;
  /** What it owes more by its last correction, on no invoice yet. */
  readonly waiting: readonly CorrectionCharge[];
  /** Of exceptions that were found when it was billed or corrected. */
  readonly exceptions: ReadonlySet<string>;
  /** How many corrections it has, drafts included. */
  readonly corrections: number;
}

interface CycleRow {
  readonly period_from: string;
  readonly inputs: AccountCycle;
  readonly rated: RatedUsage;
  readonly number: string;
  readonly bill: Bill;
}

interface CorrectionRow {
  readonly period_from: string;
  readonly inputs: AccountCycle;
  readonly rated: RatedUsage;
  readonly after: Bill;
  readonly charges: readonly CorrectionCharge[];
  readonly charged_on: string | null;
  readonly issued_on: string | null;
}

/**
 * The cycles of an account that runs have issued before a day, in their order: all that can be evaluated once more. Those taken over from a
 * predecessor system cannot, because nothing is known of them but their sums.
 */
export async function readIssuedCycles(db: Knex, accountId: string, before: string): Promise<readonly StoredCycle[]> {
  const cycles: CycleRow[] = await db('account_cycle as c')
    .join('invoice as i', 'i.number', 'c.invoice_number')
    .where({ 'c.account_id': accountId, 'c.state': 'invoiced' })
    .where('c.period_until', '<=', before)
    .whereNotNull('c.inputs')
    .orderBy('c.period_from')
    .select('c.period_from', 'c.inputs', 'c.rated', 'i.number', 'i.bill');
  const corrections: CorrectionRow[] = await db('correction')
    .where({ account_id: accountId })
    .orderBy(['period_from', 'number'])
    .select('period_from', 'inputs', 'rated', 'after', 'charges', 'charged_on', 'issued_on');
  const notes: { note: CreditNote }[] = await db('credit_note')
    .where({ account_id: accountId })
    .orderBy('number')
    .select('note');
  const uses: (CreditUse & { readonly period_from: string })[] = await db('credit_use as u')
    .join('top_up as t', 't.credit', 'u.credit')
    .where({ 'u.account_id': accountId })
    .groupBy('u.period_from', 'u.credit', 't.kind')
    .select('u.period_from', 'u.credit', 't.kind', db.raw('sum(u.amount) as amount'));
  const exceptions = await db('exception')
    .where({ account_id: accountId, superseded: false })
    .select('period_from', 'code', 'subject', 'rule');
  return cycles.map((row) => {
    const of = <T extends { readonly period_from: string }>(many: readonly T[]) =>
      many.filter(({ period_from }) => period_from === row.period_from);
    const own = of(corrections);
    const last = own.findLast(({ issued_on }) => issued_on !== null);
    const original = withoutCorrections(row.bill);
    const waiting = last && last.charged_on === null ? last.charges : [];
    const settled = own.findLast(
      (one) => one.issued_on !== null && (one.charges.length === 0 || one.charged_on !== null),
    );
    return {
      inputs: withoutCharges((last ?? row).inputs),
      rated: (last ?? row).rated,
      standing: {
        invoice: row.number,
        original,
        creditNotes: notes.map(({ note }) => note).filter(({ from }) => from === row.period_from),
        charges: own.flatMap(({ charges, charged_on: on }) =>
          on === null ? [] : charges.map((charge) => ({ on, charge })),
        ),
        bill: last?.after ?? original,
        used: of(uses).map(({ credit, kind, amount }) => ({ credit, kind, amount })),
        ...(waiting.length > 0 && { documented: settled?.after ?? original }),
      },
      waiting,
      exceptions: new Set(of(exceptions).map((one) => identity({ ...one, rule: one.rule ?? undefined }))),
      corrections: own.length,
    };
  });
}

function withoutCharges({ corrections: _, ...cycle }: AccountCycle): AccountCycle {
  return cycle;
}
