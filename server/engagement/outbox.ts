import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import type { EpochMs } from '../../engine/model.ts';
import type { MessageTemplate, Send } from '../../engine/outcomes.ts';
import { versionsOf } from '../../engine/plans.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import { raiseUndeliverable } from '../delivery/undeliverable.ts';
import { prepareSurvey, storeSurvey } from '../survey/ask-survey.ts';
import { type EngagementSettings, toTimestamp } from './engagement-deps.ts';
import { type Recipient, resolveRecipient } from './recipients.ts';
import { type Subject, subjectId } from './subjects.ts';

/** One message that a rule wants sent to one recipient. */
export interface MessageRequest {
  readonly rule: string;
  readonly send: Send;
  /** One of the send's recipients: `customer` or a role. */
  readonly to: string;
  readonly subject: Subject;
  /** What happened, for a message that is not `once per …`: equal occasions are the same message. */
  readonly occasion: string;
  readonly now: EpochMs;
  readonly uselessAfter?: EpochMs;
  /** The bill run that sends it with its invoices; it waits for its messages. */
  readonly runId?: string;
  /** What templates read besides the subject: the voucher granted. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What became of a request; kept with the event that caused it. */
export interface QueuedMessage {
  readonly key: string;
  readonly to: string;
  readonly state: 'queued' | 'suppressed' | 'failed' | 'already there';
  readonly reason?: string;
}

/**
 * Puts a message into the outbox, in the transaction of what caused it. A second message with the same key is not
 * queued; one that may not or cannot be sent is kept with the reason, never dropped.
 *
 * @throws Error when the rule set has no such message; the compiler makes sure that it has.
 */
export async function queueMessage(
  trx: Knex,
  request: MessageRequest,
  document: RuleSet,
  settings: EngagementSettings,
): Promise<QueuedMessage> {
  const template = document.messages.find((message) => message.name === request.send.message);
  if (template === undefined) throw new Error(`The rule set has no message “${request.send.message}”`);
  const key = messageKey(request);
  const recipient = resolveRecipient(request.to, request.subject.customer, template, settings, request.send.channel);
  const verdict = mayBeSent(template, recipient, request);
  const survey =
    request.send.survey &&
    (await prepareSurvey(trx, key, request.send.survey.answerWithinDays, request.now, recipient.zone));
  const notBefore = toTimestamp(earliestHour(template, recipient, request.now, settings.promotionHours));
  const inserted = await trx('message')
    .insert({
      key,
      purpose: template.purpose,
      template: template.name,
      rule: request.rule,
      channel: recipient.channel,
      customer_id: request.subject.customer.id,
      recipient: recipient.address,
      language: recipient.language,
      zone: recipient.zone,
      data: JSON.stringify({ ...templateData(request, document), ...(survey && { survey: survey.words }) }),
      // The invoice goes with what is said of it, not with thanks for a payment.
      invoice_number: request.subject.payment === undefined ? (request.subject.invoice?.number ?? null) : null,
      run_id: request.runId ?? null,
      state: verdict.state,
      not_before: notBefore,
      useless_after: request.uselessAfter === undefined ? null : toTimestamp(request.uselessAfter),
      next_attempt_at: notBefore,
      smtp_message_id: smtpMessageId(key, settings.mailDomain),
      reason: verdict.reason ?? null,
    })
    .onConflict('key')
    .ignore()
    .returning('key');
  if (inserted.length === 0) return { key, to: request.to, state: 'already there' };
  if (survey && verdict.state === 'queued' && request.subject.subscription) {
    await storeSurvey(trx, survey, {
      key,
      message: template.name,
      rule: request.rule,
      subscriptionId: request.subject.subscription.id,
      customerId: request.subject.customer.id,
      language: recipient.language,
      now: request.now,
    });
  }
  if (verdict.state === 'failed' && template.purpose === 'service')
    await raiseUndeliverable(trx, key, verdict.reason ?? 'no way to deliver it');
  return { key, to: request.to, ...verdict };
}

/** Rule, message, subject or occasion, recipient: whatever must be the same for two messages to be one. */
export function messageKey(request: MessageRequest): string {
  const about =
    request.send.oncePer === undefined
      ? request.occasion
      : `${request.send.oncePer}:${oneOf(request.send.oncePer, request.subject)}`;
  return [request.rule, request.send.message, about, request.to].join('|');
}

/** The same message has the same Message-ID for ever, so that a mailbox can tell a second delivery from a second message. */
function smtpMessageId(key: string, mailDomain: string): string {
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${mailDomain}>`;
}

function oneOf(kind: NonNullable<Send['oncePer']>, subject: Subject): string {
  const id = subjectId(kind, subject);
  if (id === undefined) throw new Error(`A message is to be sent once per ${kind}, but what happened has no ${kind}`);
  return id;
}

function mayBeSent(
  template: MessageTemplate,
  recipient: Recipient,
  request: MessageRequest,
): Pick<QueuedMessage, 'reason'> & { readonly state: 'queued' | 'suppressed' | 'failed' } {
  if (template.purpose === 'promotion' && request.to === 'customer' && !request.subject.customer.promotionConsent) {
    return { state: 'suppressed', reason: 'The customer has not consented to promotions' };
  }
  return recipient.problem === undefined ? { state: 'queued' } : { state: 'failed', reason: recipient.problem };
}

/** A promotion waits for the recipient's next decent hour; a service message leaves at once. */
function earliestHour(
  template: MessageTemplate,
  recipient: Recipient,
  now: EpochMs,
  hours: EngagementSettings['promotionHours'],
): EpochMs {
  if (template.purpose === 'service') return now;
  const local = DateTime.fromMillis(now, { zone: recipient.zone });
  const minutes = local.hour * 60 + local.minute;
  if (minutes >= hours.from && minutes < hours.until) return now;
  const day = minutes < hours.from ? local : local.plus({ days: 1 });
  return day.set({ hour: Math.floor(hours.from / 60), minute: hours.from % 60, second: 0, millisecond: 0 }).toMillis();
}

/** What templates read as `it.…`; the company, links and formats are added when the message is rendered. */
function templateData(request: MessageRequest, document: RuleSet): Readonly<Record<string, unknown>> {
  const { customer, order, subscription, invoice, payment } = request.subject;
  return {
    customer: { id: customer.id, name: customer.name, language: customer.language, email: customer.email ?? '' },
    ...(order && {
      order: {
        id: order.id,
        category: order.category,
        value: order.value,
        currency: order.currency,
        dueOn: order.dueOn,
        ...(order.trackingUrl && { trackingUrl: order.trackingUrl }),
      },
    }),
    ...(subscription && {
      subscription: {
        id: subscription.id,
        plan: versionsOf(document, subscription.plan)[0]?.title ?? subscription.plan,
        msisdn: subscription.msisdn,
        renewsOn: subscription.renewsOn,
      },
    }),
    ...(invoice && {
      invoice: {
        number: invoice.number,
        total: invoice.total,
        open: invoice.open,
        net: invoice.net,
        tax: invoice.tax,
        currency: invoice.currency,
        issuedOn: invoice.issuedOn,
        dueOn: invoice.dueOn,
        from: invoice.from,
        until: invoice.until,
        ...(invoice.passed && { passed: invoice.passed }),
      },
    }),
    ...(payment && { payment: { amount: payment.amount, currency: payment.currency } }),
    ...request.data,
  };
}
