-- A change of plan, a pause or an end that becomes known when its days are billed already is taken in, if it is written down who said so, when and
-- why; the bills that would have known of it are corrected.

create table backdated_change (
  subscription_id text not null references subscription,
  number          smallint not null,                     -- counted for the subscription
  from_day        date not null,                         -- first day that is otherwise than it was billed
  change          jsonb not null,                        -- server's BackdatedChange
  known_on        date not null,                         -- in the company's zone
  requested_by    text check (requested_by <> ''),       -- null: a business event told of it
  reason          text not null,
  entered_in      xid8 not null default pg_current_xact_id(),
  found_by        date,                                  -- first day of the account's cycle that was last rated with it
  settled_on      date,                                  -- corrected at once, without a cycle
  primary key (subscription_id, number)
);

-- Those that bills do not know of yet: the account's next rating corrects what is issued.
create view unsettled_change as
  select s.account_id, b.subscription_id, b.number, b.from_day
  from backdated_change b join subscription s using (subscription_id)
  where b.settled_on is null and not exists (
    select from account_cycle c where c.account_id = s.account_id and c.period_from = b.found_by and c.state = 'invoiced');

create or replace function refuse_billed_day(subscription text, day date, rule text) returns void language plpgsql as $$
begin
  -- What the same transaction writes down as backdated may reach back.
  if exists (
    select from backdated_change b where b.subscription_id = subscription and b.from_day <= day and b.entered_in = pg_current_xact_id()
  ) then
    return;
  end if;
  if exists (
    select from subscription s join account_cycle c using (account_id) where s.subscription_id = subscription and day <= c.period_until
  ) or exists (
    select from subscription s join invoice i using (account_id) where s.subscription_id = subscription and day <= i.period_until
  ) then
    raise exception 'cycles of subscription % that are taken up already would change from %', subscription, day
      using errcode = 'check_violation', constraint = rule;
  end if;
end $$;
