-- A subscription changes to another plan or is paused for a while; fees, allowances and prices follow from that day on.

create table plan_change (
  subscription_id text not null references subscription,
  from_day        date not null,                         -- first day on the new plan
  plan            text not null,
  primary key (subscription_id, from_day)
);

create table subscription_pause (
  subscription_id text not null references subscription,
  from_day        date not null,                         -- first day without service and fees
  until_day       date check (until_day > from_day),     -- first day with service again; null: not resumed
  primary key (subscription_id, from_day)
);

-- A day from which something changes must come after all cycles that a run has taken up: their bills would have known of it.
create function refuse_billed_day(subscription text, day date, rule text) returns void language plpgsql as $$
begin
  if exists (
    select from subscription s join account_cycle c using (account_id) where s.subscription_id = subscription and day <= c.period_until
  ) or exists (
    select from subscription s join invoice i using (account_id) where s.subscription_id = subscription and day <= i.period_until
  ) then
    raise exception 'cycles of subscription % that are taken up already would change from %', subscription, day
      using errcode = 'check_violation', constraint = rule;
  end if;
end $$;

create function keep_billed_plans() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('account_change'));
  if tg_op <> 'INSERT' then perform refuse_billed_day(old.subscription_id, old.from_day, 'plan_change_is_ahead'); end if;
  if tg_op = 'DELETE' then return old; end if;
  perform refuse_billed_day(new.subscription_id, new.from_day, 'plan_change_is_ahead');
  return new;
end $$;
create trigger plan_change_is_ahead before insert or update or delete on plan_change
  for each row execute function keep_billed_plans();

-- The end of a pause may be set or moved as long as both ends are ahead; its beginning stays.
create function keep_billed_pauses() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('account_change'));
  if tg_op = 'UPDATE' then
    perform refuse_billed_day(old.subscription_id, least(old.until_day, new.until_day), 'pause_is_ahead');
  else
    perform refuse_billed_day(coalesce(new.subscription_id, old.subscription_id), coalesce(new.from_day, old.from_day), 'pause_is_ahead');
  end if;
  if tg_op = 'DELETE' then return old; end if;
  if exists (
    select from subscription_pause p where p.subscription_id = new.subscription_id and p.from_day <> new.from_day
      and daterange(p.from_day, p.until_day) && daterange(new.from_day, new.until_day)
  ) then
    raise exception 'subscription % is paused in that time already', new.subscription_id
      using errcode = 'exclusion_violation', constraint = 'pauses_are_apart';
  end if;
  return new;
end $$;
create trigger pause_is_ahead before insert or update or delete on subscription_pause
  for each row execute function keep_billed_pauses();
