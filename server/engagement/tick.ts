import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { localDate } from '../../engine/period.ts';
import { billNewThresholds } from '../interim/bill-thresholds.ts';
import { raiseCreditNotes } from './credit-notes.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { nextLevel, tellAgain } from './escalations.ts';
import { failureOf } from './failure-of.ts';
import { nextOverdueOrder, raiseOverdueOrders } from './overdue-orders.ts';
import { nextPlanning, type PlanReport, planAhead } from './reminder-plan.ts';
import { sendReminders } from './reminders.ts';
import { beginPaidTerms, nextPaidTerm } from './renewals.ts';

/** Engagement and the outbox's sender, which the clock drives too. */
export interface TickDeps extends EngagementDeps {
  /** Sends the messages that are due; gives back how many it dealt with. */
  readonly sendDueMessages: (now: EpochMs) => Promise<number>;
}

/** What one tick did. `failures` says, one line each, what stays to be done because it went wrong. */
export interface TickReport {
  readonly termsBegun: number;
  readonly remindersPlanned: number;
  readonly remindersSent: number;
  readonly remindersSkipped: number;
  readonly remindersStopped: number;
  /** Levels of escalations at which somebody was told. */
  readonly toldAgain: number;
  readonly ordersOverdue: number;
  /** Credit notes that an event was raised for. */
  readonly creditNotesTold: number;
  /** Invoices issued before the end of their cycle. */
  readonly interimInvoices: number;
  readonly messages: number;
  readonly failures: readonly string[];
}

export const quietTick: TickReport = {
  termsBegun: 0,
  remindersPlanned: 0,
  remindersSent: 0,
  remindersSkipped: 0,
  remindersStopped: 0,
  toldAgain: 0,
  ordersOverdue: 0,
  creditNotesTold: 0,
  interimInvoices: 0,
  messages: 0,
  failures: [],
};

/**
 * Does everything that the clock makes due: the server's loop calls it, and whoever moves the test clock. Any number of
 * processes may do so at the same time. Without rules in force only messages leave.
 *
 * @param previous the tick before, if the caller knows it: reminders are planned by days, so once a day is enough.
 */
export async function runDue(deps: TickDeps, now: EpochMs, previous?: EpochMs): Promise<TickReport> {
  const rules = deps.rules();
  if (rules === undefined) return { ...quietTick, messages: await deps.sendDueMessages(now) };
  const termsBegun = await beginPaidTerms(deps.db, now);
  const sameDay = previous !== undefined && localDate(previous, 'UTC') === localDate(now, 'UTC');
  const plan = sameDay ? nothingPlanned : await planAhead(deps.db, rules, now);
  const reminders = await sendReminders(deps, rules, now);
  const overdue = await raiseOverdueOrders(deps, now);
  const credited = await raiseCreditNotes(deps, now);
  const levels = await tellAgain(deps, rules, now);
  const interim = await invoiceThresholds(deps, rules, now);
  return {
    termsBegun,
    remindersPlanned: plan.planned,
    remindersSent: reminders.sent,
    remindersSkipped: reminders.skipped,
    remindersStopped: reminders.stopped,
    toldAgain: levels.sent,
    ordersOverdue: overdue.raised,
    creditNotesTold: credited.raised,
    interimInvoices: interim.issued,
    messages: await deps.sendDueMessages(now),
    failures: [
      ...plan.failures,
      ...reminders.failures,
      ...overdue.failures,
      ...credited.failures,
      ...levels.failures,
      ...interim.failures,
    ],
  };
}

/** What goes wrong here keeps nobody from being told what is due. */
async function invoiceThresholds({ db, settings, usageFormats }: TickDeps, rules: LoadedRuleSet, now: EpochMs) {
  try {
    const { issued, doubted } = await billNewThresholds(db, rules, settings, now, usageFormats);
    const failures = doubted.map(({ accountId, why }) => `account ${accountId} is not invoiced in mid-cycle: ${why}`);
    return { issued: issued.length, failures };
  } catch (error) {
    return {
      issued: 0,
      failures: [failureOf('invoices in mid-cycle', error)],
    };
  }
}

const nothingPlanned: PlanReport = { planned: 0, failures: [] };

/** When something becomes due next, strictly after an instant; absent if nothing will. */
export async function nextDue(deps: TickDeps, after: EpochMs): Promise<EpochMs | undefined> {
  const rules = deps.rules();
  const moments = await Promise.all([
    nextMessage(deps, after),
    ...(rules === undefined
      ? []
      : [
          nextPlanning(deps.db, rules, after),
          nextReminder(deps, after),
          nextLevel(deps.db, after),
          nextOverdueOrder(deps.db, after),
          nextPaidTerm(deps.db, after),
        ]),
  ]);
  const known = moments.filter((moment) => moment !== undefined && moment > after) as EpochMs[];
  return known.length === 0 ? undefined : Math.min(...known);
}

async function nextReminder({ db }: EngagementDeps, after: EpochMs): Promise<EpochMs | undefined> {
  const row = await db('reminder')
    .where('state', 'planned')
    .where('due_at', '>', toTimestamp(after))
    .min({ at: 'due_at' })
    .first<{ at: Date | null }>();
  return row?.at?.getTime();
}

async function nextMessage({ db }: EngagementDeps, after: EpochMs): Promise<EpochMs | undefined> {
  const row = await db('message')
    .whereIn('state', ['queued', 'attempting'])
    .where('next_attempt_at', '>', toTimestamp(after))
    .min({ at: 'next_attempt_at' })
    .first<{ at: Date | null }>();
  return row?.at?.getTime();
}
