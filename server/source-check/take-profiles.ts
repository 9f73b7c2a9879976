import type { Knex } from 'knex';
import type { ServiceDefinition } from '../../engine/rule-set.ts';

/** How far back a subscription's usual quantities and contacts are looked for. */
const lookBackMs = 92 * 86_400_000;

/**
 * Counts what the records of each new usage file are like; once a file. What is usual for a subscription is taken from all its use
 * since 92 days before the first new record; whom it knows on a day, from what it did on the days before.
 *
 * @param zone in which days and hours are counted.
 */
export async function takeProfiles(db: Knex, services: readonly ServiceDefinition[], zone: string): Promise<void> {
  const files: number[] = await db('usage_file as f')
    .whereNull('f.withdrawn_at')
    .where('f.accepted', '>', 0)
    .whereNotExists(db('usage_profile as p').whereRaw('p.file_id = f.file_id').select(db.raw('1')))
    .pluck('f.file_id');
  if (files.length === 0) return;
  const measured = (measure: ServiceDefinition['measure']) =>
    services.filter((service) => service.measure === measure).map(({ name }) => name);
  await db.transaction(async (trx) => {
    await trx.raw(freshSql, { zone, timed: measured('duration'), sized: measured('data'), files });
    const first = await trx('fresh_usage').min({ at: 'start_at' }).first();
    const since = Number(first?.at ?? 0) - lookBackMs;
    await trx.raw(usualSql, { since, timed: measured('duration'), sized: measured('data') });
    await trx.raw(contactSql, { since });
    await trx.raw(partnerSql);
    await trx.raw(daySql, { zone });
    await trx.raw(
      'analyze fresh_usage; analyze usual_quantity; analyze contact; analyze partner_known; analyze file_day',
    );
    await trx.raw(countSql);
    await trx.raw(refusedSql, { files });
  });
}

/** Who is at the other end. */
const partner = "case direction when 'outgoing' then called_number else calling_number end";

/** Octaves of the quantity, in the service's own measure; null where nothing is measured. */
const octaves = `case when service = any(:timed) then ln(greatest(duration_ms, 1000) / 1000.0) / ln(2)
                      when service = any(:sized) then ln(greatest(bytes, 1)) / ln(2) end`;

const freshSql = `
  create temporary table fresh_usage on commit drop as
  select file_id, source, service, subscription_id, start_at, duration_ms, msisdn, ${partner} as partner,
         case direction when 'outgoing' then calling_number else called_number end as own,
         to_timestamp(start_at / 1000.0) at time zone :zone as local_start, (${octaves})::float8 as octaves
  from usage_event where file_id = any(:files)`;

const usualSql = `
  create temporary table usual_quantity on commit drop as
  select subscription_id, service, count(*)::float8 as events, sum((${octaves})::float8) as octaves
  from usage_event where start_at >= :since and (service = any(:timed) or service = any(:sized))
  group by 1, 2`;

/** Of a partner with two contacts, each is the other's "somebody else". */
const contactSql = `
  create temporary table contact on commit drop as
  select subscription_id, partner, min(start_at) as since
  from (select subscription_id, start_at, ${partner} as partner from usage_event where start_at >= :since) e
  where partner <> '' group by 1, 2`;

const partnerSql = `
  create temporary table partner_known on commit drop as
  select partner, count(*) as contacts, min(since) as first, max(since) as last from contact group by 1`;

/** A file's day is that of its middle record: some always come late. */
const daySql = `
  create temporary table file_day on commit drop as
  select file_id, service, day, extract(epoch from day::timestamp at time zone :zone) * 1000 as starts_at from (
    select file_id, service, percentile_disc(0.5) within group (order by local_start::date) as day
    from fresh_usage group by 1, 2) days`;

/** Of two that run at the same time one counts: the one that lasts into the other, and of two that begin together, that of the later file. */
const countSql = `
  insert into usage_profile (file_id, source, service, day, events, counts)
  with typical as (
    select service, sum(octaves) / sum(events) as octaves from usual_quantity group by 1),
  seen as (
    select f.*, d.day, d.starts_at, c.since, k.contacts, k.first, k.last,
           round(2 * (f.octaves - coalesce((u.octaves + 5 * t.octaves) / (u.events + 5), t.octaves, 0)))::int as size,
           f.octaves is not null and coalesce(lead(f.start_at) over line < f.start_at + f.duration_ms, false) as beside
    from fresh_usage f
    join file_day d using (file_id, service)
    left join typical t using (service)
    left join usual_quantity u using (subscription_id, service)
    left join contact c using (subscription_id, partner)
    left join partner_known k using (partner)
    window line as (partition by f.subscription_id, f.service order by f.start_at, f.file_id desc)),
  described as (
    select file_id, source, service, day, size::text as size,
      case when local_start::date < day then 'before' when local_start::date > day then 'after'
           else extract(hour from local_start)::int::text end as hour,
      case when partner = '' then null when since < starts_at then 'known'
           when contacts = 2 and (case when since = first then last else first end) < starts_at then 'theirs'
           when contacts > 2 and first < starts_at then 'shared' else 'new' end as partner,
      case when octaves is null then null when beside then 'yes' else 'no' end as overlap,
      case when own = '' then null when own = msisdn then 'self' else 'other' end as own
    from seen),
  binned as (
    select file_id, source, service, day, coalesce(size, hour, partner, overlap, own) as bin, count(*) as records,
      case 0 when grouping(size) then 'size' when grouping(hour) then 'hour' when grouping(partner) then 'partner'
             when grouping(overlap) then 'overlap' else 'own' end as feature
    from described
    group by file_id, source, service, day, grouping sets (size, hour, partner, overlap, own)),
  counted as (
    select file_id, source, service, day, feature, jsonb_object_agg(bin, records) as bins
    from binned where bin is not null group by 1, 2, 3, 4, 5)
  select file_id, source, service, day, f.records, jsonb_object_agg(feature, bins)
  from counted join (select file_id, service, count(*) as records from fresh_usage group by 1, 2) f using (file_id, service)
  group by 1, 2, 3, 4, 5`;

/**
 * What waits in quarantine belongs to no service. Records that name two subscriptions count once for each two: a card that works before the
 * books know of it refuses a day of calls, and holds its own account.
 */
const refusedSql = `
  insert into usage_profile (file_id, source, service, day, events, counts)
  select f.file_id, f.source, '*', d.day, f.lines_read,
         jsonb_build_object('refused', jsonb_build_object('yes', f.quarantined - coalesce(t.again, 0), 'no', f.lines_read - f.quarantined))
  from usage_file f join (select file_id, max(day) as day from file_day group by 1) d using (file_id)
  left join (
    select file_id, count(*) - count(distinct detail) as again from quarantined_record
    where reason = 'torn-subscriber' group by 1) t using (file_id)
  where f.file_id = any(:files)`;
