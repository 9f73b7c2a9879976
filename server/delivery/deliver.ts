import type { Knex } from 'knex';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { Mailer, MailOutcome } from './mailer.ts';
import type { MessageRenderer } from './render-message.ts';

export interface DeliveryDeps {
  readonly db: Knex;
  readonly mailer: Mailer;
  readonly renderer: MessageRenderer;
  readonly invoicePdf: (number: string) => Promise<Buffer>;
  /** The rules that name each message's sender. */
  readonly document: () => RuleSet;
  readonly now: () => Promise<number>;
  /** True where the mail server is the mailbox itself: what it takes is delivered, not merely accepted. */
  readonly acceptedIsDelivered: boolean;
}

const batchSize = 60;
const sendingAtOnce = 6;
const mostAttempts = 6;

/**
 * Sends the messages that are due, until none is left; `scope` narrows it to one bill run. A message is marked
 * `attempting` before it is offered, so that a killed sender offers it again under the same Message-ID and never as a
 * new one. A refusal for good is a bounce and ends in the exceptions queue; anything else is tried again later.
 */
export async function deliverDue(
  deps: DeliveryDeps,
  scope: { readonly runId?: string },
  onSent: (count: number) => void = () => {},
): Promise<void> {
  for (;;) {
    const batch = await claim(deps, scope);
    if (batch.length === 0) return;
    const queue = [...batch];
    const outcomes: { readonly message: DueMessage; readonly outcome: MailOutcome }[] = [];
    await Promise.all(
      Array.from({ length: sendingAtOnce }, async () => {
        for (let message = queue.shift(); message; message = queue.shift())
          outcomes.push({ message, outcome: await send(deps, message) });
      }),
    );
    await settle(deps, outcomes);
    onSent(batch.length);
  }
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
  readonly smtp_message_id: string;
  readonly attempts: number;
}

async function claim({ db, now }: DeliveryDeps, scope: { readonly runId?: string }): Promise<readonly DueMessage[]> {
  const at = new Date(await now()).toISOString();
  const { rows } = await db.raw(
    `
    update message m set state = 'attempting', attempts = attempts + 1, next_attempt_at = ?::timestamptz + interval '10 minutes'
    from (select key from message where state in ('queued', 'attempting') and next_attempt_at <= ? ${scope.runId ? 'and run_id = ?' : ''}
          order by next_attempt_at, key limit ? for update skip locked) due
    where m.key = due.key
    returning m.key, m.template, m.language, m.channel, m.recipient, m.data, m.invoice_number, m.smtp_message_id, m.attempts`,
    [at, at, ...(scope.runId ? [scope.runId] : []), batchSize],
  );
  return rows;
}

async function send(deps: DeliveryDeps, message: DueMessage): Promise<MailOutcome> {
  if (message.channel !== 'email')
    return { kind: 'refused', reason: `There is no sender for the channel ${message.channel} yet` };
  const template = deps.document().messages.find((one) => one.name === message.template);
  if (!template) return { kind: 'refused', reason: `The rules in force have no message "${message.template}"` };
  const { subject, html, text } = deps.renderer.render(message);
  const attachments = message.invoice_number
    ? [
        {
          filename: `${message.invoice_number}.pdf`,
          content: await deps.invoicePdf(message.invoice_number),
          contentType: 'application/pdf',
        },
      ]
    : [];
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

async function settle(
  deps: DeliveryDeps,
  outcomes: readonly { readonly message: DueMessage; readonly outcome: MailOutcome }[],
): Promise<void> {
  const at = await deps.now();
  await deps.db.transaction(async (trx) => {
    for (const { message, outcome } of outcomes) {
      const row = trx('message').where({ key: message.key });
      if (outcome.kind === 'accepted') {
        await row.update({
          state: deps.acceptedIsDelivered ? 'delivered' : 'sent',
          sent_at: new Date(at).toISOString(),
          reason: null,
        });
      } else if (outcome.kind === 'refused' || message.attempts >= mostAttempts) {
        await row.update({ state: outcome.kind === 'refused' ? 'bounced' : 'failed', reason: outcome.reason });
        await raiseUndeliverable(trx, message, outcome.reason);
      } else {
        // 1, 2, 4, … minutes: a mail server that is down is not helped by being asked at once.
        await row.update({
          state: 'queued',
          reason: outcome.reason,
          next_attempt_at: new Date(at + 60_000 * 2 ** (message.attempts - 1)).toISOString(),
        });
      }
    }
  });
}

async function raiseUndeliverable(trx: Knex.Transaction, message: DueMessage, reason: string): Promise<void> {
  await trx.raw(
    `
    insert into exception (key, run_id, account_id, code, action, severity, object, subject, evidence, rule)
    select 'undeliverable ' || m.key, m.run_id, i.account_id, 'undeliverable', 'flag', 'medium', 'account', coalesce(i.account_id, m.customer_id, m.recipient),
           'Message "' || m.template || '" to ' || m.recipient || ': ' || ?, m.rule
    from message m left join invoice i on i.number = m.invoice_number where m.key = ?
    on conflict (key) do nothing`,
    [reason, message.key],
  );
}
