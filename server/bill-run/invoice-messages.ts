import type { Knex } from 'knex';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { Bill, EpochMs, MessageIntent } from '../../engine/model.ts';
import type { AdvantageOutcome, NotifyOutcome, Send } from '../../engine/outcomes.ts';
import type { RuleSet } from '../../engine/rule-set.ts';
import type { EngagementSettings } from '../engagement/engagement-deps.ts';
import { planLevels } from '../engagement/escalations.ts';
import { type MessageRequest, queueMessage } from '../engagement/outbox.ts';
import { loadSubject } from '../engagement/subjects.ts';
import type { NumberedDraft } from './numbered-drafts.ts';

/** By which rules and when invoices are issued. */
export interface Occasion {
  readonly rules: LoadedRuleSet;
  readonly now: EpochMs;
  /** The bill run that issues them; it waits for their messages. */
  readonly runId?: string;
}

/** Queues the messages that rules want sent with each issued invoice, in the transaction that issues it. */
export async function queueInvoiceMessages(
  trx: Knex.Transaction,
  { rules, now, runId }: Occasion,
  settings: EngagementSettings,
  issued: readonly Pick<NumberedDraft, 'number' | 'intents' | 'whole'>[],
): Promise<void> {
  for (const { number, intents, whole } of issued) {
    if (intents.length === 0) continue;
    const subject = await loadSubject(trx, { invoiceNumber: number });
    for (const intent of intents) {
      const send = findSend(rules.document, intent);
      await planLevels(trx, { rule: intent.rule, event: 'invoice issued', send, subject, now });
      await queueMessage(
        trx,
        {
          rule: intent.rule,
          send,
          to: intent.to,
          subject,
          occasion: `invoice:${number}`,
          now,
          ...(runId !== undefined && { runId }),
          ...dataFor(intent, whole?.bill),
        },
        rules.document,
        settings,
      );
    }
  }
}

/** What the message about an advantage says of it. */
function dataFor({ rule }: MessageIntent, bill: Bill | undefined): Pick<MessageRequest, 'data'> {
  const found = bill?.advantages?.find(({ because }) => because.rule === rule);
  if (!bill || !found) return {};
  const { title, base, percent, amount, yearlyCap, see } = found;
  return { data: { advantage: { title, base, percent, amount, yearlyCap, see, currency: bill.currency } } };
}

/** The `send` clause that an intent came from. */
function findSend(document: RuleSet, intent: MessageIntent): Send {
  for (const set of document.decisions) {
    if (set.family !== 'notify' && set.family !== 'advantage') continue;
    for (const rule of set.rules) {
      if (rule.name !== intent.rule) continue;
      const send = (rule.event.params.outcome as NotifyOutcome | AdvantageOutcome).sends.find(
        (one) => one.message === intent.message && one.to.includes(intent.to),
      );
      if (send) return send;
    }
  }
  throw new Error(`The rule set has no rule ${intent.rule} that sends "${intent.message}" to ${intent.to}`);
}
