-- What the last bill of a closed account carries forward has no bill to go to. When it is paid out it is released first: it becomes credit of the
-- account like that of a credit note, which settles what is open and goes back as refunds of payments. The bill posted what it carried forward as revenue
-- and tax, so that it came to nothing; that is taken back. A row is a tax group, all rows of a pay-out are one document.
create table released_credit (
  pay_out         text not null,                         -- id of the pay-out that released it
  account_id      text not null references billing_account,
  known_from      date not null,                         -- as of the `credit_balance` that it is of
  tax_category    text not null,
  tax_percent     text not null,
  number          smallint not null,                     -- 1, and more where a correction has raised the credit since
  subscription_id text not null,
  currency        text not null,
  amount          numeric not null check (amount > 0),   -- before tax
  tax             numeric not null check (tax >= 0),
  released_on     date not null,
  said_by         text not null,
  reason          text not null,
  primary key (account_id, known_from, tax_category, tax_percent, number),
  unique (pay_out, tax_category, tax_percent)
);
create trigger released_credit_is_immutable before update or delete on released_credit for each row execute function refuse_change_of_ledger();

alter table journal_entry drop constraint journal_entry_kind_check,
  add constraint journal_entry_kind_check
    check (kind in ('invoice', 'credit note', 'payment', 'allocation', 'return', 'assignment', 'top-up', 'carried credit'));
alter table allocation drop constraint allocation_kind_check,
  add constraint allocation_kind_check check (kind in ('payment', 'credit note', 'prepaid credit', 'write-off', 'carried credit'));

create or replace view credit_source as
select 'payment' as kind, p.payment_id as document, p.account_id, p.currency, p.received_on as since,
       p.amount - coalesce((select sum(r.amount) from payment_return r where r.payment_id = p.payment_id), 0)
                - coalesce((select sum(a.amount) from allocation a where a.kind = 'payment' and a.document = p.payment_id), 0) as unused
from payment p where p.account_id is not null
union all
select 'credit note', n.number, n.account_id, n.currency, n.issued_on,
       n.total - coalesce((select sum(a.amount) from allocation a where a.kind = 'credit note' and a.document = n.number), 0)
from credit_note n
union all
select 'carried credit', r.pay_out, r.account_id, r.currency, r.released_on,
       sum(r.amount + r.tax) - coalesce((select sum(a.amount) from allocation a where a.kind = 'carried credit' and a.document = r.pay_out), 0)
from released_credit r group by r.pay_out, r.account_id, r.currency, r.released_on;

create function book_released_credit() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  perform lock_accounts(array(select account_id from released));
  select account_id, known_from, tax_category, tax_percent, sum(amount) as amount, coalesce(max(left_over), 0) as left_over into wrong
  from released_credit r left join lateral (
    select sum(b.amount) as left_over from credit_balance b
    where (b.account_id, b.known_from, b.tax_category, b.tax_percent) = (r.account_id, r.known_from, r.tax_category, r.tax_percent)) b on true
  where (account_id, known_from, tax_category, tax_percent) in (select account_id, known_from, tax_category, tax_percent from released)
  group by 1, 2, 3, 4 having sum(amount) > coalesce(max(left_over), 0) limit 1;
  if found then
    raise exception 'more would be released of the credit of account % than it has (% of %)', wrong.account_id, wrong.amount, wrong.left_over using errcode = 'check_violation';
  end if;
  insert into journal_entry select distinct 'carried credit ' || pay_out, 'carried credit', pay_out, released_on, currency from released;
  insert into posting (entry, place, ledger, account_id, detail, amount)
  select 'carried credit ' || r.pay_out, row_number() over (partition by r.pay_out order by p.rank, p.detail collate "C"), p.ledger, p.account_id, p.detail, p.amount
  from (select pay_out, account_id, sum(amount) as net, sum(tax) as tax from released group by 1, 2) r cross join lateral (
    select 1 as rank, 'customer credit' as ledger, r.account_id, '' as detail, -r.net - r.tax as amount
    union all select 2, 'revenue', null, '', r.net
    union all select 3, 'tax payable', null, t.tax_category || ' ' || t.tax_percent, t.tax from released t where t.pay_out = r.pay_out) p
  where p.amount <> 0;
  perform use_credit(array(select account_id from released), null, 'What the last invoice carried forward');
  return null;
end $$;
create trigger released_credit_is_posted after insert on released_credit
  referencing new table as released for each statement execute function book_released_credit();
alter function book_released_credit() set seq_page_cost = 20;

-- What is allocated of released credit is no more than there is of it, too.
create or replace function book_allocations() returns trigger language plpgsql set seq_page_cost = 20 as $$
declare
  wrong record;
begin
  insert into journal_entry
  select 'allocation ' || key, 'allocation', key, allocated_on, currency
  from (select concat_ws(' ', n.kind, n.document, n.invoice_number, n.place) as key, n.allocated_on, i.currency
        from allocated n join invoice i on i.number = n.invoice_number) e;
  insert into posting (entry, place, ledger, account_id, invoice_number, amount)
  select 'allocation ' || concat_ws(' ', n.kind, n.document, n.invoice_number, n.place), p.place, p.ledger, p.account_id, p.invoice_number, p.amount
  from allocated n cross join lateral (values
    (1, case n.kind when 'prepaid credit' then 'prepaid credit' when 'write-off' then 'written off' else 'customer credit' end,
        case when n.kind <> 'write-off' then n.account_id end, null, n.amount),
    (2, 'receivables', n.account_id, n.invoice_number, -n.amount)) p (place, ledger, account_id, invoice_number, amount);
  select o.number, o.open into wrong from open_invoice o
  where o.number in (select invoice_number from allocated) and (o.open < 0 or o.open > o.total) limit 1;
  if found then
    raise exception 'more would be allocated to invoice % than its total (% would be open)', wrong.number, wrong.open using errcode = 'check_violation';
  end if;
  select n.document into wrong from allocated n left join credit_source c on c.kind = n.kind and c.document = n.document
  where n.kind in ('payment', 'credit note', 'carried credit') and (c.unused is null or c.unused < 0 or c.account_id <> n.account_id) limit 1;
  if found then
    raise exception 'more would be allocated of % than there is of it for that account', wrong.document using errcode = 'check_violation';
  end if;
  select account_id into wrong from posting
  where ledger = 'prepaid credit' and account_id in (select account_id from allocated where kind = 'prepaid credit')
  group by account_id having sum(amount) > 0 limit 1;
  if found then
    raise exception 'the prepaid credit of account % does not suffice', wrong.account_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
