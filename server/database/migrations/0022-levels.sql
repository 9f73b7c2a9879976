-- Of services in units an event raises or lowers a level, which goes on from cycle to cycle: what a cycle opens with is the sum of all changes before.

alter table usage_event add column change bigint;
alter table usage_replacement add column change bigint;
create index on usage_event (account_id, start_at) where change is not null;
create index on usage_replacement (account_id, start_at) where change is not null;

create or replace view usage_version as
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, file_id as arrived,
         session, part_number, is_last_part, closing_cause, change
  from usage_event
  union all
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, arrived,
         session, part_number, is_last_part, closing_cause, change
  from usage_replacement;
