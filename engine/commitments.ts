/**
 * Commitments: what the customer has promised to be charged in each period of a contract, and what is lacking at its end.
 *
 * What counts is what the bills of the account charge the lines that have the contract's plan, before discounts and tax. Each
 * cycle counts once: in the period that ends within it, or else in the period in which it ends. What is lacking is a line
 * of the bill of the cycle in which the period ends, or of the last one of an account that is closed before.
 */
import type { CommittedCycle } from './carried.ts';
import { contractsOf } from './contracts.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Bill, ChargedLine, LineKind, Subscription } from './model.ts';
import {
  compare,
  formatAmount,
  formatExact,
  parseDecimal,
  type Rational,
  roundToMinor,
  subtract,
  sum,
  zero,
} from './money.ts';
import { addMonths, type Period } from './period.ts';
import { versionsOf } from './plans.ts';
import type { Commitment, Contract, RuleSet } from './rule-set.ts';

/** A line for each commitment whose period ends in the cycle, or with the account, and was not reached. */
export function shortfalls(
  charges: readonly ChargedLine[],
  cycle: AccountCycle,
  { document }: LoadedRuleSet,
): readonly ChargedLine[] {
  return commitmentsOf(cycle, document).flatMap(({ contract, commitment, lines }) => {
    const period = periodOf(contract, commitment, cycle.bounds);
    const [first] = lines;
    if (!period || !first || !isSettledIn(cycle, period)) return [];
    const before = (cycle.committed ?? []).filter((past) => isPartOf(past, period, contract, commitment));
    const charged = sum([
      ...before.map((past) => parseDecimal(past.charged)),
      chargedTowards(commitment, lines, charges),
    ]);
    return shortfall(contract, commitment, charged, period, first, document);
  });
}

/** The last bill of an account settles what no later one would. */
function isSettledIn({ account: { closedOn }, bounds }: AccountCycle, period: Period): boolean {
  if (closedOn === undefined || closedOn > bounds.until) return period.until <= bounds.until;
  return bounds.from < closedOn;
}

/** What an issued bill counts towards the commitments of its customer: kept, so that later bills know. */
export function committedBy(bill: Bill, cycle: AccountCycle, document: RuleSet): readonly CommittedCycle[] {
  const { from, until } = cycle.bounds;
  return commitmentsOf(cycle, document)
    .filter(({ contract, commitment }) => periodOf(contract, commitment, cycle.bounds))
    .map(({ commitment, lines }) => {
      const charged = formatAmount(chargedTowards(commitment, lines, bill.lines), bill.currency);
      return { commitment: commitment.id, from, until, charged };
    });
}

interface Running {
  readonly contract: Contract;
  readonly commitment: Commitment;
  /** The lines of the account that have the contract's plan. */
  readonly lines: readonly Subscription[];
}

function commitmentsOf({ customer, subscriptions }: AccountCycle, document: RuleSet): readonly Running[] {
  return contractsOf(document, customer.id).flatMap((contract) => {
    const lines = subscriptions.filter((subscription) =>
      plansOf(subscription).some((plan) => versionsOf(document, plan).some(({ id }) => id === contract.plan)),
    );
    return contract.commitments.map((commitment) => ({ contract, commitment, lines }));
  });
}

function plansOf({ plan, planChanges = [] }: Subscription): readonly string[] {
  return [plan, ...planChanges.map((change) => change.plan)];
}

function chargedTowards(
  { of }: Commitment,
  lines: readonly Subscription[],
  charges: readonly Pick<ChargedLine, 'kind' | 'subscriptionId' | 'service' | 'amount'>[],
): Rational {
  const ids = new Set(lines.map(({ id }) => id));
  const counted = charges.filter(
    ({ kind, subscriptionId, service }) =>
      counting.includes(kind) && ids.has(subscriptionId) && (of.kind === 'all charges' || service === of.service),
  );
  return sum(counted.map((line) => parseDecimal(line.amount)));
}

/** Neither discounts nor credit, nor what was lacking before. */
const counting: readonly LineKind[] = ['fee', 'fee refund', 'usage', 'included usage', 'minimum spend'];

/** The period in which a cycle counts; none if the contract is not in force in it. */
function periodOf(contract: Contract, { everyMonths }: Commitment, cycle: Period): Period | undefined {
  if (cycle.until <= contract.from || (contract.until !== undefined && cycle.from >= contract.until)) return undefined;
  for (let number = 0; ; number += 1) {
    const from = addMonths(contract.from, number * everyMonths);
    const until = addMonths(contract.from, (number + 1) * everyMonths);
    // The first period that ends within the cycle or after it.
    if (until > cycle.from) return { from, until };
  }
}

function isPartOf(past: CommittedCycle, period: Period, contract: Contract, commitment: Commitment): boolean {
  return past.commitment === commitment.id && periodOf(contract, commitment, past)?.from === period.from;
}

function shortfall(
  contract: Contract,
  { id, amount, title, at }: Commitment,
  charged: Rational,
  { from, until }: Period,
  line: Subscription,
  document: RuleSet,
): readonly ChargedLine[] {
  const [plan] = versionsOf(document, contract.plan);
  const lack = subtract(parseDecimal(amount), charged);
  if (!plan || compare(lack, zero) <= 0) return [];
  const { currency, rounding } = plan;
  return [
    {
      id: `${line.id}/${id}/${from}`,
      kind: 'commitment shortfall',
      subscriptionId: line.id,
      title,
      from,
      until,
      amount: roundToMinor(lack, currency, rounding),
      exact: formatExact(lack),
      because: {
        rule: id,
        at,
        how: `${amount} ${currency} − ${roundToMinor(charged, currency, rounding)} ${currency} charged`,
      },
    },
  ];
}
