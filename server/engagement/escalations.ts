import type { Knex } from 'knex';
import { levelDueAt, stillLasts } from '../../engine/escalation.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import type { Send } from '../../engine/outcomes.ts';
import { type BusinessEventName, businessEvents } from '../../engine/vocabulary.ts';
import { matchesIn } from './decide-set.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { eventFacts } from './event-facts.ts';
import { failureOf } from './failure-of.ts';
import { queueMessage } from './outbox.ts';
import { loadSubject, type Subject, type SubjectScope, subjectId, subjectKeys } from './subjects.ts';

/** A message that is told again while what it is about lasts. */
export interface Told {
  readonly rule: string;
  readonly event: BusinessEventName;
  readonly send: Send;
  readonly subject: Subject;
  readonly now: EpochMs;
}

interface PlannedLevel {
  readonly key: string;
  readonly rule: string;
  readonly event: BusinessEventName;
  readonly message: string;
  readonly recipients: readonly string[];
  readonly scope: SubjectScope | 'payment';
  readonly subject_id: string;
}

/** Plans the later levels of a message, in the transaction that sends the first: each once per subject, for ever. */
export async function planLevels(trx: Knex, { rule, event, send, subject, now }: Told): Promise<void> {
  const scope = businessEvents.find(({ name }) => name === event)?.scope ?? 'customer';
  const id = subjectId(scope, subject);
  if (send.again === undefined || id === undefined) return;
  const levels = send.again.map(({ afterDays, to }) => ({
    key: [rule, send.message, `${scope}:${id}`, `after ${afterDays} days`, to.join(' and ')].join('|'),
    rule,
    event,
    message: send.message,
    recipients: JSON.stringify(to),
    scope,
    subject_id: id,
    due_at: toTimestamp(levelDueAt(now, afterDays, subject.customer.zone)),
    state: 'planned',
  }));
  await trx('escalation').insert(levels).onConflict('key').ignore();
}

/** What became of the levels that were due. */
export interface LevelReport {
  readonly sent: number;
  readonly ended: number;
  readonly failures: readonly string[];
}

/** Tells those of the next level what still lasts; what is over, or not meant by the rules any more, ends with its reason. */
export async function tellAgain(deps: EngagementDeps, rules: LoadedRuleSet, now: EpochMs): Promise<LevelReport> {
  const due = await deps
    .db('escalation')
    .where('state', 'planned')
    .where('due_at', '<=', toTimestamp(now))
    .orderBy(['due_at', 'key'])
    .pluck<string[]>('key');
  const counts = { sent: 0, ended: 0 };
  const failures: string[] = [];
  for (const key of due) {
    try {
      const state = await deps.db.transaction((trx) => settleLevel(trx, deps, rules, key, now));
      if (state !== undefined) counts[state] += 1;
    } catch (error) {
      failures.push(failureOf(`escalation ${key}`, error));
    }
  }
  return { ...counts, failures };
}

/** When the next level is due; absent if none will be. */
export async function nextLevel(db: Knex, after: EpochMs): Promise<EpochMs | undefined> {
  const row = await db('escalation')
    .where('state', 'planned')
    .where('due_at', '>', toTimestamp(after))
    .min({ at: 'due_at' })
    .first<{ at: Date | null }>();
  return row?.at?.getTime();
}

async function settleLevel(
  trx: Knex,
  deps: EngagementDeps,
  rules: LoadedRuleSet,
  key: string,
  now: EpochMs,
): Promise<'sent' | 'ended' | undefined> {
  const level = await trx('escalation')
    .where({ key, state: 'planned' })
    .forUpdate()
    .skipLocked()
    .first<PlannedLevel | undefined>();
  // Somebody else is at it.
  if (level === undefined) return undefined;
  const subject = await loadSubject(trx, subjectKeys(level.scope, level.subject_id));
  const over = await whyOver(rules, level, subject, now);
  const state = over === undefined ? 'sent' : 'ended';
  if (over === undefined) {
    for (const to of level.recipients) {
      const send = { message: level.message, to: level.recipients };
      const request = { rule: level.rule, send, to, subject, occasion: `escalation:${key}`, now };
      await queueMessage(trx, request, rules.document, deps.settings);
    }
  }
  await trx('escalation')
    .where({ key })
    .update({ state, reason: over ?? null });
  return state;
}

async function whyOver(
  rules: LoadedRuleSet,
  { event, rule, message }: PlannedLevel,
  subject: Subject,
  now: EpochMs,
): Promise<string | undefined> {
  const facts = eventFacts(subject, now, rules);
  if (!stillLasts(event, facts)) return `What “${event}” began is over`;
  const set = `notify:${event}`;
  const outcome = rules.sets.get(set)?.set.rules.find(({ name }) => name === rule)?.event.params.outcome;
  if (outcome?.kind !== 'notify' || !outcome.sends.some((send) => send.message === message))
    return `The rules in force have no ${rule} that sends it`;
  return (await matchesIn(rules, set, facts)).includes(rule) ? undefined : 'The rule’s “when” does not hold any more';
}
