-- Usage that comes, is withdrawn or is replaced after its invoice was issued corrects that invoice, exactly. Nothing that was once known is
-- lost: each record says from which delivery until which it counted, and each correction what was, what should be and what follows.

-- A withdrawn or replaced record stays; from this delivery on it no longer counts.
alter table usage_event add column known_until integer references usage_file;
create index on usage_event (account_id, known_until) where known_until is not null;

-- What a person or a system says of a record that was wrong. It arrives as a delivery of its own, so that a run's usage cut is before or after it.
create table usage_correction (
  correction_id   text primary key,                      -- chosen by who asks: asked for again, it changes nothing
  delivery        integer not null unique references usage_file,
  source          text not null,
  record_id       text not null,
  replacement     jsonb,                                 -- what is true instead; null: nothing, the record is withdrawn
  reason          text not null check (reason <> ''),
  requested_by    text not null check (requested_by <> ''),
  foreign key (source, record_id) references usage_event
);
create index on usage_correction (source, record_id);

-- What stands in the place of a replaced record.
create table usage_replacement (
  account_id      text not null,
  subscription_id text not null,
  source          text not null,
  record_id       text not null,
  sequence        bigint not null,
  msisdn          text not null,
  service         text not null,
  start_at        bigint not null,
  duration_ms     bigint not null,
  bytes           bigint not null,
  messages        bigint not null,
  direction       text not null,
  called_number   text not null,
  calling_number  text not null,
  visited_network text not null,
  value           numeric,
  value_currency  text,
  file_id         integer not null references usage_file,
  known_until     integer references usage_file,
  arrived         integer not null,                      -- delivery of the record that it replaces: late is who came late
  primary key (source, record_id, file_id)
);
create index on usage_replacement (account_id, start_at);

-- Every record in every shape it had, with the deliveries [file_id, known_until) between which it counted.
create view usage_version as
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, file_id as arrived
  from usage_event
  union all
  select account_id, subscription_id, source, record_id, sequence, msisdn, service, start_at, duration_ms, bytes, messages, direction,
         called_number, calling_number, visited_network, value, value_currency, file_id, known_until, arrived
  from usage_replacement;

-- Usage of an earlier cycle that a later one has billed at its own price, because the earlier one could not be corrected.
create table late_usage (
  source          text not null,
  record_id       text not null,
  account_id      text not null,
  period_from     date not null,                         -- the cycle that billed it
  primary key (source, record_id)
);
create index on late_usage (account_id, period_from);

-- Until now every late record was billed so.
insert into late_usage (source, record_id, account_id, period_from)
  select distinct on (e.source, e.record_id) e.source, e.record_id, c.account_id, c.period_from
  from account_cycle c
  join billing_account a using (account_id)
  left join account_cycle p on p.account_id = c.account_id and p.period_until = c.period_from
  join usage_event e on e.account_id = c.account_id and e.file_id <= c.usage_cut and e.file_id > coalesce(p.usage_cut, 0)
    and e.start_at < extract(epoch from c.period_from::timestamp at time zone a.zone) * 1000
  where c.usage_cut is not null
  order by e.source, e.record_id, c.period_from;

-- One issued cycle evaluated once more: what was, what should be, and the difference.
create table correction (
  account_id      text not null,
  period_from     date not null,                         -- the cycle that is corrected
  number          smallint not null,                     -- counted for the cycle; the last one issued says what is right
  invoice_number  text not null references invoice,      -- the invoice of the cycle
  found_by        date,                                  -- first day of the account's cycle that was rated then; null: a person asked
  reason          text not null check (reason in ('late usage', 'corrected usage', 'changed records', 'repaired rules')),
  request         jsonb,                                 -- who asked for it and why
  usage_cut       integer not null,
  rule_set        text not null references rule_set,
  inputs          jsonb not null,                        -- engine's AccountCycle without usage
  rated           jsonb not null,                        -- engine's RatedUsage
  before          jsonb not null,                        -- engine's Bill, as it stood
  after           jsonb not null,                        -- engine's Bill, as it should be
  exceptions      jsonb not null,                        -- what is the matter with it that was not before
  credit_notes    jsonb not null,                        -- engine's CreditNote, each issued under the number in the same place of:
  note_numbers    text[],
  charges         jsonb not null,                        -- engine's CorrectionCharge: for the account's next invoice
  charged_on      text references invoice,
  issued_on       date,                                  -- null: a draft, or its account was rejected
  primary key (account_id, period_from, number),
  foreign key (account_id, period_from) references account_cycle
);
create index on correction (account_id, found_by);

-- A credit note can never give back more than its invoice still stands at.
create function refuse_excess() returns trigger language plpgsql as $$
begin
  perform 1 from invoice where number = new.corrects for no key update;
  if (select sum(total) from credit_note where corrects = new.corrects) > (select total from invoice where number = new.corrects) then
    raise exception 'credit note % would give back more than invoice % comes to', new.number, new.corrects;
  end if;
  return null;
end $$;
create trigger credit_note_within_invoice after insert on credit_note for each row execute function refuse_excess();
