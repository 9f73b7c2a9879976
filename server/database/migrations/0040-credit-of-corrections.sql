-- What a correction changes of the credit that a cycle uses is a use of its own, so that the uses of a cycle together are always those of its
-- right bill: nothing is drawn twice, and what was drawn too much can be used again.

alter table credit_use
  add column correction smallint not null default 0,     -- 0: by the bill of the cycle; else the number of its correction
  drop constraint credit_use_pkey,
  add primary key (credit, period_from, correction),
  drop constraint credit_use_amount_check,
  add check (amount > 0 or (amount < 0 and correction > 0));  -- below zero: it comes back

create or replace function refuse_overdrawn_credit() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select t.credit, t.amount, sum(u.amount) as used into wrong from top_up t join credit_use u using (credit)
  where t.credit in (select credit from used) group by 1, 2 having sum(u.amount) > t.amount limit 1;
  if found then
    raise exception 'more would be used of credit % than there is of it (% of %)', wrong.credit, wrong.used, wrong.amount using errcode = 'check_violation';
  end if;
  select credit, period_from into wrong from credit_use
  where credit in (select credit from used) group by 1, 2 having sum(amount) < 0 limit 1;
  if found then
    raise exception 'more of credit % would come back than the cycle from % has used', wrong.credit, wrong.period_from using errcode = 'check_violation';
  end if;
  return null;
end $$;

-- An invoice is paid by what its own cycle uses, and by what the cycles that it corrects use more.
create or replace function book_invoices() returns trigger language plpgsql as $$
begin
  perform post_invoices(array(select number from issued));
  if exists (select from issued where bill->'prepaid' is not null) then
    insert into credit_use (credit, account_id, period_from, invoice_number, amount)
    select u.one->>'credit', i.account_id, i.period_from, i.number, (u.one->>'amount')::numeric
    from issued i cross join lateral jsonb_array_elements(i.bill->'prepaid'->'used') u (one);
    insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
    select 'prepaid credit', u.one->>'credit', i.number, 1, i.account_id, sum((u.one->>'amount')::numeric), i.issued_on, 'Paid by prepaid credit'
    from issued i cross join lateral jsonb_array_elements((i.bill->'prepaid'->'used') || coalesce(i.bill->'prepaid'->'corrections'->'used', '[]')) u (one)
    where u.one->>'kind' = 'paid' group by u.one->>'credit', i.number, i.account_id, i.issued_on
    union all
    select 'write-off', 'rounding', i.number, 1, i.account_id, -(i.bill->'prepaid'->>'rounding')::numeric, i.issued_on,
           'Rounding beyond prepaid credit that pays all that is charged'
    from issued i where i.bill->'prepaid'->'rounding' is not null;
  end if;
  perform use_credit(array(select account_id from issued where total > 0), array(select number from issued), 'Credit of the account');
  return null;
end $$;
