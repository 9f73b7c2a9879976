/** What the rules do in a test besides billing: messages on an event and again later, and the steps of schedules. */
import type { EventOutcome } from './business-event.ts';
import { decideWithLibrary } from './decide/library.ts';
import { levelDueAt, stillLasts } from './escalation.ts';
import type { FactSheet } from './fact-sheet.ts';
import type { LoadedRuleSet } from './load.ts';
import type { Decision, EpochMs } from './model.ts';
import type { ScheduleAction, Send } from './outcomes.ts';
import { addDays, localTime } from './period.ts';
import { actionsAt, isSchedule, nextOpenMoment, planSteps } from './schedule.ts';
import type { TestSetting } from './test-case.ts';
import type { BusinessEventName } from './vocabulary.ts';

/** Something done, and when it is due as local ISO time; without a time it happens with the event or the bill. */
export type Happening = { readonly dueAt?: string } & (
  | {
      readonly kind: 'message';
      readonly message: string;
      readonly to: string;
      readonly channel?: string;
      /** Of a survey. */
      readonly answerWithinDays?: number;
    }
  | { readonly kind: 'fee'; readonly title: string; readonly amount: string }
  | { readonly kind: 'suspension' }
);

/** Messages of an event, and those of later levels for as long as what the event began lasts. */
export function happeningsOn(
  { event, now }: TestSetting,
  { offers, sends }: EventOutcome,
  facts: FactSheet,
  zone: string,
): readonly Happening[] {
  const first = [...offers.flatMap(({ offer }) => offer.sends), ...sends.map(({ send }) => send)];
  const lasts = event !== undefined && stillLasts(event as BusinessEventName, facts);
  const levels = sends.flatMap(({ send }) =>
    (lasts ? (send.again ?? []) : []).map(({ afterDays, to }) => ({ afterDays, send: { ...send, to } })),
  );
  return [
    ...first.flatMap((send) => messagesOf(send)),
    ...levels.flatMap(({ afterDays, send }) =>
      messagesOf(send, now === undefined ? undefined : localIso(levelDueAt(now, afterDays, zone), zone)),
    ),
  ];
}

/** Steps of schedules: all that are planned, or, where the test moves the clock, those due, not yet useless and in their hours then. */
export async function dueSteps(
  { now }: TestSetting,
  facts: FactSheet,
  zone: string,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<readonly Happening[]> {
  const found: Happening[] = [];
  const holidays = rules.document.calendars.flatMap((calendar) => calendar.holidays);
  for (const set of rules.document.decisions.filter(({ family }) => family === 'remind' || family === 'dunning')) {
    const { matches } = await decideAndRecord(set.id, facts, rules, decisions);
    for (const rule of set.rules.filter((one) => matches.includes(one.name))) {
      const { outcome } = rule.event.params;
      if (!isSchedule(outcome) || facts[`${outcome.date}.known`] === false) continue;
      if (await isStopped(rule.name, facts, rules, decisions)) continue;
      const date = addDays('1970-01-01', facts[outcome.date] as number);
      for (const { step, dueAt, uselessAfter } of planSteps(outcome, date, zone, holidays)) {
        if (now !== undefined && (now < dueAt || (uselessAfter !== undefined && now >= uselessAfter))) continue;
        if (now !== undefined && nextOpenMoment(outcome, now, zone, holidays) > now) continue;
        found.push(...actionsAt(outcome, step).flatMap((action) => done(action, localIso(dueAt, zone))));
      }
    }
  }
  return found;
}

function done(action: ScheduleAction, dueAt: string): readonly Happening[] {
  switch (action.kind) {
    case 'send':
      return messagesOf(action.send, dueAt);
    case 'fee':
      return [{ kind: 'fee', title: action.title, amount: action.amount, dueAt }];
    case 'suspend':
      return [{ kind: 'suspension', dueAt }];
  }
}

function messagesOf({ message, to, channel, survey }: Send, dueAt?: string): readonly Happening[] {
  return to.map((one) => ({
    kind: 'message',
    message,
    to: one,
    ...(channel && { channel }),
    ...(survey && { answerWithinDays: survey.answerWithinDays }),
    ...(dueAt !== undefined && { dueAt }),
  }));
}

async function isStopped(
  rule: string,
  facts: FactSheet,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<boolean> {
  const id = `stop:${rule}`;
  return rules.sets.has(id) && (await decideAndRecord(id, facts, rules, decisions)).matches.length > 0;
}

async function decideAndRecord(
  id: string,
  facts: FactSheet,
  rules: LoadedRuleSet,
  decisions: Decision[],
): Promise<Decision> {
  const loaded = rules.sets.get(id);
  if (!loaded) throw new Error(`The rule set has no decision set "${id}".`);
  const { matches } = await decideWithLibrary(rules.document, loaded.set, facts, rules.derive);
  const decision = { set: id, facts: loaded.project({ always: true, ...facts }), matches };
  decisions.push(decision);
  return decision;
}

function localIso(at: EpochMs, zone: string): string {
  return localTime(at, zone).replace(' ', 'T');
}
