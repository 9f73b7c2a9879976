/** Validate: the invariants, which cannot be switched off. The analysts' own limits are in `anomalies.ts`. */
import { missingFacts } from './declared-facts.ts';
import { missingAttributes } from './event-attributes.ts';
import { exceptionOf } from './exceptions.ts';
import { tooLateUsage } from './late-usage.ts';
import type { LoadedRuleSet } from './load.ts';
import { toMicro } from './micro.ts';
import type { AccountCycle, Bill, Exception, RatedUsage } from './model.ts';
import { add, compare, negate, parseDecimal, sum } from './money.ts';
import { daysIn } from './period.ts';
import { agreedPlans, planOn, versionsOf } from './plans.ts';
import { activeDays, planNameOn } from './tenures.ts';

/** Everything that is the matter with a bill. Exceptions of rating are not repeated here. */
export function validate(
  cycle: AccountCycle,
  usage: RatedUsage,
  bill: Bill,
  rules: LoadedRuleSet,
): readonly Exception[] {
  return [
    ...sumsDiffer(usage, bill),
    ...creditDiffers(cycle, bill),
    ...negativeTotal(bill),
    ...currencyMismatch(cycle, rules),
    ...unknownPlan(cycle, rules),
    ...duplicateLines(bill),
    ...closedAccount(cycle, bill),
    ...missingUsage(cycle, usage),
    ...quantityTooLarge(usage, bill),
    ...missingFacts(cycle, rules),
    ...missingAttributes(cycle, rules),
    ...tooLateUsage(cycle),
  ];
}

function sumsDiffer(usage: RatedUsage, bill: Bill): readonly Exception[] {
  const amounts = (texts: readonly string[]) => sum(texts.map(parseDecimal));
  const net = amounts(bill.lines.map((line) => line.amount));
  const tax = amounts(bill.taxes.map((one) => one.amount));
  const billed = new Map(bill.lines.map((line) => [line.id, line]));
  const lost = usage.lines.filter((line) => billed.get(line.id)?.exact !== line.exact);
  const exceptions = lost.map((line) =>
    exceptionOf('sums-differ', bill.accountId, `Rated usage ${line.id} (${line.exact}) is not on the bill.`),
  );
  const addsUp =
    compare(net, parseDecimal(bill.net)) === 0 &&
    compare(tax, parseDecimal(bill.tax)) === 0 &&
    compare(add(net, tax), parseDecimal(bill.total)) === 0;
  const evidence = `Lines and taxes do not add up to ${bill.net} + ${bill.tax} = ${bill.total} ${bill.currency}.`;
  return addsUp ? exceptions : [...exceptions, exceptionOf('sums-differ', bill.accountId, evidence)];
}

/** Credit neither comes from nowhere nor gets lost: what there was is used, expired or left, and what it paid is not to be paid. */
function creditDiffers({ prepaid = [], account }: AccountCycle, bill: Bill): readonly Exception[] {
  if (!bill.prepaid) return [];
  const { paid, rounding = '0', due, used, corrections, expired, left } = bill.prepaid;
  const amounts = (all: readonly { readonly amount: string }[]) => sum(all.map(({ amount }) => parseDecimal(amount)));
  const opened = amounts(prepaid);
  const gone = sum([amounts(used), parseDecimal(expired), amounts(left)]);
  const payments = amounts([...used, ...(corrections?.used ?? [])].filter(({ kind }) => kind === 'paid'));
  const toPay = sum([parseDecimal(paid), parseDecimal(due), negate(parseDecimal(rounding))]);
  const addsUp =
    compare(opened, gone) === 0 &&
    compare(payments, parseDecimal(paid)) === 0 &&
    compare(toPay, parseDecimal(bill.total)) === 0;
  const evidence = `Prepaid credit does not add up: ${paid} ${account.currency} paid and ${due} due of ${bill.total}.`;
  return addsUp ? [] : [exceptionOf('sums-differ', bill.accountId, evidence)];
}

function negativeTotal(bill: Bill): readonly Exception[] {
  if (parseDecimal(bill.total).n >= 0n) return [];
  return [exceptionOf('negative-total', bill.accountId, `The total is ${bill.total} ${bill.currency}.`)];
}

function currencyMismatch({ account, subscriptions }: AccountCycle, { document }: LoadedRuleSet): readonly Exception[] {
  return subscriptions.flatMap(({ id, plan: first, planChanges = [] }) => {
    const plans = [first, ...planChanges.map(({ plan }) => plan)].flatMap((plan) => versionsOf(document, plan));
    const other = plans.find((one) => one.currency !== account.currency);
    if (!other) return [];
    const evidence = `Subscription ${id} has plan ${other.id} in ${other.currency}; the account is billed in ${account.currency}.`;
    return [exceptionOf('currency-mismatch', account.id, evidence)];
  });
}

/** Without a plan in force there are no fees either, so that a bill would look fine and be too small. */
function unknownPlan(
  { account, customer, subscriptions, bounds }: AccountCycle,
  { document }: LoadedRuleSet,
): readonly Exception[] {
  return subscriptions.flatMap((subscription) => {
    const refuse = (evidence: string) => [exceptionOf('unknown-plan', account.id, evidence)];
    const plans = [{ plan: subscription.plan }, ...(subscription.planChanges ?? [])];
    const unknown = plans.find(({ plan }) => versionsOf(document, plan).length === 0);
    if (unknown) return refuse(`Subscription ${subscription.id} has the unknown plan "${unknown.plan}".`);
    const agreed = agreedPlans(document, subscription, customer.id);
    const without = activeDays(subscription, bounds).find((days) => !planOn(agreed, days.from));
    if (!without) return [];
    const plan = planNameOn(subscription, without.from);
    return refuse(`Subscription ${subscription.id} has the plan "${plan}", which was not in force on ${without.from}.`);
  });
}

function duplicateLines({ lines }: Bill): readonly Exception[] {
  const ids = lines.map((line) => line.id);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...twice].map((id) => exceptionOf('duplicate-charge', id, `The line ${id} occurs more than once.`));
}

function closedAccount({ account, bounds }: AccountCycle, bill: Bill): readonly Exception[] {
  if (account.closedOn === undefined || account.closedOn > bounds.from) return [];
  if (bill.lines.every(({ kind }) => kind === 'correction')) return [];
  const evidence = `Closed on ${account.closedOn}, yet ${bill.net} ${bill.currency} are charged from ${bounds.from}.`;
  return [exceptionOf('closed-account', account.id, evidence)];
}

function missingUsage({ subscriptions, history, bounds }: AccountCycle, usage: RatedUsage): readonly Exception[] {
  return subscriptions.flatMap((subscription) => {
    const { id, msisdn } = subscription;
    const past = history.filter((entry) => entry.subscriptionId === id);
    const days = activeDays(subscription, bounds).reduce((sum, period) => sum + daysIn(period), 0);
    const always =
      past.length > 0 && past.every((entry) => Object.values(entry.usage).some((quantity) => quantity > 0));
    if (days < daysIn(bounds) || !always || usage.totals.some((total) => total.subscriptionId === id)) return [];
    const evidence = `${msisdn} was used in all ${past.length} past cycles known, and not at all in this one.`;
    return [exceptionOf('missing-usage', id, evidence)];
  });
}

/** Beyond 2^53 a fact would not be exact, and no rule that reads it could be trusted. */
function quantityTooLarge({ totals }: RatedUsage, { accountId, lines, net, currency }: Bill): readonly Exception[] {
  const tooLarge = totals.filter((total) => !Number.isSafeInteger(total.quantity));
  const exceptions = tooLarge.map(({ service, subscriptionId }) =>
    exceptionOf('quantity-too-large', accountId, `${service} of ${subscriptionId} exceeds 2^53.`, {
      object: 'account',
    }),
  );
  const amounts = [net, ...lines.map((line) => line.amount)].filter(
    (amount) => !isExact(toMicro(parseDecimal(amount))),
  );
  const evidence = `${amounts[0]} ${currency} is more than rules can compare exactly.`;
  const money =
    amounts.length > 0 ? [exceptionOf('quantity-too-large', accountId, evidence, { object: 'account' })] : [];
  return [...exceptions, ...money];
}

function isExact(micro: number): boolean {
  return Math.abs(micro) <= Number.MAX_SAFE_INTEGER;
}
