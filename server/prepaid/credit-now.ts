import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import { isUsable } from '../../engine/credit-pool.ts';
import { evaluateCycle, rateCycle } from '../../engine/cycle.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { AccountCycle, EpochMs, LocalDate } from '../../engine/model.ts';
import { parseDecimal, parseExact, type Rational, roundToMinor, subtract, sum } from '../../engine/money.ts';

/** Amounts are decimal texts with tax, rounded down to the minor unit; instants epoch milliseconds. */
export interface CreditNow {
  readonly currency: string;
  /** What can be used at this moment. */
  readonly balance: string;
  readonly credits: readonly {
    readonly credit: string;
    readonly kind: 'paid' | 'bonus';
    readonly left: string;
    readonly validFrom: EpochMs;
    readonly expiresAt?: EpochMs;
  }[];
}

export type LoadCycle = (accountId: string, periodFrom?: LocalDate) => Promise<AccountCycle | undefined>;

/**
 * The credit of an account with the usage that has come so far; undefined for an unknown account. Nothing is stored: what is not invoiced yet is
 * evaluated anew, so that usage that comes late, or a record that comes twice, leaves the right balance.
 */
export async function creditNow(
  db: Knex,
  load: LoadCycle,
  accountId: string,
  rules: LoadedRuleSet,
  now: EpochMs,
): Promise<CreditNow | undefined> {
  const cycle = await openCycle(db, load, accountId, rules, now);
  if (cycle === undefined) return undefined;
  const { draws = [] } = rateCycle(cycle, rules, 'results').usage;
  const left = (cycle.prepaid ?? []).map((credit) => {
    const drawn = sum(draws.filter((draw) => draw.credit === credit.id).map(({ gross }) => parseExact(gross)));
    return { credit, rest: subtract(parseDecimal(credit.amount), drawn) };
  });
  const { currency } = cycle.account;
  const inWords = (amount: Rational) => roundToMinor(amount, currency, 'down');
  return {
    currency,
    balance: inWords(sum(left.filter(({ credit }) => isUsable(credit, now)).map(({ rest }) => rest))),
    credits: left.map(({ credit: { id, kind, validFrom, expiresAt }, rest }) => ({
      credit: id,
      kind,
      left: inWords(rest),
      validFrom,
      ...(expiresAt !== undefined && { expiresAt }),
    })),
  };
}

/** The cycle that holds this moment, with the credit that closed cycles before it leave which have no invoice yet. */
async function openCycle(db: Knex, load: LoadCycle, accountId: string, rules: LoadedRuleSet, now: EpochMs) {
  const billed = await db('account_cycle')
    .where({ account_id: accountId, state: 'invoiced' })
    .max({ until: 'period_until' })
    .first();
  let cycle = await load(accountId, billed?.until ?? undefined);
  while (cycle && startOfAccountDay(cycle.account, cycle.bounds.until) <= now) {
    const before: AccountCycle = cycle;
    const left = evaluateCycle(before, rules, 'results').bill.prepaid?.left ?? [];
    const next: AccountCycle | undefined = await load(accountId, before.bounds.until);
    const end = startOfAccountDay(before.account, before.bounds.until);
    const added = (next?.prepaid ?? []).filter(({ validFrom }) => validFrom >= end);
    cycle = next && { ...next, prepaid: [...left, ...added] };
  }
  return cycle;
}
