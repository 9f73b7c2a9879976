/**
 * Adjust: discounts, on the rounded amounts that the customer sees, before tax.
 *
 * Of those that fire, `excludes` takes out first; then they have their turns. `after X` takes its share of what X and all that X
 * comes after left, everything else of the original amounts; of a group, the one that takes most. All discounts together never
 * take more than a line has.
 *
 * A fee that is given back had its discounts when it was charged, by the bill before: of those in percent, the part that
 * belongs to it is taken back, so that nobody is given back more than was paid.
 */
import { benefitDiscounts } from './benefits.ts';
import { cycleNumber } from './cycles.ts';
import { decide } from './decide/decide.ts';
import { type DiscountRule, type Firing, inOrderOfTaking, notExcluded, predecessors } from './discount-order.ts';
import { accountFactsOfBillBefore, type ClosedCycle, factsOfBillBefore } from './facts.ts';
import { groupBy } from './group-by.ts';
import type { LoadedRuleSet } from './load.ts';
import type { AccountCycle, Decision, Subscription, TaxedLine } from './model.ts';
import { compare } from './money.ts';
import type { DiscountOutcome, RoundingMode } from './outcomes.ts';
import { agreedPlans, planOn } from './plans.ts';
import { coveredPart, isInCycles } from './promotion.ts';
import type { Facts } from './rule-set.ts';
import { book, type Claim, openLedger, type Taking, takingOf } from './take-off.ts';

/** The discount lines of an account, in the order in which they are taken. */
export function adjust(
  lines: readonly TaxedLine[],
  cycle: AccountCycle,
  sheets: ClosedCycle,
  rules: LoadedRuleSet,
  decisions: Decision[],
): readonly TaxedLine[] {
  const charged = lines.filter((line) => line.kind !== 'fee refund');
  const refunds = lines.filter((line) => line.kind === 'fee refund').map(mirrored);
  const refunded = new Set(refunds.map((line) => line.subscriptionId));
  const now = cycleNumber(cycle.account, cycle.bounds.from);
  // The last bill that was issued, and charged what is given back.
  const before = cycleNumber(cycle.account, cycle.unbilledFrom ?? cycle.bounds.from) - 1;
  const fired: Firing[] = [];
  const firedBefore: Firing[] = [];
  for (const subscription of cycle.subscriptions) {
    const facts = sheets.subscriptions.get(subscription.id) ?? sheets.account;
    const firedOn = (sheet: Facts, number: number) =>
      decided('discount', subscription.id, sheet, rules, decisions)
        .filter((rule) => isInCycles(rule.event.params.outcome, number, cycle, subscription))
        .map((rule) => ({ rule, subscriptionId: subscription.id }));
    fired.push(...firedOn(facts, now), ...benefitFirings(cycle, subscription, rules));
    if (refunded.has(subscription.id))
      firedBefore.push(...firedOn(factsOfBillBefore(facts, cycle, subscription, rules), before));
  }
  const ofAccount = (sheet: Facts) =>
    decided('discount:account', cycle.account.id, sheet, rules, decisions).map((rule) => ({ rule }));
  fired.push(...ofAccount(sheets.account));
  if (refunded.size > 0) firedBefore.push(...ofAccount(accountFactsOfBillBefore(sheets.account, cycle, rules)));

  const discounts = takeAll(fired, charged, cycle, rules);
  if (refunds.length === 0) return discounts;
  const byShare = firedBefore.filter(({ rule }) => rule.event.params.outcome.take.kind === 'percent');
  return [...discounts, ...takeAll(byShare, refunds, cycle, rules).map(takenBack)];
}

function decided(
  set: string,
  subject: string,
  sheet: Facts,
  rules: LoadedRuleSet,
  decisions: Decision[],
): readonly DiscountRule[] {
  return decide<DiscountOutcome>(rules, set, sheet, decisions, subject)?.rules ?? [];
}

/** A refund as the charge that it gives back. */
function mirrored(line: TaxedLine): TaxedLine {
  return { ...line, amount: negated(line.amount) };
}

function takenBack(line: TaxedLine): TaxedLine {
  const { id, amount, exact, because } = line;
  const how = `${because.how} given back`;
  return { ...line, id: `${id}/refund`, amount: negated(amount), exact: negated(exact), because: { ...because, how } };
}

/** Of a decimal or a fraction in text. */
function negated(amount: string): string {
  if (/^[0./]+$/.test(amount)) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

function takeAll(
  fired: readonly Firing[],
  lines: readonly TaxedLine[],
  cycle: AccountCycle,
  rules: LoadedRuleSet,
): readonly TaxedLine[] {
  if (fired.length === 0) return [];
  const gifts = fired.map(({ rule }) => rule).filter(({ name }) => name.startsWith('offer.'));
  const before = predecessors([...allDiscounts(rules), ...gifts]);
  const ledger = openLedger(lines);
  const owned = bySubscription(lines);
  const claims = notExcluded(
    fired.flatMap((firing) => {
      const own = firing.subscriptionId === undefined ? lines : (owned.get(firing.subscriptionId) ?? []);
      return claimOf(firing, own, cycle, before) ?? [];
    }),
  );
  const modeOf = roundingOf(cycle, rules);
  const ruleOrder = inOrderOfTaking([...new Set(claims.map(({ rule }) => rule))], before);
  return ruleOrder.flatMap((turn) => {
    const own = turn.flatMap((rule) => claims.filter((claim) => claim.rule === rule));
    return byOwner(own).flatMap((rivals) => {
      const takings = rivals.flatMap((claim) => takingOf(claim, ledger, cycle.account.currency, modeOf) ?? []);
      const best = takings.reduce<Taking | undefined>((most, one) => larger(most, one), undefined);
      return best ? book(best, ledger, cycle) : [];
    });
  });
}

/** The first in the order of the text among those that take most. */
function larger(a: Taking | undefined, b: Taking): Taking {
  return a && compare(a.total, b.total) >= 0 ? a : b;
}

/** An account may have thousands of lines. */
export function bySubscription(lines: readonly TaxedLine[]): ReadonlyMap<string, readonly TaxedLine[]> {
  return groupBy(lines, ({ subscriptionId }) => subscriptionId);
}

interface FiredClaim extends Claim, Firing {}

/** Undefined where a promotion by months has no day left in any line of its base. */
function claimOf(
  { rule, subscriptionId }: Firing,
  lines: readonly TaxedLine[],
  { subscriptions }: AccountCycle,
  before: ReadonlyMap<string, readonly string[]>,
): FiredClaim | undefined {
  const { outcome } = rule.event.params;
  const subscription = subscriptions.find(({ id }) => id === subscriptionId);
  const base = lines.filter((line) => isInBase(line, outcome));
  if (
    outcome.monthsFromAcceptance !== undefined &&
    !base.some((line) => coveredPart(outcome, line, subscription).n > 0n)
  )
    return undefined;
  const after = before.get(rule.name) ?? [];
  return {
    rule,
    lines: base,
    after,
    ...(subscriptionId !== undefined && { subscriptionId }),
    ...(subscription && { subscription }),
  };
}

/** What competes for the best place: the claims of one subscription, or of the account. */
function byOwner(claims: readonly FiredClaim[]): readonly (readonly FiredClaim[])[] {
  return [...groupBy(claims, ({ subscriptionId }) => subscriptionId).values()];
}

/** What offers gave comes behind all discounts. */
function benefitFirings(cycle: AccountCycle, subscription: Subscription, rules: LoadedRuleSet): readonly Firing[] {
  const discounts = allDiscounts(rules).map(({ name }) => name);
  return benefitDiscounts(cycle, subscription, discounts).map((rule) => ({ rule, subscriptionId: subscription.id }));
}

function allDiscounts(rules: LoadedRuleSet): readonly DiscountRule[] {
  return ['discount', 'discount:account'].flatMap(
    (id) => (rules.sets.get(id)?.set.rules ?? []) as readonly DiscountRule[],
  );
}

/** A discount is rounded as the plan says that the line is of. */
function roundingOf({ subscriptions, bounds, customer }: AccountCycle, { document }: LoadedRuleSet) {
  const modes = new Map<string, RoundingMode>(
    subscriptions.map((subscription) => [
      subscription.id,
      (planOn(agreedPlans(document, subscription, customer.id), bounds.from) ?? document.plans[0])?.rounding ??
        'half even',
    ]),
  );
  return (subscriptionId: string): RoundingMode => modes.get(subscriptionId) ?? 'half even';
}

/** Nothing is taken off what was lacking of an agreed amount: it would be lacking again. */
function isInBase(line: TaxedLine, { off }: DiscountOutcome): boolean {
  if (line.kind === 'minimum spend' || line.kind === 'commitment shortfall') return false;
  switch (off.kind) {
    case 'fee':
      return line.service === undefined && line.title === off.name;
    case 'service':
      return line.service === off.service;
    case 'all charges':
      return true;
  }
}
