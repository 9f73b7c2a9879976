-- Usage that comes to an amount which its plan says is invoiced before its cycle ends. Such an invoice is one like all others: numbered, posted, paid.
-- It is of a cycle whose bill takes it off, so that a cycle may have several invoices; each of them, and each amount, comes once. It closes no days:
-- what changes in the cycle, also before it was issued, the bill will know.

alter table invoice
  add column interim smallint not null default 0 check (interim >= 0),   -- 0: the bill of the cycle; else which one before it
  drop constraint invoice_account_id_period_from_key,
  add unique (account_id, period_from, interim),
  add check (interim = 0 or period_until = period_from);               -- up to where it charges, its bill says

-- What it was made from, so that it can be itemised and explained for ever.
create table interim_invoice (
  number          text primary key references invoice,
  usage_cut       integer not null,
  inputs          jsonb not null                         -- engine's AccountCycle without usage, as it was then
);

create table passed_threshold (
  subscription_id text not null references subscription,
  period_from     date not null,
  threshold       numeric not null check (threshold > 0),
  invoice_number  text not null references interim_invoice,
  primary key (subscription_id, period_from, threshold)
);
create index on passed_threshold (invoice_number);

create trigger interim_invoice_is_immutable before update or delete on interim_invoice for each row execute function refuse_change_of_ledger();
create trigger passed_threshold_is_immutable before update or delete on passed_threshold for each row execute function refuse_change_of_ledger();

-- Up to which delivery, and by which rules, an account's usage has been held against its thresholds: only where more has come it is rated again.
create table threshold_look (
  account_id      text primary key references billing_account,
  usage_cut       integer not null,
  rule_set        text not null references rule_set
);

-- A bill that has been rated knows all invoices before it: none may follow.
create function refuse_late_interim() returns trigger language plpgsql as $$
begin
  if exists (select from account_cycle c where c.account_id = new.account_id and c.period_from = new.period_from and c.state <> 'open') then
    raise exception 'the cycle of account % from % has been rated: its bill charges what is left', new.account_id, new.period_from
      using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger interim_comes_before_the_bill before insert on invoice for each row when (new.interim > 0) execute function refuse_late_interim();
