-- Long sessions come in parts, across files and cycles. What each part is of, and how it ended, is kept with the record.

alter table usage_event
  add column session text,                               -- unique within the source; null: the record is of a whole event
  add column part_number integer check (part_number > 0),
  add column is_last_part boolean,
  add column closing_cause text,
  add check ((session is null) = (part_number is null) and (session is null) = (is_last_part is null)),
  add check (closing_cause is null or session is not null);
create index on usage_event (account_id, session) where session is not null;

alter table usage_replacement
  add column session text,
  add column part_number integer check (part_number > 0),
  add column is_last_part boolean,
  add column closing_cause text,
  add check ((session is null) = (part_number is null) and (session is null) = (is_last_part is null));

create or replace view usage_version as
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, file_id as arrived,
         session, part_number, is_last_part, closing_cause
  from usage_event
  union all
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, arrived,
         session, part_number, is_last_part, closing_cause
  from usage_replacement;
