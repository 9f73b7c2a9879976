import type { Knex } from 'knex';
import { startOfAccountDay } from '../../engine/account-days.ts';
import type { GrantedBenefit } from '../../engine/granted-benefit.ts';
import type { AccountCycle, Bill, Subscription } from '../../engine/model.ts';
import type { Benefit } from '../../engine/outcomes.ts';

interface BenefitRow {
  readonly benefit_id: string;
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly subscription_id: string | null;
  readonly give: Benefit;
  readonly granted_at: Date;
  readonly valid_until: Date | null;
  readonly begun: boolean;
}

type Bare = Pick<AccountCycle, 'account' | 'customer' | 'subscriptions' | 'bounds'>;

/**
 * Adds to cycles what offers gave for them: granted before the cycle ends, begun or still good when it begins, and not
 * used up. Of one offer a subscription takes in one a bill, the oldest first. What is a customer's and no subscription's
 * goes to the first of the customer's subscriptions, by id, that is not cancelled.
 */
export async function withBenefits<C extends Bare>(db: Knex, cycles: readonly C[]): Promise<readonly C[]> {
  const customers = [...new Set(cycles.map(({ customer }) => customer.id))];
  const { rows } = await db.raw<{ rows: BenefitRow[] }>(
    `select b.benefit_id, b.rule, b.file, b.line, b.title, b.give, b.granted_at, b.valid_until,
            exists (select from benefit_use u where u.benefit_id = b.benefit_id) as begun,
            coalesce(b.subscription_id, (
              select min(s.subscription_id) from subscription s join billing_account a using (account_id)
              where a.customer_id = b.customer_id and s.cancelled_on is null)) as subscription_id
     from benefit b
     where b.customer_id = any(?) and b.withdrawn_at is null
       and (select count(*) from benefit_use u where u.benefit_id = b.benefit_id) < b.cycles
     order by b.granted_at, b.benefit_id`,
    [customers],
  );
  if (rows.length === 0) return cycles;
  return cycles.map((cycle) => {
    const benefits = cycle.subscriptions.flatMap((subscription) => benefitsFor(subscription, cycle, rows));
    return benefits.length > 0 ? { ...cycle, benefits } : cycle;
  });
}

function benefitsFor(
  subscription: Subscription,
  { account, bounds }: Bare,
  rows: readonly BenefitRow[],
): readonly GrantedBenefit[] {
  const [begin, end] = [startOfAccountDay(account, bounds.from), startOfAccountDay(account, bounds.until)];
  const rules = new Set<string>();
  return rows.flatMap((row) => {
    const isGood = row.begun || row.valid_until === null || row.valid_until.getTime() > begin;
    if (row.subscription_id !== subscription.id || !isGood || row.granted_at.getTime() >= end) return [];
    if (rules.has(row.rule)) return [];
    rules.add(row.rule);
    const { benefit_id: id, rule, file, line, title } = row;
    return [{ id, subscriptionId: subscription.id, rule, title, at: { file, line }, ...effectOf(row.give) }];
  });
}

type Effect =
  | Pick<Extract<GrantedBenefit, { kind: 'discount' }>, 'kind' | 'take' | 'off' | 'cap'>
  | Pick<Extract<GrantedBenefit, { kind: 'allowance' }>, 'kind' | 'service' | 'quantity'>;

function effectOf(give: Benefit): Effect {
  switch (give.kind) {
    case 'bill discount': {
      const { take, off, each } = give;
      return { kind: 'discount', take, off, ...(each && { cap: each }) };
    }
    case 'free fee':
      return { kind: 'discount', take: { kind: 'percent', percent: '100' }, off: { kind: 'fee', name: give.fee } };
    case 'allowance':
      return { kind: 'allowance', service: give.service, quantity: give.quantity };
  }
}

/**
 * Books what an issued bill has taken in, in the transaction that issues it: a discount that took something off, and
 * included usage whether or not it was used. A discount that found nothing waits for the next bill.
 */
export async function markBenefitsUsed(
  trx: Knex,
  issued: readonly { readonly inputs: AccountCycle; readonly bill: Bill }[],
): Promise<void> {
  const uses = issued.flatMap(({ inputs: { account, bounds, benefits = [] }, bill }) =>
    benefits
      .filter(({ kind, subscriptionId, rule }) => {
        const took = bill.lines.some((line) => line.subscriptionId === subscriptionId && line.because.rule === rule);
        return kind === 'allowance' || took;
      })
      .map(({ id }) => ({ benefit_id: id, account_id: account.id, period_from: bounds.from })),
  );
  if (uses.length > 0) await trx('benefit_use').insert(uses);
}
