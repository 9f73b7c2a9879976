import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import type { LoadedRuleSet } from '../../engine/load.ts';
import type { EpochMs } from '../../engine/model.ts';
import { roundToMinor } from '../../engine/money.ts';
import { alternativesOf, type FiredOffer, goTogether, offerNamed, offersFor, worthOf } from '../../engine/offers.ts';
import type { Facts, StockRule } from '../../engine/rule-set.ts';
import { type EngagementDeps, toTimestamp } from './engagement-deps.ts';
import { giftInWords, type OfferWords } from './gift-words.ts';
import { type Grant, grantOffer } from './grants.ts';
import type { Subject } from './subjects.ts';

/** What came of one offer of an occasion. */
export interface OfferGrant extends FiredOffer {
  readonly grant: Grant;
}

/** For whom, on which occasion, from which facts. */
export interface Occasion {
  readonly rules: LoadedRuleSet;
  readonly facts: Facts;
  readonly subject: Subject;
  readonly occasion: string;
  readonly now: EpochMs;
}

/**
 * Gives what the offers that fit give: of alternatives the first that limits and other offers of the customer allow. Those
 * that were refused before it are in the answer, too.
 */
export async function giveOffers(
  trx: Knex,
  fired: readonly FiredOffer[],
  occasion: Occasion,
  randomBytes: EngagementDeps['randomBytes'],
): Promise<readonly OfferGrant[]> {
  const found: OfferGrant[] = [];
  if (fired.length === 0) return found;
  for (const list of alternativesOf(fired, occasion.facts, occasion.rules.document)) {
    for (const one of list) {
      const grant = await giveOne(trx, one, occasion, randomBytes);
      found.push({ ...one, grant });
      if (grant.kind !== 'refused') break;
    }
  }
  return found;
}

/**
 * The best offer for a purpose that the customer can have now, as a message shows it. One of its offers that the customer
 * holds unused is shown again rather than given a second time.
 */
export async function bestOfferFor(
  trx: Knex,
  purpose: string,
  occasion: Occasion,
  randomBytes: EngagementDeps['randomBytes'],
): Promise<OfferWords | undefined> {
  for (const one of await offersFor(purpose, occasion.facts, occasion.rules)) {
    const held = await heldOffer(trx, one, occasion);
    if (held) return held;
    const grant = await giveOne(trx, one, occasion, randomBytes);
    if (grant.kind === 'granted') return grant.offer;
  }
  return undefined;
}

async function giveOne(
  trx: Knex,
  one: FiredOffer,
  { rules, facts, subject, occasion, now }: Occasion,
  randomBytes: EngagementDeps['randomBytes'],
): Promise<Grant> {
  const { rule, offer } = one;
  // Two events of one customer must see each other's offers.
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`offers of ${subject.customer.id}`]);
  for (const other of await rulesHeld(trx, subject.customer.id, now)) {
    const held = other === rule ? undefined : offerNamed(other, rules.document);
    if (held && !goTogether(one, held))
      return { kind: 'refused', key: rule, reason: `It does not go with ${other}, which the customer has` };
  }
  const worth = worthInWords(one, facts, subject, rules);
  const params = paramsOf(rule, rules);
  const granting = { rule, give: offer.give, subject, occasion, now, ...params, ...(worth && { worth }) };
  return grantOffer(trx, granting, randomBytes);
}

function paramsOf(
  rule: string,
  { document }: LoadedRuleSet,
): Pick<StockRule['event']['params'], 'at' | 'title'> | undefined {
  for (const { rules } of document.decisions) {
    const found = rules.find(({ name }) => name === rule);
    if (found) return found.event.params;
  }
  return undefined;
}

/** In the currency that the offer names, or else of the order at hand. */
function worthInWords({ offer: { give } }: FiredOffer, facts: Facts, subject: Subject, { document }: LoadedRuleSet) {
  const named =
    give.worth ?? give.each ?? ('take' in give && give.take.kind === 'amount' ? give.take : undefined) ?? give.budget;
  const currency = named?.currency ?? subject.order?.currency;
  const worth = worthOf(give, facts, document);
  return worth && currency ? { amount: roundToMinor(worth, currency, 'up'), currency } : undefined;
}

/** Rules of the offers that a customer can still use. */
async function rulesHeld(trx: Knex, customerId: string, now: EpochMs): Promise<readonly string[]> {
  const { rows } = await trx.raw<{ rows: { rule: string }[] }>(
    `select rule from voucher where customer_id = ? and uses < uses_allowed and valid_until > ?
     union
     select rule from benefit b where customer_id = ? and withdrawn_at is null
       and (valid_until is null or valid_until > ? or exists (select from benefit_use u where u.benefit_id = b.benefit_id))
       and (select count(*) from benefit_use u where u.benefit_id = b.benefit_id) < cycles
     order by rule`,
    [customerId, toTimestamp(now), customerId, toTimestamp(now)],
  );
  return rows.map(({ rule }) => rule);
}

async function heldOffer(
  trx: Knex,
  { rule, offer }: FiredOffer,
  { subject, now }: Occasion,
): Promise<OfferWords | undefined> {
  if (offer.give.kind !== 'voucher') return undefined;
  const row = await trx('voucher')
    .where({ rule, customer_id: subject.customer.id })
    .whereRaw('uses < uses_allowed')
    .where('valid_until', '>', toTimestamp(now))
    .orderBy(['valid_from', 'code'])
    .first<{ code: string; title: string; valid_until: Date } | undefined>('code', 'title', 'valid_until');
  if (row === undefined) return undefined;
  const validUntil = DateTime.fromJSDate(row.valid_until, { zone: subject.customer.zone })
    .minus({ days: 1 })
    .toISODate();
  return { title: row.title, gift: giftInWords(offer.give), code: row.code, ...(validUntil && { validUntil }) };
}
