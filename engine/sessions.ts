/**
 * Sessions that come in parts, across files and cycles: one event for what is due once, each part in its place for what is used.
 *
 * Parts are rated one by one in the order of their start, among all other events, so that allowances and tiers are used in the order of
 * time. What belongs to the whole goes on from part to part: increments and started blocks, the set-up fee, the least and the most.
 * Of a session that began in an earlier cycle, what is due once has been charged there.
 */
import { type Books, continueEvent, type EventCharge, startEvent } from './charge-event.ts';
import { exceptionOf } from './exceptions.ts';
import type { AccountCycle, Exception, GuidedEvent } from './model.ts';
import type { ServiceDefinition } from './rule-set.ts';
import { compareText, quantityOf, sessionKey } from './usage.ts';
import type { BegunSession } from './usage-details.ts';

/** How far a session has come before one of its parts. */
export interface SessionState {
  readonly charge: EventCharge;
  /** Use before the part, in base units: where the part begins in the session. */
  offset: number;
  /** Position up to which it is charged. */
  charged: number;
  /** It began in an earlier cycle, and none of its parts in this one is rated yet. */
  isResumed: boolean;
  /** One of its parts of this cycle is rated. */
  isBegun: boolean;
  /** Parts of this cycle that are still to come. */
  toCome: number;
}

export interface Sessions {
  /** Undefined for an event that is no part of a session. */
  of(guided: GuidedEvent, service: ServiceDefinition, books: Books): SessionState | undefined;
}

export function openSessions(events: readonly GuidedEvent[], cycle: AccountCycle): Sessions {
  const states = new Map<string, SessionState>();
  const counts = new Map<string, number>();
  for (const { event } of events) {
    const key = sessionKey(event);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    of(guided, service, books) {
      const key = sessionKey(guided.event);
      if (key === undefined) return undefined;
      const state = states.get(key) ?? begin(key, guided, service, books, cycle, counts.get(key) ?? 1);
      states.set(key, state);
      state.toCome -= 1;
      return state;
    },
  };
}

/** After one more part of it is rated. */
export function goOn(session: SessionState, charged: number, quantity: number): void {
  session.offset += quantity;
  session.charged = charged;
  session.isBegun = true;
}

/** One exception for each session of which parts are missing between those that came. */
export function missingParts(events: readonly GuidedEvent[], cycle: AccountCycle): readonly Exception[] {
  const numbers = new Map<string, Set<number>>();
  for (const { event } of events) {
    const key = sessionKey(event);
    if (key === undefined || !event.part) continue;
    numbers.set(key, (numbers.get(key) ?? new Set()).add(event.part.number));
  }
  return [...numbers].flatMap(([key, came]) => {
    const first = (begunBefore(key, cycle)?.upTo ?? 0) + 1;
    const last = Math.max(...came);
    const missing: number[] = [];
    for (let number = first; number < last && missing.length < mostNamed; number++)
      if (!came.has(number)) missing.push(number);
    if (missing.length === 0) return [];
    const evidence = `Of session ${key} part ${missing.join(', ')} never came, though part ${last} did: its usage is not billed yet.`;
    return [exceptionOf('part-missing', key, evidence)];
  });
}

/** So many missing parts are named; the first few say where to look. */
const mostNamed = 10;

function begin(
  key: string,
  { event }: GuidedEvent,
  service: ServiceDefinition,
  books: Books,
  cycle: AccountCycle,
  parts: number,
): SessionState {
  const before = begunBefore(key, cycle);
  const offset = before ? quantityOf({ ...event, ...before }, service.measure) : 0;
  const isResumed = before !== undefined;
  const charge = isResumed ? continueEvent(key, offset, books) : startEvent(key, books);
  return { charge, offset, charged: offset, isResumed, isBegun: false, toCome: parts };
}

function begunBefore(key: string, { sessions = [] }: AccountCycle) {
  return sessions.find((one) => `${one.source}/${one.session}` === key);
}

/** What an earlier cycle leaves of the sessions that go on in a later one: absent if there are none. */
export function sessionsAfter(before: AccountCycle, later: AccountCycle): Pick<AccountCycle, 'sessions'> {
  const wanted = new Set(later.usage.map((event) => sessionKey(event) ?? ''));
  const begun = new Map<string, BegunSession>();
  for (const one of before.sessions ?? []) begun.set(`${one.source}/${one.session}`, one);
  for (const event of before.usage) {
    const { part, source } = event;
    if (!part) continue;
    const key = `${source}/${part.session}`;
    const sum = begun.get(key) ?? { source, session: part.session, upTo: 0, durationMs: 0, bytes: 0, messages: 0 };
    begun.set(key, {
      ...sum,
      upTo: Math.max(sum.upTo, part.number),
      durationMs: sum.durationMs + event.durationMs,
      bytes: sum.bytes + event.bytes,
      messages: sum.messages + event.messages,
    });
  }
  const sessions = [...begun.entries()].filter(([key]) => wanted.has(key)).sort(([a], [b]) => compareText(a, b));
  return sessions.length > 0 ? { sessions: sessions.map(([, one]) => one) } : {};
}
