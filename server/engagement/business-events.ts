import type { Knex } from 'knex';
import { decideBusinessEvent } from '../../engine/business-event.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import type { Send } from '../../engine/outcomes.ts';
import type { BusinessEventName } from '../../engine/vocabulary.ts';
import type { InputFault } from '../input-faults.ts';
import { queueSend } from './bring-along.ts';
import { isUndecidable, requireFacts, type UndecidableError } from './decide-set.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { planLevels } from './escalations.ts';
import { applyEvent, type EventOrigin, type Happened } from './event-effects.ts';
import { eventFacts } from './event-facts.ts';
import { cloudEventType, readEventData } from './event-types.ts';
import { giveOffers } from './give-offers.ts';
import type { QueuedMessage } from './outbox.ts';
import { stopReminders } from './stop-reminders.ts';
import { loadSubject, type Subject } from './subjects.ts';

/** A business event on its way in; source and id together name it for ever. */
export interface IncomingEvent {
  readonly source: string;
  readonly id: string;
  readonly name: BusinessEventName;
  readonly subject?: string;
  readonly at: EpochMs;
  readonly data: unknown;
}

export type Acceptance =
  | { readonly kind: 'accepted'; readonly accepted: number; readonly duplicate: number }
  | Refused
  | { readonly kind: 'no rules' };

/** Nothing of the batch was stored. Pointers start with the event's place in the batch: `#/0/data/orderId`. */
interface Refused {
  /** `undecidable`: the rules read a fact that the customer lacks. */
  readonly kind: 'refused' | 'undecidable';
  readonly faults: readonly InputFault[];
}

/** What an event led to, kept with it: which rules fired, what they sent and gave, and why. */
export interface StoredOutcome {
  readonly ruleSet: string;
  readonly rules: readonly FiredRule[];
  readonly why: unknown;
}

export interface FiredRule {
  readonly rule: string;
  readonly messages: readonly QueuedMessage[];
  readonly voucher?: GiftState;
  /** What an offer gives bills rather than the customer. */
  readonly benefit?: GiftState;
}

interface GiftState {
  readonly kind: string;
  readonly key: string;
  readonly reason?: string;
}

/**
 * Takes in a batch of business events in their order, all or none: what they say is written into the books, the rules
 * decide, vouchers are granted and messages queued, in one transaction. An event that is known already changes nothing.
 */
export async function acceptEvents(
  deps: EngagementDeps,
  events: readonly IncomingEvent[],
  now: EpochMs,
): Promise<Acceptance> {
  const rules = deps.rules();
  if (rules === undefined) return { kind: 'no rules' };
  let accepted = 0;
  try {
    await deps.db.transaction(async (trx) => {
      for (const [index, event] of events.entries()) {
        const result = await processEvent(trx, deps, rules, event, now, 'outside');
        if ('faults' in result) throw refusal(inBatch(result, index));
        if (result.kind === 'done') accepted += 1;
      }
    });
  } catch (error) {
    if (isRefusal(error)) return error.refused;
    throw error;
  }
  return { kind: 'accepted', accepted, duplicate: events.length - accepted };
}

/**
 * Raises an event that Ratebook itself noticed, in the caller's transaction.
 *
 * @throws Error when its data is wrong or nothing can be decided: that is a bug, not an input.
 */
export async function raiseEvent(
  trx: Knex,
  deps: EngagementDeps,
  event: IncomingEvent,
  now: EpochMs,
): Promise<'done' | 'duplicate'> {
  const result = await processEvent(trx, deps, rulesFor(deps, event), event, now, 'inside');
  if (!('faults' in result)) return result.kind;
  throw new Error(
    `“${event.name}” ${event.id}: ${result.faults.map((fault) => `${fault.pointer} ${fault.detail}`).join('; ')}`,
  );
}

/**
 * Raises an event of something that is in the books already and stays there, in the caller's transaction: if the rules cannot decide on it,
 * nothing follows from it, and what they lacked is returned.
 */
export async function raiseEventOf(
  trx: Knex,
  deps: EngagementDeps,
  event: IncomingEvent,
  now: EpochMs,
): Promise<readonly InputFault[]> {
  const rules = rulesFor(deps, event);
  try {
    await trx.transaction(async (nested) => {
      const result = await processEvent(nested, deps, rules, event, now, 'inside');
      if ('faults' in result) throw refusal(result);
    });
    return [];
  } catch (error) {
    if (isRefusal(error) && error.refused.kind === 'undecidable') return error.refused.faults;
    throw error;
  }
}

function rulesFor(deps: EngagementDeps, event: IncomingEvent): LoadedRuleSet {
  const rules = deps.rules();
  if (rules === undefined) throw new Error(`No rules are in force that could decide on “${event.name}”`);
  return rules;
}

type Processed = { readonly kind: 'done' | 'duplicate' } | Refused;

async function processEvent(
  trx: Knex,
  deps: EngagementDeps,
  rules: LoadedRuleSet,
  event: IncomingEvent,
  now: EpochMs,
  origin: EventOrigin,
): Promise<Processed> {
  const read = readEventData(event.name, event.data);
  if ('faults' in read) return { kind: 'refused', faults: read.faults };
  if (!(await storeEvent(trx, event))) return { kind: 'duplicate' };
  const effect = await applyEvent(trx, read.event, event.at, origin, now);
  if ('faults' in effect) return { kind: 'refused', faults: effect.faults };
  const subject = await loadSubject(trx, effect.about);
  try {
    const outcome = await decide(trx, deps, rules, event, { subject, data: effect.data }, now);
    await trx('business_event')
      .where({ source: event.source, event_id: event.id })
      .update({ outcome: JSON.stringify(outcome) });
    await stopReminders(trx, rules, subject, now);
  } catch (error) {
    if (isUndecidable(error)) return { kind: 'undecidable', faults: lackingFacts(event.name, error) };
    throw error;
  }
  return { kind: 'done' };
}

/** An acquired customer brings its facts along; those of any other are in the books. */
function lackingFacts(event: BusinessEventName, { customer, facts }: UndecidableError): readonly InputFault[] {
  const pointer = event === 'customer acquired' ? '#/data/customer/facts' : '#/data';
  return facts.map(({ fact, detail }) => ({ pointer, detail: `${fact} of customer ${customer} ${detail}` }));
}

/** False if the event is there already. Two that come at once: the second waits here for the first's transaction. */
async function storeEvent(trx: Knex, event: IncomingEvent): Promise<boolean> {
  const stored = await trx('business_event')
    .insert({
      source: event.source,
      event_id: event.id,
      type: cloudEventType(event.name),
      subject: event.subject ?? null,
      occurred_at: toTimestamp(event.at),
      data: JSON.stringify(event.data),
    })
    .onConflict(['source', 'event_id'])
    .ignore()
    .returning('event_id');
  return stored.length === 1;
}

async function decide(
  trx: Knex,
  deps: EngagementDeps,
  rules: LoadedRuleSet,
  event: IncomingEvent,
  { subject, data: told }: { readonly subject: Subject; readonly data: Happened['data'] },
  now: EpochMs,
): Promise<StoredOutcome> {
  const facts = eventFacts(subject, event.at, rules);
  requireFacts(rules, [`offer:${event.name}`, `notify:${event.name}`], facts);
  const outcome = await decideBusinessEvent(event.name, facts, rules);
  const occasion = `event:${event.source}|${event.id}`;
  const fired: FiredRule[] = [];
  const given = await giveOffers(trx, outcome.offers, { rules, facts, subject, occasion, now }, deps.randomBytes);
  for (const { rule, offer, grant } of given) {
    const { kind, key } = grant;
    const gift = { kind, key, ...(kind === 'refused' && { reason: grant.reason }) };
    // Without a gift there is nothing to tell.
    const { offer: words, voucher } = kind === 'granted' ? grant : {};
    const data = { offer: words, ...(voucher && { voucher }) };
    const messages = words ? await sendAll(offer.sends, rule, data) : [];
    fired.push({ rule, ...(offer.give.kind === 'voucher' ? { voucher: gift } : { benefit: gift }), messages });
  }
  for (const { rule, send } of outcome.sends) {
    fired.push({ rule, messages: await sendAll([send], rule, told) });
    await planLevels(trx, { rule, event: event.name, send, subject, now });
  }
  return { ruleSet: rules.document.hash, rules: fired, why: outcome.why };

  async function sendAll(
    sends: readonly Send[],
    rule: string,
    data?: Readonly<Record<string, unknown>>,
  ): Promise<QueuedMessage[]> {
    const queued: QueuedMessage[] = [];
    for (const send of sends) {
      for (const to of send.to) {
        const request = { rule, send, to, subject, occasion, now, ...(data && { data }) };
        queued.push(await queueSend(trx, request, rules, deps));
      }
    }
    return queued;
  }
}

function inBatch({ kind, faults }: Refused, index: number): Refused {
  return { kind, faults: faults.map((fault) => ({ ...fault, pointer: fault.pointer.replace('#', `#/${index}`) })) };
}

interface Refusal extends Error {
  readonly refused: Refused;
}

/** Thrown only to make the transaction roll back; never leaves this file. */
function refusal(refused: Refused): Refusal {
  return Object.assign(new Error('The batch has a faulty event'), { refused });
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'refused' in error;
}
