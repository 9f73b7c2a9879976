-- A record may name its subscriber by the IMSI, and says of itself what its source knows besides: roaming partner, kind of record, free attributes.

alter table subscription add column imsi text check (imsi ~ '^[0-9]{6,15}$');
create unique index on subscription (imsi) where cancelled_on is null;

alter table usage_event
  add column imsi text,
  add column roaming_partner text,
  add column record_type text,
  add column attributes jsonb;                           -- {"cell": "26201-4711", ...}, values of declared facts of events

alter table usage_replacement
  add column imsi text,
  add column roaming_partner text,
  add column record_type text,
  add column attributes jsonb;

create or replace view usage_version as
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, file_id as arrived,
         session, part_number, is_last_part, closing_cause, change, imsi, roaming_partner, record_type, attributes
  from usage_event
  union all
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, arrived,
         session, part_number, is_last_part, closing_cause, change, imsi, roaming_partner, record_type, attributes
  from usage_replacement;
