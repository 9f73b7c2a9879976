/** Offers: what a customer is given when something happens. */
import type { OfferOutcome } from '../../engine/outcomes.ts';
import type { Scope } from '../../engine/rule-set.ts';
import type { Book, Placed } from '../check/book.ts';
import { lowerRule } from '../check/conditions.ts';
import { knownEvent } from '../check/events.ts';
import { nearest } from '../check/nearest.ts';
import type { RuleSentence } from '../syntax/sentences.ts';
import { eventScene } from './engagement.ts';
import { lowerGift } from './gift.ts';
import { circumstances, draftOf, type RuleDraft } from './rule.ts';
import { lowerSends } from './send.ts';
import { clauseOf, clausesOf } from './shapes.ts';

export function compileOffer(placed: Placed<RuleSentence>, book: Book): RuleDraft | undefined {
  const { clauses } = placed.sentence;
  const give = clauseOf(clauses, 'give');
  const occasion = occasionOf(placed);
  const also = circumstances(clauses, placed, book);
  if (!occasion || !give || !also) return undefined;
  const scene = eventScene(occasion.scope, placed, book);
  const conditions = lowerRule(clausesOf(clauses, 'when', 'unless'), scene, also);
  const { oneOf } = placed.sentence;
  const compared = oneOf?.choose === 'best' || clauseOf(clauses, 'purpose') !== undefined;
  const gift = lowerGift(give, compared, scene);
  const alone = lowerAlone(placed, book);
  const sends = lowerSends(clausesOf(clauses, 'send'), occasion.scope, placed, book);
  if (!conditions || !gift || !alone || !sends) return undefined;
  return {
    ...draftOf(placed),
    set: `offer:${occasion.name}`,
    family: 'offer',
    policy: 'all',
    scope: occasion.scope,
    conditions,
    outcome: {
      kind: 'offer',
      give: gift,
      ...(oneOf && { oneOf: { group: oneOf.group.text, choose: oneOf.choose } }),
      ...alone,
      sends,
    },
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

/** `not with other offers`, and those that it goes with nonetheless. */
function lowerAlone(placed: Placed<RuleSentence>, book: Book): Pick<OfferOutcome, 'alone'> | undefined {
  const { clauses } = placed.sentence;
  const alone = clauseOf(clauses, 'alone');
  const [beside] = clausesOf(clauses, 'beside');
  if (!alone && beside) {
    placed.report(
      'misplaced-clause',
      beside.span,
      'this offer goes with every other anyway',
      'write `not with other offers` on a line above, or remove this line',
    );
    return undefined;
  }
  const names = clausesOf(clauses, 'beside').flatMap((clause) => clause.names);
  const unknown = names.find(({ text }) => !book.offers.has(text));
  if (unknown) {
    const guess = nearest(unknown.text, book.offers.keys());
    placed.report(
      'unknown-rule',
      unknown.span,
      `there is no offer \`${unknown.text}\``,
      guess ? `did you mean \`${guess}\`?` : 'name an offer of this rulebook',
    );
    return undefined;
  }
  return alone ? { alone: { beside: names.map(({ text }) => `offer.${text}`) } } : {};
}
