-- Prepaid credit is what was topped up or given, less what bills have used of it. There is no balance that could be lowered twice: what is left
-- is worked out from these rows, and what a bill uses is one row per credit and cycle, stored by the statement that issues it.

create table top_up (
  source          text not null,                         -- who told us: a payment provider, a shop, a campaign
  top_up_id       text not null,
  credit          text not null generated always as (source || '/' || top_up_id) stored unique,
  account_id      text not null references billing_account, -- distribution key
  kind            text not null check (kind in ('paid', 'bonus')),
  amount          numeric not null check (amount > 0),   -- with tax
  currency        text not null,
  method          text not null default '',              -- of a payment: card, voucher, …
  received_at     bigint not null,                       -- epoch milliseconds, UTC: it can be used from then on
  expires_at      bigint check (expires_at > received_at),
  reason          text not null default '',              -- of a gift: what it was given for
  primary key (source, top_up_id),
  check ((method <> '') = (kind = 'paid'))
);
create index on top_up (account_id);

create table credit_use (
  credit          text not null references top_up (credit),
  account_id      text not null references billing_account,
  period_from     date not null,
  invoice_number  text not null references invoice,
  amount          numeric not null check (amount > 0),
  primary key (credit, period_from)
);
create index on credit_use (account_id);

create trigger top_up_is_immutable before update or delete on top_up for each row execute function refuse_change_of_ledger();
create trigger credit_use_is_immutable before update or delete on credit_use for each row execute function refuse_change_of_ledger();

create function book_top_ups() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select t.credit, t.currency, a.currency as kept_in into wrong
  from added t join billing_account a using (account_id) where t.currency <> a.currency limit 1;
  if found then
    raise exception 'top-up % is in %, its account is kept in %', wrong.credit, wrong.currency, wrong.kept_in using errcode = 'check_violation';
  end if;
  perform post_top_up(t.credit, t.account_id, t.amount, t.currency, t.method, (to_timestamp(t.received_at / 1000.0) at time zone a.zone)::date)
  from added t join billing_account a using (account_id) where t.kind = 'paid';
  return null;
end $$;
create trigger top_up_is_posted after insert on top_up
  referencing new table as added for each statement execute function book_top_ups();

create function refuse_overdrawn_credit() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select t.credit, t.amount, sum(u.amount) as used into wrong from top_up t join credit_use u using (credit)
  where t.credit in (select credit from used) group by 1, 2 having sum(u.amount) > t.amount limit 1;
  if found then
    raise exception 'more would be used of credit % than there is of it (% of %)', wrong.credit, wrong.used, wrong.amount using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger credit_is_not_overdrawn after insert on credit_use
  referencing new table as used for each statement execute function refuse_overdrawn_credit();

-- What a bill says that credit pays, it pays when the invoice is issued, before what was paid too much.
create or replace function book_invoices() returns trigger language plpgsql as $$
begin
  perform post_invoices(array(select number from issued));
  if exists (select from issued where bill->'prepaid' is not null) then
    insert into credit_use (credit, account_id, period_from, invoice_number, amount)
    select u.one->>'credit', i.account_id, i.period_from, i.number, (u.one->>'amount')::numeric
    from issued i cross join lateral jsonb_array_elements(i.bill->'prepaid'->'used') u (one);
    insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
    select 'prepaid credit', u.one->>'credit', i.number, 1, i.account_id, (u.one->>'amount')::numeric, i.issued_on, 'Paid by prepaid credit'
    from issued i cross join lateral jsonb_array_elements(i.bill->'prepaid'->'used') u (one) where u.one->>'kind' = 'paid'
    union all
    select 'write-off', 'rounding', i.number, 1, i.account_id, -(i.bill->'prepaid'->>'rounding')::numeric, i.issued_on,
           'Rounding beyond prepaid credit that pays all that is charged'
    from issued i where i.bill->'prepaid'->'rounding' is not null;
  end if;
  perform use_credit(array(select account_id from issued where total > 0), array(select number from issued), 'Credit of the account');
  return null;
end $$;
