/** Offers: what a customer is given when something happens. */
import type { OfferOutcome } from '../../engine/outcomes.ts';
import type { Scope } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { expectPositive } from '../check/quantities.ts';
import type { Scene } from '../check/scene.ts';
import type { GiveClause } from '../syntax/clauses.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import type { Quantity } from '../syntax/tree.ts';
import { eventScene, knownEvent } from './engagement.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { lowerSends } from './send.ts';
import { clauseOf, clausesOf } from './shapes.ts';
import { lowerReduction } from './shares.ts';

export function compileOffer(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses } = placed.sentence;
  const give = clauseOf(clauses, 'give');
  const occasion = occasionOf(placed);
  const also = circumstances(clauses, placed, book);
  if (!occasion || !give || !also) return undefined;
  const scene = eventScene(occasion.scope, placed, book);
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, also);
  const voucher = lowerVoucher(give, scene);
  const sends = lowerSends(clausesOf(clauses, 'send'), occasion.scope, placed, book);
  if (!conditions || !voucher || !sends) return undefined;
  return {
    ...draftOf(placed),
    set: `offer:${occasion.name}`,
    family: 'offer',
    policy: 'all',
    scope: occasion.scope,
    conditions,
    outcome: { kind: 'offer', give: voucher, sends },
  };
}

/** What starts the offer: a business event, or a message that brings the best one for a purpose along. */
function occasionOf({
  sentence,
  report,
}: Placed<RuleSentence>): { readonly name: string; readonly scope: Scope } | undefined {
  const on = clauseOf(sentence.clauses, 'on');
  const purpose = clauseOf(sentence.clauses, 'purpose');
  if (on && !purpose) return knownEvent(on.event, report);
  const [send] = clausesOf(sentence.clauses, 'send');
  if (purpose && !on && !send) return { name: `for ${purpose.purpose.text}`, scope: 'subscription' };
  if (!on && !purpose) {
    report(
      'missing-clause',
      sentence.name.span,
      'nothing says when this offer is made',
      'add `on` and an event, or `for` and a purpose: a message then brings it along',
    );
  } else {
    report(
      'misplaced-clause',
      (on ?? send ?? sentence).span,
      'an offer with a purpose is made by the message that brings it along',
      on ? 'keep either `on` or `for`' : 'remove this line: the message says `with the best offer for …`',
    );
  }
  return undefined;
}

function lowerVoucher(give: GiveClause, scene: Scene): OfferOutcome['give'] | undefined {
  const take = lowerReduction(give.what, scene);
  if (!give.valid) {
    scene.report('missing-clause', give.span, 'nothing says how long the voucher is valid', 'add `, valid 30 days`');
    return undefined;
  }
  const duration = expectPositive(give.valid, 'duration', 'the validity of a voucher', scene.report);
  if (give.oncePer && give.oncePer.text !== 'customer') {
    scene.report(
      'unknown-value',
      give.oncePer.span,
      `a voucher is not given once per ${give.oncePer.text}`,
      'write `once per customer`',
    );
    return undefined;
  }
  const perCustomer = give.oncePer ? 1 : limit(give.perCustomer, scene);
  const inTotal = limit(give.inTotal, scene);
  if (
    !take ||
    duration === undefined ||
    (give.perCustomer && perCustomer === undefined) ||
    (give.inTotal && inTotal === undefined)
  )
    return undefined;
  if (duration % 86_400_000 !== 0) {
    scene.report('wrong-unit', give.valid.span, 'a voucher is valid for whole days', 'write a number of days or weeks');
    return undefined;
  }
  return {
    kind: 'voucher',
    take,
    off: give.off.text,
    validDays: duration / 86_400_000,
    ...(perCustomer !== undefined && { perCustomer }),
    ...(inTotal !== undefined && { inTotal }),
  };
}

function limit(quantity: Quantity | undefined, scene: Scene): number | undefined {
  return quantity && expectPositive(quantity, 'number', 'a number of vouchers', scene.report);
}
