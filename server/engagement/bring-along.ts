import type { Knex } from 'knex';
import { pickLinks } from '../../engine/content.ts';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { SendWith } from '../../engine/outcomes.ts';
import { requireFacts } from './decide-set.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { eventFacts } from './event-facts.ts';
import { bestOfferFor } from './give-offers.ts';
import { type MessageRequest, type QueuedMessage, queueMessage } from './outbox.ts';

/**
 * Queues a message with what its rule wants it to bring along: the best offer for a purpose, or links. They are picked only
 * for a message that will leave, so that nothing is given and no link is spent on one that is not sent.
 *
 * @throws UndecidableError if an offer or a link is decided by something that is not known of the customer.
 */
export async function queueSend(
  trx: Knex,
  request: MessageRequest,
  rules: LoadedRuleSet,
  { settings, randomBytes }: Pick<EngagementDeps, 'settings' | 'randomBytes'>,
): Promise<QueuedMessage> {
  const queued = await queueMessage(trx, request, rules.document, settings);
  const { send } = request;
  if (queued.state !== 'queued' || send.with === undefined) return queued;
  const data = await broughtAlong(trx, send.with, queued.key, request, rules, randomBytes);
  await trx('message')
    .where({ key: queued.key })
    .update({ data: trx.raw('data || ?::jsonb', [JSON.stringify(data)]) });
  return queued;
}

/** What templates read as `it.offer` and `it.links`. */
async function broughtAlong(
  trx: Knex,
  wanted: SendWith,
  key: string,
  { subject, now, to }: MessageRequest,
  rules: LoadedRuleSet,
  randomBytes: EngagementDeps['randomBytes'],
): Promise<Readonly<Record<string, unknown>>> {
  const facts = eventFacts(subject, now, rules);
  if (wanted.kind === 'best offer') {
    requireFacts(rules, [`offer:for ${wanted.purpose}`], facts);
    const occasion = { rules, facts, subject, occasion: `message:${key}`, now };
    const offer = await bestOfferFor(trx, wanted.purpose, occasion, randomBytes);
    return offer ? { offer } : {};
  }
  requireFacts(rules, [`content:${wanted.content}`], { ...facts, ...aLink });
  const shown = await trx('content_shown').where({ customer_id: subject.customer.id }).pluck<string[]>('url');
  const picked = pickLinks(wanted.content, facts, new Set(shown), rules);
  const links = picked.map(({ link: { id, title, url }, reason }) => ({ id, title, url, reason }));
  // Only what the customer gets is spent for the customer.
  if (to !== 'customer') return { links };
  const fresh = new Set<string>();
  for (const { id, url, reason } of links) {
    const [row] = await trx('content_shown')
      .insert({
        customer_id: subject.customer.id,
        url,
        content: wanted.content,
        link_id: id,
        message_key: key,
        reason,
        shown_at: toTimestamp(now),
      })
      .onConflict(['customer_id', 'url'])
      .ignore()
      .returning<{ url: string }[]>('url');
    if (row) fresh.add(url);
  }
  return { links: links.filter(({ url }) => fresh.has(url)) };
}

/** Any link at all: what is asked is whether the customer's own facts are there. */
const aLink = { 'link.id': '', 'link.title': '', 'link.categories': [], 'link.languages': [], 'link.text': '' };
