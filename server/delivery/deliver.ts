import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { RuleSet } from '../../engine/rule-set.ts';
import { processName } from '../database/embedded-postgres.ts';
import { isOutage } from '../database/outage.ts';
import type { MailAttachment, Mailer, MailOutcome } from './mailer.ts';
import type { PostTray } from './post-tray.ts';
import type { MessageRenderer } from './render-message.ts';
import { raiseUndeliverable } from './undeliverable.ts';
import { whyUnmade } from './why-unmade.ts';

export interface DeliveryDeps {
  readonly db: Knex;
  readonly mailer: Mailer;
  readonly renderer: MessageRenderer;
  readonly postTray: PostTray;
  readonly invoicePdf: (number: string) => Promise<Buffer>;
  /** The e-invoice, for customers who want one. */
  readonly invoiceXml: (number: string) => Promise<string | undefined>;
  /** The rules that name each message's sender. */
  readonly document: () => RuleSet;
  readonly now: () => Promise<number>;
  /** True where the mail server is the mailbox itself: what it takes is delivered, not merely accepted. */
  readonly acceptedIsDelivered: boolean;
}

const batchSize = 60;
const sendingAtOnce = 6;
/** Of a mail that the server does not want now. */
const mostAttempts = 6;
/** Of one for which it was away, an hour between them: five days, as RFC 5321, 4.5.4.1 would have it. */
const mostAttemptsPatient = 126;
/** After so many mails in a row that the server was away for, it is left alone for now. */
const mostUnanswered = 4;

/**
 * Sends the messages that are due, by mail or into the tray of letters to be printed, until none is left; `scope` narrows it to one bill run. A message is marked
 * `attempting` before it is offered, so that what a killed sender had begun is offered again under the same Message-ID,
 * never as a new one, and what a living one has begun is left to it. A refusal for good is a bounce and ends in the
 * exceptions queue; anything else is tried again later. Where the mail server is away, or keeps silent, the rest waits as it is:
 * each mail would wait for it anew.
 */
export async function deliverDue(
  deps: DeliveryDeps,
  scope: { readonly runId?: string },
  onSent: (count: number) => void = () => {},
): Promise<Delivered> {
  const sender = `${processName}#${randomUUID()}`;
  const unmade = new Map<string, string>();
  senders.add(sender);
  // Somebody may have mended one.
  deps.renderer.rereadTemplates();
  try {
    for (;;) {
      const batch = await claim(deps, scope, sender);
      if (batch.length === 0) return { isAnswering: true, unmade };
      const { attempts, left, outage, isServerAway } = await attemptAll(deps, batch);
      await settle(deps, attempts, left);
      for (const { message, outcome } of attempts)
        if (outcome.kind === 'unmade') unmade.set(message.key, outcome.reason);
      onSent(attempts.length);
      if (outage) throw outage.reason;
      if (isServerAway) return { isAnswering: false, unmade };
    }
  } finally {
    senders.delete(sender);
  }
}

export interface Delivered {
  /** False if the mail server was away, and messages that are due are left. */
  readonly isAnswering: boolean;
  /** Why a message could not be made, by its key. */
  readonly unmade: ReadonlyMap<string, string>;
}

/** The senders at work in this process; what another of its senders has begun and not ended is lost. */
const senders = new Set<string>();

interface Attempt {
  readonly message: DueMessage;
  readonly outcome: Outcome;
}

/** Unmade is what nobody was offered, because its template or a document of it is broken: one line that says how. */
type Outcome = MailOutcome | { readonly kind: 'unmade'; readonly reason: string };

interface Round {
  readonly attempts: readonly Attempt[];
  /** Offered to nobody. */
  readonly left: readonly DueMessage[];
  /** Of the database. */
  readonly outage: { readonly reason: unknown } | undefined;
  /** The mail server. */
  readonly isServerAway: boolean;
}

/** All that could be attempted before database or mail server went away: those under way are waited for, the others are left. */
async function attemptAll(deps: DeliveryDeps, batch: readonly DueMessage[]): Promise<Round> {
  const queue = [...batch];
  const attempts: Attempt[] = [];
  const left: DueMessage[] = [];
  let outage: Round['outage'];
  let unanswered = 0;
  const work = async () => {
    for (let message = queue.shift(); message; message = queue.shift()) {
      try {
        const outcome = await attempt(deps, message);
        attempts.push({ message, outcome });
        unanswered = outcome.kind === 'unavailable' && outcome.isServerAway ? unanswered + 1 : 0;
        if (unanswered >= mostUnanswered) left.push(...queue.splice(0));
      } catch (reason) {
        outage ??= { reason };
        left.push(message, ...queue.splice(0));
      }
    }
  };
  await Promise.all(Array.from({ length: sendingAtOnce }, work));
  return { attempts, left, outage, isServerAway: unanswered >= mostUnanswered };
}

/** How many messages of a run are waiting, and how many there are. */
export async function countMessages(
  db: Knex,
  runId: string,
): Promise<{ readonly waiting: number; readonly total: number }> {
  const row = await db('message')
    .where({ run_id: runId })
    .whereNot({ state: 'suppressed' })
    .select(
      db.raw("count(*)::int as total, (count(*) filter (where state in ('queued', 'attempting')))::int as waiting"),
    )
    .first();
  return row as unknown as { waiting: number; total: number };
}

interface DueMessage {
  readonly key: string;
  readonly template: string;
  readonly language: string;
  readonly channel: string;
  readonly recipient: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly invoice_number: string | null;
  readonly run_id: string | null;
  readonly smtp_message_id: string;
  readonly attempts: number;
}

/**
 * Takes a batch of due messages. What another sender has begun is left to it as long as its process is connected to the
 * database; once that is gone, it is due again.
 */
async function claim(
  { db, now }: DeliveryDeps,
  scope: { readonly runId?: string },
  sender: string,
): Promise<readonly DueMessage[]> {
  const at = new Date(await now()).toISOString();
  // A claim by nobody (null) is nobody's.
  const { rows } = await db.raw(
    `
    update message m set state = 'attempting', attempts = attempts + 1, claimed_by = ?
    from (select key from message
          where (state = 'queued' and next_attempt_at <= ? or state = 'attempting' and not coalesce(
                   claimed_by = any (?) or split_part(claimed_by, '#', 1) <> ? and exists (
                     select from pg_stat_activity where application_name = split_part(message.claimed_by, '#', 1)), false))
            ${scope.runId ? 'and run_id = ?' : ''}
          order by next_attempt_at, key limit ? for update skip locked) due
    where m.key = due.key
    returning m.key, m.template, m.language, m.channel, m.recipient, m.data, m.invoice_number, m.run_id,
      m.smtp_message_id, m.attempts`,
    [sender, at, [...senders], processName, ...(scope.runId ? [scope.runId] : []), batchSize],
  );
  return rows;
}

/**
 * A message that cannot be made is no reason to keep the others back: it is tried again, like one that cannot be sent. A
 * database that is away is no failure of the message.
 */
async function attempt(deps: DeliveryDeps, message: DueMessage): Promise<Outcome> {
  try {
    return await send(deps, message);
  } catch (error) {
    if (isOutage(error)) throw error;
    return { kind: 'unmade', reason: whyUnmade(error as Error) };
  }
}

async function send(deps: DeliveryDeps, message: DueMessage): Promise<MailOutcome> {
  if (message.channel !== 'email' && message.channel !== 'post')
    return { kind: 'refused', reason: `There is no sender for the channel ${message.channel} yet` };
  const template = deps.document().messages.find((one) => one.name === message.template);
  if (!template) return { kind: 'refused', reason: `The rules in force have no message "${message.template}"` };
  const { subject, html, text } = deps.renderer.render(message);
  if (message.channel === 'post') {
    const { language, recipient, smtp_message_id: messageId } = message;
    await deps.postTray.put({ messageId, recipient, language, subject, text }, await deps.now());
    return { kind: 'accepted' };
  }
  const about = creditNoteOf(message) ?? message.invoice_number;
  const attachments = about ? await invoiceFiles(deps, about) : [];
  return deps.mailer.send({
    from: template.sender,
    to: message.recipient,
    subject,
    html,
    text,
    messageId: message.smtp_message_id,
    attachments,
  });
}

/** A message about a credit note brings that along, and not the invoice that it corrects. */
function creditNoteOf({ data }: DueMessage): string | undefined {
  return (data.creditNote as { readonly number: string } | undefined)?.number;
}

/** The invoice or credit note as a person reads it, and as a business's software does. */
async function invoiceFiles(deps: DeliveryDeps, number: string): Promise<readonly MailAttachment[]> {
  const pdf = { filename: `${number}.pdf`, content: await deps.invoicePdf(number), contentType: 'application/pdf' };
  const xml = await deps.invoiceXml(number);
  if (xml === undefined) return [pdf];
  return [pdf, { filename: `${number}.xml`, content: Buffer.from(xml), contentType: 'application/xml' }];
}

async function settle(deps: DeliveryDeps, attempts: readonly Attempt[], left: readonly DueMessage[]): Promise<void> {
  const at = await deps.now();
  await deps.db.transaction(async (trx) => {
    if (left.length > 0) {
      const keys = left.map(({ key }) => key);
      await trx('message')
        .whereIn('key', keys)
        .update({ state: 'queued', attempts: trx.raw('attempts - 1') });
    }
    for (const { message, outcome } of attempts) {
      const row = trx('message').where({ key: message.key });
      if (outcome.kind === 'accepted') {
        await row.update({
          // A letter in the tray is on its way; nobody says when it has arrived.
          state: deps.acceptedIsDelivered && message.channel === 'email' ? 'delivered' : 'sent',
          sent_at: new Date(at).toISOString(),
          reason: null,
        });
      } else if (outcome.kind === 'refused' || message.attempts >= mostAttemptsOf(message, outcome)) {
        await row.update({ state: outcome.kind === 'refused' ? 'bounced' : 'failed', reason: outcome.reason });
        await raiseUndeliverable(trx, message.key, outcome.reason);
      } else {
        // A mail server that is down is not helped by being asked at once.
        await row.update({
          state: 'queued',
          reason: outcome.reason,
          next_attempt_at: new Date(at + waitAfter(message.attempts)).toISOString(),
        });
      }
    }
  });
}

/** A bill run stops for what cannot be made and says so; once it is mended, whatever waits goes out. */
function mostAttemptsOf({ run_id }: DueMessage, outcome: Exclude<Outcome, { readonly kind: 'accepted' | 'refused' }>) {
  const isLong = outcome.kind === 'unmade' ? run_id !== null : outcome.isServerAway;
  return isLong ? mostAttemptsPatient : mostAttempts;
}

/** In milliseconds: 1, 2, 4, … minutes, and never more than an hour. */
function waitAfter(attempts: number): number {
  return 60_000 * Math.min(2 ** (attempts - 1), 60);
}
