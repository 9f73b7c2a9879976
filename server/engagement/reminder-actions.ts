import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import type { ScheduleAction, Send } from '../../engine/outcomes.ts';
import { localDate } from '../../engine/period.ts';
import { stepInWords } from '../../engine/schedule.ts';
import { queueSend } from './bring-along.ts';
import { raiseEvent } from './business-events.ts';
import type { EngagementDeps } from './engagement-deps.ts';
import type { PlannedReminder } from './judge-reminder.ts';
import type { RemindRule } from './remind-rules.ts';
import type { Subject } from './subjects.ts';

/** A step that is being taken. */
export interface StepTaken {
  readonly deps: EngagementDeps;
  readonly rules: LoadedRuleSet;
  readonly rule: RemindRule;
  readonly subject: Subject;
  readonly reminder: PlannedReminder;
  /** All that happens at it. */
  readonly actions: readonly ScheduleAction[];
  readonly now: EpochMs;
}

/** Does one thing that happens at a step, in the transaction that closes the step: all of it, once, or none. */
export async function takeAction(trx: Knex, taken: StepTaken, action: ScheduleAction): Promise<void> {
  switch (action.kind) {
    case 'send':
      return sendAtStep(trx, taken, action.send);
    case 'fee':
      return chargeFee(trx, taken, action);
    case 'suspend':
      return suspendAll(trx, taken);
  }
}

async function sendAtStep(trx: Knex, taken: StepTaken, send: Send): Promise<void> {
  const { deps, rules, rule, subject, reminder, actions, now } = taken;
  const fee = actions.find((action) => action.kind === 'fee');
  for (const to of send.to) {
    const request = {
      rule: rule.name,
      send,
      to,
      subject,
      occasion: `reminder:${reminder.key}`,
      now,
      ...(reminder.useless_after !== null && { uselessAfter: reminder.useless_after.getTime() }),
      ...(fee && { data: { fee: { title: fee.title, amount: fee.amount, currency: fee.currency } } }),
    };
    await queueSend(trx, request, rules, deps);
  }
}

/** The account's next bill carries it. */
async function chargeFee(
  trx: Knex,
  { rule, subject, reminder, actions, now }: StepTaken,
  fee: Extract<ScheduleAction, { kind: 'fee' }>,
): Promise<void> {
  const { account, invoice } = subject;
  const step = rule.outcome.steps[reminder.step];
  if (account === undefined || invoice === undefined || step === undefined)
    throw new Error(`${rule.name} charges “${fee.title}”, but what it is about has no invoice`);
  await trx('one_off_fee')
    .insert({
      key: `${reminder.key}|fee ${actions.indexOf(fee)}`,
      account_id: account.id,
      title: fee.title,
      amount: fee.amount,
      currency: fee.currency,
      fiscal_category: fee.fiscalCategory ?? null,
      charged_on: localDate(now, account.zone),
      rule: rule.name,
      at: JSON.stringify(rule.at),
      how: `${stepInWords(step)} ${reminder.for_date}, for invoice ${invoice.number}`,
    })
    .onConflict('key')
    .ignore();
}

/** Every subscription of the account that the invoice is for and that is in service. */
async function suspendAll(trx: Knex, { deps, subject, reminder, now }: StepTaken): Promise<void> {
  if (subject.account === undefined) throw new Error('Only what an invoice is for can be suspended');
  const ids = await trx('subscription')
    .where({ account_id: subject.account.id, suspended_on: null })
    .where((open) =>
      open.whereNull('cancelled_on').orWhere('cancelled_on', '>', localDate(now, subject.account?.zone ?? 'UTC')),
    )
    .orderBy('subscription_id')
    .pluck<string[]>('subscription_id');
  for (const subscriptionId of ids) {
    const event = {
      source: 'urn:ratebook:rules',
      id: `subscription suspended ${subscriptionId} ${reminder.key}`,
      name: 'subscription suspended',
      subject: subscriptionId,
      at: now,
      data: { subscriptionId },
    } as const;
    await raiseEvent(trx, deps, event, now);
  }
}
