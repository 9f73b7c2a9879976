/** Offers: of those that fit an occasion, which one a customer is given, and what each is worth. */
import { decideWithLibrary } from './decide/library.ts';
import { applyPolicy } from './decide/policy.ts';
import { groupBy } from './group-by.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import { compare, divide, larger, multiply, parseDecimal, type Rational, rational, smaller, zero } from './money.ts';
import type { Gift, OfferOutcome } from './outcomes.ts';
import type { Facts, RuleSet } from './rule-set.ts';

export interface FiredOffer {
  readonly rule: string;
  readonly offer: OfferOutcome;
}

/**
 * The offers of one occasion as alternatives: of each list the customer is given the first that can still be given. Offers
 * that are `best of` a group come by their worth, those of one worth, and all that are `first of` a group, as in the text.
 */
export function alternativesOf(
  fired: readonly FiredOffer[],
  facts: Facts,
  document: RuleSet,
): readonly (readonly FiredOffer[])[] {
  const lists = groupBy(fired, ({ offer, rule }) => (offer.oneOf ? `group ${offer.oneOf.group}` : rule));
  return [...lists.values()].map((list) =>
    list.some(({ offer }) => offer.oneOf?.choose === 'best') ? byWorth(list, facts, document) : list,
  );
}

/** What is given where no limit stands in the way: one of each list, none beside one that goes with no other. */
export function unlimitedChoice(alternatives: readonly (readonly FiredOffer[])[]): FiredOffer[] {
  const given: FiredOffer[] = [];
  for (const list of alternatives) {
    const next = list.find((one) => given.every((other) => goTogether(one, other)));
    if (next) given.push(next);
  }
  return given;
}

/** Whether one customer may have both. */
export function goTogether(a: FiredOffer, b: FiredOffer): boolean {
  const admits = ({ offer }: FiredOffer, other: FiredOffer) => !offer.alone || offer.alone.beside.includes(other.rule);
  return admits(a, b) && admits(b, a);
}

/** The offers for a purpose that fit a customer now, the one worth most first. Decided by json-rules-engine itself. */
export async function offersFor(
  purpose: string,
  facts: Facts,
  rules: LoadedRuleSet,
  record: Decision[] = [],
): Promise<readonly FiredOffer[]> {
  const loaded = rules.sets.get(`offer:for ${purpose}`);
  if (!loaded) return [];
  const { matches } = await decideWithLibrary(rules.document, loaded.set, facts, rules.derive);
  record.push({ set: loaded.set.id, facts: loaded.project({ always: true, ...facts }), matches });
  const fired = applyPolicy(loaded.set, matches).rules.flatMap(({ name, event }): FiredOffer[] => {
    const { outcome } = event.params;
    return outcome.kind === 'offer' ? [{ rule: name, offer: outcome }] : [];
  });
  return byWorth(fired, facts, rules.document);
}

/** Every offer of a rule set, whatever brings it about. */
export function offerNamed(rule: string, { decisions }: RuleSet): FiredOffer | undefined {
  for (const { rules } of decisions.filter(({ family }) => family === 'offer')) {
    const outcome = rules.find(({ name }) => name === rule)?.event.params.outcome;
    if (outcome?.kind === 'offer') return { rule, offer: outcome };
  }
  return undefined;
}

/**
 * What a gift is worth to the customer at most, in the currency of the offer: what its author says; an amount; a percentage of
 * the order or the fee at hand, at most `each`. Undefined where nothing tells, as for a part of a bill that is still to come.
 */
export function worthOf(give: Gift, facts: Facts, document: RuleSet): Rational | undefined {
  if (give.worth) return parseDecimal(give.worth.amount);
  const cap = give.each && parseDecimal(give.each.amount);
  const once = worthOnce(give, facts, document);
  const all = once && multiply(once, rational('cycles' in give ? give.cycles : 1));
  return all && cap ? smaller(all, cap) : (all ?? cap);
}

function worthOnce(give: Gift, facts: Facts, document: RuleSet): Rational | undefined {
  if (give.kind === 'allowance') return undefined;
  if (give.kind === 'free fee') return feeAmount(give.fee, facts, document);
  if (give.take.kind === 'amount') return parseDecimal(give.take.amount);
  const base = baseOf(give, facts, document);
  return base && divide(multiply(base, parseDecimal(give.take.percent)), rational(100));
}

function baseOf(give: Extract<Gift, { take: unknown }>, facts: Facts, document: RuleSet): Rational | undefined {
  const fee = give.kind === 'voucher' ? give.fee : give.off.kind === 'fee' ? give.off.name : undefined;
  if (fee !== undefined) return feeAmount(fee, facts, document);
  const order = facts['order.value'];
  if (give.kind !== 'voucher' || give.off !== 'this order' || typeof order !== 'number') return undefined;
  return rational(order, 1_000_000);
}

/** Of the customer's plan; the dearest fee of that name where the plan is not known. */
function feeAmount(name: string, facts: Facts, { plans }: RuleSet): Rational {
  const own = plans.filter(({ id }) => id === facts['subscription.plan']);
  const amounts = (list: typeof plans) => list.flatMap(({ fees }) => fees.filter((fee) => fee.name === name));
  const found = amounts(own).length > 0 ? amounts(own) : amounts(plans);
  return found.reduce((most, { amount }) => larger(most, parseDecimal(amount)), zero);
}

function byWorth(offers: readonly FiredOffer[], facts: Facts, document: RuleSet): readonly FiredOffer[] {
  const worth = new Map(offers.map((one) => [one, worthOf(one.offer.give, facts, document) ?? zero]));
  return offers.toSorted((a, b) => compare(worth.get(b) ?? zero, worth.get(a) ?? zero));
}
