/** What the rules do on a business event: vouchers to give and messages to send. Decided by json-rules-engine itself. */
import { decideWithLibrary, type RuleReason } from './decide/library.ts';
import { applyPolicy } from './decide/policy.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision } from './model.ts';
import type { OfferOutcome, Send } from './outcomes.ts';
import type { Facts, StockRule } from './rule-set.ts';
import type { BusinessEventName } from './vocabulary.ts';

export interface EventOutcome {
  readonly offers: readonly { readonly rule: string; readonly offer: OfferOutcome }[];
  /** Of `notify` rules; an offer's own messages stand in the offer, since they go only with its voucher. */
  readonly sends: readonly { readonly rule: string; readonly send: Send }[];
  readonly decisions: readonly Decision[];
  /** Every rule on the event with its conditions, whether it matched or not. */
  readonly why: readonly RuleReason[];
}

/** `facts` are complete (an optional one with its `.known`). Rejects if a rule reads a fact that is not there. */
export async function decideBusinessEvent(
  event: BusinessEventName,
  facts: Facts,
  rules: LoadedRuleSet,
): Promise<EventOutcome> {
  const fired: StockRule[] = [];
  const decisions: Decision[] = [];
  const why: RuleReason[] = [];
  const sets = [`offer:${event}`, `notify:${event}`].flatMap((id) => rules.sets.get(id) ?? []);
  // Whoever asks why a customer was written to wants to know why it counts as a gamer, too.
  const segments = sets.some(({ inputs }) => inputs.includes('customer.segments')) && rules.sets.get('segment');
  for (const loaded of segments ? [segments, ...sets] : sets) {
    const decision = await decideWithLibrary(rules.document, loaded.set, facts, rules.derive);
    decisions.push({
      set: loaded.set.id,
      facts: loaded.project({ always: true, ...facts }),
      matches: decision.matches,
    });
    why.push(...decision.why);
    fired.push(...applyPolicy(loaded.set, decision.matches).rules);
  }
  const outcomes = fired.map((rule) => ({ rule: rule.name, outcome: rule.event.params.outcome }));
  return {
    offers: outcomes.flatMap(({ rule, outcome }) => (outcome.kind === 'offer' ? [{ rule, offer: outcome }] : [])),
    sends: outcomes.flatMap(({ rule, outcome }) =>
      outcome.kind === 'notify' ? outcome.sends.map((send) => ({ rule, send })) : [],
    ),
    decisions,
    why,
  };
}
