-- An account moves to another zone, or its cycles to another day, from a day on; what was billed before stays as it was counted then.

create table account_change (
  account_id      text not null references billing_account,
  from_day        date not null,                         -- first day in the new zone; a new cycle day waits for the end of the cycle
  zone            text check (zone is null or timezone(zone, timestamptz '2000-01-01') is not null),
  cycle_day       smallint check (cycle_day between 1 and 31),
  bridge          text check (bridge in ('shorter', 'longer')),
  primary key (account_id, from_day),
  check (zone is not null or cycle_day is not null),
  check ((cycle_day is null) = (bridge is null))
);

-- A cycle that a run has taken up keeps its bounds, the next one its end: fees in advance are charged up to that.
create function refuse_billed(changed account_change) returns void language plpgsql as $$
begin
  if exists (
    select from account_cycle c where c.account_id = changed.account_id
      and ((changed.zone is not null and changed.from_day <= c.period_until)
        or (changed.cycle_day is not null and changed.from_day < c.next_until))
  ) or exists (
    select from invoice i where i.account_id = changed.account_id and changed.from_day <= i.period_until
  ) then
    raise exception 'cycles of account % that are taken up already would change from %', changed.account_id, changed.from_day
      using errcode = 'check_violation', constraint = 'account_change_is_ahead';
  end if;
end $$;

create function keep_billed_cycles() returns trigger language plpgsql as $$
begin
  -- Runs that take up cycles hold the same lock, shared: none reads changes while one is made.
  perform pg_advisory_xact_lock(hashtext('account_change'));
  if tg_op <> 'INSERT' then perform refuse_billed(old); end if;
  if tg_op = 'DELETE' then return old; end if;
  perform refuse_billed(new);
  return new;
end $$;
create trigger account_change_is_ahead before insert or update or delete on account_change
  for each row execute function keep_billed_cycles();
