-- Documents post themselves: an invoice, a credit note, a payment, its return and its use are posted in the statement that stores them, so
-- that no way of storing one can forget it, and a run that issues many posts them in sets.

-- Taxes of a bill or credit note by category and percent; those of a predecessor's document without them stand under no rate.
create function taxes_of(document jsonb, tax numeric) returns table (detail text, amount numeric) language sql immutable as $$
  select (t->>'category') || ' ' || (t->>'percent'), sum((t->>'amount')::numeric)
  from jsonb_array_elements(document->'taxes') t group by 1
  union all
  select '', tax where coalesce(jsonb_array_length(document->'taxes'), 0) = 0
$$;

create function post_invoices(numbers text[]) returns void language sql as $$
  insert into journal_entry select 'invoice ' || number, 'invoice', number, issued_on, currency from invoice where number = any(numbers);
  insert into posting (entry, place, ledger, account_id, invoice_number, detail, amount)
  select 'invoice ' || i.number, row_number() over (partition by i.number order by p.rank, p.detail collate "C"),
         p.ledger, p.account_id, p.invoice_number, p.detail, p.amount
  from invoice i cross join lateral (
    select 1 as rank, 'receivables' as ledger, i.account_id, i.number as invoice_number, '' as detail, i.total as amount
    union all select 2, 'revenue', null, null, '', -i.net
    union all select 3, 'tax payable', null, null, t.detail, -t.amount from taxes_of(i.bill::jsonb, i.tax) t) p
  where i.number = any(numbers) and p.amount <> 0
$$;

create function post_credit_notes(numbers text[]) returns void language sql as $$
  insert into journal_entry select 'credit note ' || number, 'credit note', number, issued_on, currency from credit_note where number = any(numbers);
  insert into posting (entry, place, ledger, account_id, detail, amount)
  select 'credit note ' || n.number, row_number() over (partition by n.number order by p.rank, p.detail collate "C"), p.ledger, p.account_id, p.detail, p.amount
  from credit_note n cross join lateral (
    select 1 as rank, 'customer credit' as ledger, n.account_id, '' as detail, -n.total as amount
    union all select 2, 'revenue', null, '', n.net
    union all select 3, 'tax payable', null, t.detail, t.amount from taxes_of(n.note::jsonb, n.tax) t) p
  where n.number = any(numbers) and p.amount <> 0
$$;

create function post_payments(ids text[]) returns void language sql as $$
  insert into journal_entry select 'payment ' || payment_id, 'payment', payment_id, received_on, currency from payment where payment_id = any(ids);
  insert into posting (entry, place, ledger, account_id, detail, amount)
  select 'payment ' || p.payment_id, s.place, s.ledger, s.account_id, s.detail, s.amount
  from payment p cross join lateral (values
    (1, 'clearing', null, p.method, p.amount),
    (2, case when p.account_id is null then 'unmatched payments' else 'customer credit' end, p.account_id, '', -p.amount)
  ) s (place, ledger, account_id, detail, amount)
  where p.payment_id = any(ids) and p.amount <> 0
$$;

-- Money that a customer puts into the prepaid credit of an account; to be called in the transaction that stores the top-up.
create function post_top_up(top_up text, account text, amount numeric, currency text, method text, day date) returns void language sql as $$
  insert into journal_entry values ('top-up ' || top_up, 'top-up', top_up, day, currency);
  insert into posting (entry, place, ledger, account_id, detail, amount) values
    ('top-up ' || top_up, 1, 'clearing', null, method, amount),
    ('top-up ' || top_up, 2, 'prepaid credit', account, '', -amount);
$$;

-- Allocations of one account wait for each other: each must see what the others left.
create function lock_accounts(accounts text[]) returns void language plpgsql as $$
begin
  perform from billing_account where account_id = any(accounts) order by account_id for no key update;
end $$;

-- Credit notes settle the invoice that they correct, payments the one that they name, as far as it is open.
create function allocate_named(of_kind text, documents text[]) returns void language sql as $$
  with source as (
    select c.kind, c.document, c.account_id, c.currency, c.since, c.unused, coalesce(p.invoice_number, n.corrects) as number,
           coalesce(nullif(p.because, ''), case when c.kind = 'payment' then 'The payment names the invoice' else 'The credit note corrects the invoice' end) as because
    from credit_source c
    left join payment p on c.kind = 'payment' and p.payment_id = c.document
    left join credit_note n on c.kind = 'credit note' and n.number = c.document
    where c.kind = of_kind and c.document = any(documents) and c.unused > 0),
  ranged as (
    select s.*, o.open, o.issued_on, sum(s.unused) over w as until, sum(s.unused) over w - s.unused as from_
    from source s join open_invoice o on o.number = s.number and o.account_id = s.account_id and o.currency = s.currency
    window w as (partition by s.number order by s.since, s.document collate "C"))
  insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
  select r.kind, r.document, r.number,
         1 + (select count(*) from allocation a where a.kind = r.kind and a.document = r.document and a.invoice_number = r.number),
         r.account_id, least(r.until, r.open) - r.from_, greatest(r.since, r.issued_on), r.because
  from ranged r where r.from_ < r.open
$$;

-- Uses an account's credit, the oldest first, for its open invoices, the first due first, disputed ones excepted: both are laid out on one
-- line, and what overlaps is allocated. Without `numbers` for all open invoices of the accounts.
create function use_credit(accounts text[], numbers text[], why text) returns void language plpgsql as $$
declare
  having_credit text[];
begin
  having_credit := array(select account_id from posting where ledger = 'customer credit' and account_id = any(accounts)
                         group by account_id having sum(amount) <> 0);
  if cardinality(having_credit) = 0 then return; end if;
  perform lock_accounts(having_credit);
  with credit as (
    select c.*, sum(unused) over w as until, sum(unused) over w - unused as from_
    from credit_source c where account_id = any(having_credit) and unused > 0
    window w as (partition by account_id, currency order by since, kind, document collate "C")),
  owed as (
    select o.*, sum(open) over w as until, sum(open) over w - open as from_
    from open_invoice o where account_id = any(having_credit) and open > 0 and (numbers is null or number = any(numbers))
      and not exists (select from invoice_dispute d where d.invoice_number = o.number and d.settled_at is null)
    window w as (partition by account_id, currency order by due_on, number collate "C"))
  insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
  select c.kind, c.document, o.number,
         1 + (select count(*) from allocation a where a.kind = c.kind and a.document = c.document and a.invoice_number = o.number),
         c.account_id, least(c.until, o.until) - greatest(c.from_, o.from_), greatest(c.since, o.issued_on), why
  from credit c join owed o using (account_id, currency)
  where least(c.until, o.until) > greatest(c.from_, o.from_);
end $$;

-- Takes allocations of a payment back, the latest first, until `wanted` of it is free.
create function free_payment(payment text, wanted numeric, day date, why text) returns void language sql as $$
  with used as (
    select invoice_number, account_id, sum(amount) as amount, max(allocated_on) as last
    from allocation where kind = 'payment' and document = payment group by 1, 2 having sum(amount) > 0),
  ranged as (
    select u.*, sum(amount) over w - amount as from_,
           wanted - coalesce((select unused from credit_source where kind = 'payment' and document = payment), 0) as lacking
    from used u window w as (order by last desc, invoice_number collate "C" desc))
  insert into allocation (kind, document, invoice_number, place, account_id, amount, allocated_on, because)
  select 'payment', payment, r.invoice_number,
         1 + (select count(*) from allocation a where a.kind = 'payment' and a.document = payment and a.invoice_number = r.invoice_number),
         r.account_id, -least(r.amount, r.lacking - r.from_), greatest(day, r.last), why
  from ranged r where r.from_ < r.lacking
$$;

-- Documents post themselves ------------------------------------------------------------------------------------

create function book_invoices() returns trigger language plpgsql as $$
begin
  perform post_invoices(array(select number from issued));
  perform use_credit(array(select account_id from issued where total > 0), array(select number from issued), 'Credit of the account');
  return null;
end $$;
create trigger invoice_is_posted after insert on invoice
  referencing new table as issued for each statement execute function book_invoices();

create function book_credit_notes() returns trigger language plpgsql as $$
begin
  perform post_credit_notes(array(select number from issued));
  perform lock_accounts(array(select account_id from issued));
  perform allocate_named('credit note', array(select number from issued));
  perform use_credit(array(select account_id from issued), null, 'What a credit note gave back');
  return null;
end $$;
create trigger credit_note_is_posted after insert on credit_note
  referencing new table as issued for each statement execute function book_credit_notes();

create function book_payments() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select p.payment_id, p.currency, a.currency as kept_in into wrong
  from received p join billing_account a using (account_id) where p.currency <> a.currency limit 1;
  if found then
    raise exception 'payment % is in %, its account is kept in %', wrong.payment_id, wrong.currency, wrong.kept_in using errcode = 'check_violation';
  end if;
  perform post_payments(array(select payment_id from received));
  perform lock_accounts(array(select account_id from received where account_id is not null));
  perform allocate_named('payment', array(select payment_id from received where invoice_number is not null));
  return null;
end $$;
create trigger payment_is_posted after insert on payment
  referencing new table as received for each statement execute function book_payments();

-- Whose a payment is changes by an assignment only, and nothing else of it changes.
create function guard_payment() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (to_jsonb(new) - '{account_id,invoice_number,matched_by,because}'::text[]) <> (to_jsonb(old) - '{account_id,invoice_number,matched_by,because}'::text[])
     or not exists (select from payment_assignment a where a.payment_id = old.payment_id
                      and a.account_id = new.account_id and a.invoice_number is not distinct from new.invoice_number
                      and a.place = (select max(place) from payment_assignment l where l.payment_id = old.payment_id)) then
    raise exception 'payments never change (payment %): assign or return it', old.payment_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger payment_is_immutable before update or delete on payment for each row execute function guard_payment();

create function book_return() returns trigger language plpgsql as $$
declare
  paid payment;
  free numeric;
begin
  select * into paid from payment where payment_id = new.payment_id for no key update;
  perform lock_accounts(array[paid.account_id]);
  if new.kind <> 'refund' then
    -- The view counts the new row already.
    perform free_payment(new.payment_id, 0, new.returned_on, 'The payment went back');
  end if;
  free := case when paid.account_id is null
    then paid.amount - (select sum(amount) from payment_return where payment_id = new.payment_id)
    else (select unused from credit_source where kind = 'payment' and document = new.payment_id) end;
  if free < 0 then
    raise exception 'payment % has % less than the % that should go back', new.payment_id, -free, new.amount using errcode = 'check_violation';
  end if;
  insert into journal_entry values ('return ' || new.return_id, 'return', new.return_id, new.returned_on, paid.currency);
  insert into posting (entry, place, ledger, account_id, detail, amount)
  select 'return ' || new.return_id, place, ledger, account_id, detail, amount from (values
    (1, 'clearing', null, paid.method, -new.amount - new.bank_charge),
    (2, case when paid.account_id is null then 'unmatched payments' else 'customer credit' end, paid.account_id, '', new.amount),
    (3, 'bank charges', null, '', new.bank_charge)) p (place, ledger, account_id, detail, amount) where amount <> 0;
  return null;
end $$;
create trigger return_is_posted after insert on payment_return for each row execute function book_return();

create function book_assignment() returns trigger language plpgsql as $$
declare
  paid payment;
  kept numeric;
begin
  select * into paid from payment where payment_id = new.payment_id for no key update;
  perform lock_accounts(array_remove(array[paid.account_id, new.account_id], null));
  if paid.currency <> (select currency from billing_account where account_id = new.account_id) then
    raise exception 'payment % is in %, which account % is not kept in', new.payment_id, paid.currency, new.account_id using errcode = 'check_violation';
  end if;
  kept := paid.amount - coalesce((select sum(amount) from payment_return where payment_id = new.payment_id), 0);
  if paid.account_id is not null then
    perform free_payment(new.payment_id, kept, new.assigned_on, 'Assigned anew: ' || new.reason);
  end if;
  if paid.account_id is distinct from new.account_id and kept > 0 then
    insert into journal_entry values ('assignment ' || new.payment_id || ' ' || new.place, 'assignment', new.payment_id || ' ' || new.place,
                                      greatest(new.assigned_on, paid.received_on), paid.currency);
    insert into posting (entry, place, ledger, account_id, amount) values
      ('assignment ' || new.payment_id || ' ' || new.place, 1, case when paid.account_id is null then 'unmatched payments' else 'customer credit' end, paid.account_id, kept),
      ('assignment ' || new.payment_id || ' ' || new.place, 2, 'customer credit', new.account_id, -kept);
  end if;
  update payment set account_id = new.account_id, invoice_number = new.invoice_number, matched_by = 'person',
                     because = 'Assigned by ' || new.assigned_by || ': ' || new.reason
  where payment_id = new.payment_id;
  perform allocate_named('payment', array[new.payment_id]);
  return null;
end $$;
create trigger assignment_is_posted after insert on payment_assignment for each row execute function book_assignment();

create function book_allocations() returns trigger language plpgsql as $$
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
  where n.kind in ('payment', 'credit note') and (c.unused is null or c.unused < 0 or c.account_id <> n.account_id) limit 1;
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
create trigger allocation_is_posted after insert on allocation
  referencing new table as allocated for each statement execute function book_allocations();

-- What was issued and paid before is taken over.
select post_invoices(array(select number from invoice));
select post_credit_notes(array(select number from credit_note));
select post_payments(array(select payment_id from payment));
select allocate_named('credit note', array(select number from credit_note));
select allocate_named('payment', array(select payment_id from payment where invoice_number is not null));
