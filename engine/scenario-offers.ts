/** What a customer is given in a test, and the links that go with its messages. */
import type { EventOutcome } from './business-event.ts';
import { type PickedLink, pickLinks } from './content.ts';
import type { FactSheet } from './fact-sheet.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import { alternativesOf, type FiredOffer, offersFor, unlimitedChoice } from './offers.ts';
import type { Send } from './outcomes.ts';

/**
 * What the event gives, no limit being reached, and what its messages bring along; where nothing happens, the best offer for
 * each purpose.
 */
export async function offersGiven(
  outcome: EventOutcome | undefined,
  facts: FactSheet,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<readonly FiredOffer[]> {
  const given = unlimitedChoice(alternativesOf(outcome?.offers ?? [], facts, rules.document));
  for (const purpose of purposesOf(outcome, rules)) {
    const [best] = await offersFor(purpose, facts, rules, decisions);
    if (best) given.push(best);
  }
  return given;
}

/** The links of the event's messages; where nothing happens, all that the customer would get. */
export function linksGiven(
  outcome: EventOutcome | undefined,
  facts: FactSheet,
  rules: LoadedRuleSet,
  decisions: Decision[],
): readonly PickedLink[] {
  return contentsOf(outcome, rules).flatMap((name) => pickLinks(name, facts, new Set(), rules, decisions));
}

function purposesOf(outcome: EventOutcome | undefined, { document }: LoadedRuleSet): readonly string[] {
  if (!outcome) return document.decisions.flatMap(({ id }) => /^offer:for (.*)$/.exec(id)?.[1] ?? []);
  return [...new Set(sendsOf(outcome).flatMap(({ with: one }) => (one?.kind === 'best offer' ? [one.purpose] : [])))];
}

function contentsOf(outcome: EventOutcome | undefined, { document }: LoadedRuleSet): readonly string[] {
  if (!outcome) return (document.catalogues ?? []).map(({ name }) => name);
  return [...new Set(sendsOf(outcome).flatMap(({ with: one }) => (one?.kind === 'content' ? [one.content] : [])))];
}

function sendsOf(outcome: EventOutcome): readonly Send[] {
  return [...outcome.offers.flatMap(({ offer }) => offer.sends), ...outcome.sends.map(({ send }) => send)];
}
