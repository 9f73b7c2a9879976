/** What an offer gives: its value, how long it is good for, and how much of it there is. */
import type { Benefit, Gift, GiftTerms, Voucher } from '../../engine/outcomes.ts';
import { nearest } from '../check/nearest.ts';
import { expectMeasure, expectPositive, moneyToBase } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import { knownService } from '../check/services.ts';
import type { GiftNode, GiftTermNodes, GiveClause } from '../syntax/gift-clauses.ts';
import type { Money, Quantity, Word } from '../syntax/tree.ts';
import { measureOfService } from './price.ts';
import { knownFee } from './rule.ts';
import { lowerReduction } from './shares.ts';

/** `compared` says that the offer is one of several, of which the one worth most is given. */
export function lowerGift(give: GiveClause, compared: boolean, scene: Scene): Gift | undefined {
  const terms = lowerTerms(give, scene);
  if (!terms || !hasWorth(give, compared, scene)) return undefined;
  const { gift } = give;
  if (gift.gift !== 'voucher') return lowerBenefit(gift, give, terms, scene);
  const { validDays } = terms;
  const off = target(gift.off, gift.fee, voucherTargets, scene);
  const take = lowerReduction(gift.what, scene);
  if (give.cycles) {
    scene.report('wrong-unit', give.cycles.span, 'a voucher is used once', 'give a `discount` for several cycles');
    return undefined;
  }
  if (validDays === undefined) {
    scene.report('missing-clause', give.span, 'nothing says how long the voucher is valid', 'add `, valid 30 days`');
    return undefined;
  }
  if (!off || !take) return undefined;
  return { kind: 'voucher', take, ...off, ...terms, validDays } satisfies Voucher;
}

const voucherTargets = ['this order', 'next invoice'];

function lowerBenefit(
  gift: Exclude<GiftNode, { readonly gift: 'voucher' }> | (GiftNode & { readonly gift: 'discount' }),
  give: GiveClause,
  terms: GiftTerms,
  scene: Scene,
): Benefit | undefined {
  const cycles = give.cycles ? expectPositive(give.cycles, 'cycles', 'a gift', scene.report) : 1;
  if (cycles === undefined) return undefined;
  switch (gift.gift) {
    case 'free fee': {
      const fee = knownFee(gift.fee, scene.book, scene.report);
      return fee === undefined ? undefined : { kind: 'free fee', fee, cycles, ...terms };
    }
    case 'allowance': {
      const name = knownService(gift.service, scene.book, scene.report);
      const service = name === undefined ? undefined : scene.book.services.get(name);
      if (!service) return undefined;
      const quantity = expectMeasure(gift.quantity, measureOfService(service), `use of ${service.name}`, scene.report);
      return quantity === undefined
        ? undefined
        : { kind: 'allowance', service: service.name, quantity, cycles, ...terms };
    }
    default: {
      const take = lowerReduction(gift.what, scene);
      const off = target(gift.off, gift.fee, ['next invoice'], scene);
      if (!take || !off) return undefined;
      const base = off.fee === undefined ? { kind: 'all charges' as const } : { kind: 'fee' as const, name: off.fee };
      return { kind: 'bill discount', take, off: base, cycles, ...terms };
    }
  }
}

function target(
  off: Word,
  fee: Word | undefined,
  targets: readonly string[],
  { book, report }: Scene,
): { readonly off: string; readonly fee?: string } | undefined {
  if (fee) {
    const name = knownFee(fee, book, report);
    return name === undefined ? undefined : { off: 'fee', fee: name };
  }
  if (targets.includes(off.text)) return { off: off.text };
  const guess = nearest(off.text, targets);
  report(
    'unknown-value',
    off.span,
    `nothing can be taken off \`${off.text}\``,
    guess ? `did you mean \`${guess}\`?` : `write ${targets.map((one) => `\`${one}\``).join(', ')} or \`fee "…"\``,
  );
  return undefined;
}

/** Undefined if something has been reported. */
export function lowerTerms(give: GiftTermNodes, scene: Scene): GiftTerms | undefined {
  const { valid, oncePer, budget, each, worth } = give;
  const duration = valid && expectPositive(valid, 'duration', 'the validity of a gift', scene.report);
  if (oncePer && oncePer.text !== 'customer') {
    scene.report(
      'unknown-value',
      oncePer.span,
      `a gift is not given once per ${oncePer.text}`,
      'write `once per customer`',
    );
    return undefined;
  }
  const perCustomer = oncePer ? 1 : limit(give.perCustomer, scene);
  const inTotal = limit(give.inTotal, scene);
  if (
    (valid && duration === undefined) ||
    (give.perCustomer && perCustomer === undefined) ||
    (give.inTotal && inTotal === undefined) ||
    [budget, each, worth].some((money) => money && moneyToBase(money, scene.report) === undefined)
  )
    return undefined;
  if (valid && duration !== undefined && duration % day !== 0) {
    scene.report('wrong-unit', valid.span, 'a gift is valid for whole days', 'write a number of days or weeks');
    return undefined;
  }
  return {
    ...(duration !== undefined && { validDays: duration / day }),
    ...(perCustomer !== undefined && { perCustomer }),
    ...(inTotal !== undefined && { inTotal }),
    ...(budget && { budget: amountOf(budget) }),
    ...(each && { each: amountOf(each) }),
    ...(worth && { worth: amountOf(worth) }),
  };
}

const day = 86_400_000;

function amountOf({ amount, currency }: Money) {
  return { amount, currency: currency.text };
}

function limit(quantity: Quantity | undefined, scene: Scene): number | undefined {
  return quantity && expectPositive(quantity, 'number', 'a number of gifts', scene.report);
}

/** What is compared with others, or counted against a budget, has a worth that can be told when it is given. */
function hasWorth({ gift, each, worth, budget, span }: GiveClause, compared: boolean, scene: Scene): boolean {
  if (worth || each || (!compared && !budget) || gift.gift === 'free fee') return true;
  if (gift.gift !== 'allowance') {
    if (gift.what.kind === 'money' || gift.fee) return true;
    if (gift.off.text === 'this order' && scene.scope === 'order') return true;
  }
  scene.report(
    'missing-clause',
    span,
    `nothing says what one is worth, and it ${budget ? 'counts against a budget' : 'is compared with other offers'}`,
    gift.gift === 'allowance' ? 'add `, worth 5.00 EUR`' : 'add `, at most 20.00 EUR each`',
  );
  return false;
}
