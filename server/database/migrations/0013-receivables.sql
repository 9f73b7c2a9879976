-- Who owes what follows from double-entry postings, and postings follow from documents of money: what came in, what went back, whose it is,
-- what it settles. An entry that does not balance, a second entry for a document and any change of what is posted are refused.

-- Ledger -------------------------------------------------------------------------------------------------------

create table journal_entry (
  entry           text primary key,                      -- kind and document: a document is posted once for ever
  kind            text not null check (kind in ('invoice', 'credit note', 'payment', 'allocation', 'return', 'assignment', 'top-up')),
  document        text not null,
  posted_on       date not null,
  currency        text not null,
  check (entry = kind || ' ' || document)
);
create index on journal_entry (posted_on);

create table posting (
  entry           text not null references journal_entry,
  place           smallint not null,
  ledger          text not null check (ledger in ('receivables', 'customer credit', 'prepaid credit', 'revenue', 'tax payable', 'clearing',
                                                  'unmatched payments', 'bank charges', 'written off')),
  account_id      text,                                  -- distribution key; null: not kept by billing account
  invoice_number  text,
  detail          text not null default '',              -- of tax payable: category and percent; of clearing: the way of payment
  amount          numeric not null check (amount <> 0),  -- debit above zero, credit below
  primary key (entry, place),
  check ((account_id is not null) = (ledger in ('receivables', 'customer credit', 'prepaid credit'))),
  check ((invoice_number is not null) = (ledger = 'receivables'))
);
create index on posting (account_id, ledger);
create index on posting (invoice_number) where invoice_number is not null;

-- The whole of an entry comes in one statement: it balances there, and its first place can be taken only once.
create function refuse_unbalanced() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select entry, sum(amount) as excess, min(place) as first into wrong
  from posted group by entry having sum(amount) <> 0 or min(place) <> 1 limit 1;
  if found and wrong.excess <> 0 then
    raise exception 'the entry “%” does not balance: its postings add up to %', wrong.entry, wrong.excess using errcode = 'check_violation';
  elsif found then
    raise exception 'the entry “%” is posted already', wrong.entry using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger entries_balance after insert on posting
  referencing new table as posted for each statement execute function refuse_unbalanced();

create function refuse_change_of_ledger() returns trigger language plpgsql as $$
begin
  raise exception 'what is posted never changes (%): post its reversal', tg_table_name using errcode = 'check_violation';
end $$;
create trigger journal_entry_is_immutable before update or delete on journal_entry for each row execute function refuse_change_of_ledger();
create trigger posting_is_immutable before update or delete on posting for each row execute function refuse_change_of_ledger();

-- Documents of money -------------------------------------------------------------------------------------------

-- One file of a bank, one statement in it: taken in once.
create table bank_statement (
  iban            text not null,
  statement_id    text not null,
  sha256          text not null,                         -- of what it says, so that another one of the same name is noticed
  file_name       text not null,
  currency        text not null,
  opens_on        date not null,
  closes_on       date not null,
  opening         numeric not null,
  closing         numeric not null,
  entries         integer not null,
  ignored         integer not null,                      -- of them: charges, transfers of ours, and what is not booked
  primary key (iban, statement_id)
);

alter table payment
  alter column account_id drop not null,                 -- null: nobody knows yet whose it is
  add column provider text not null default '',          -- who told us: a payment provider, a bank; empty: a business event or a predecessor
  add column payer_name text not null default '',
  add column payer_iban text not null default '',
  add column reference text not null default '',         -- structured reference, or the payer's own end-to-end id
  add column remittance text not null default '',        -- free text
  add column bank_reference text not null default '',    -- the bank's own name of the booking
  add column statement_iban text,
  add column statement_id text,
  add column matched_by text check (matched_by in ('sender', 'reference', 'text', 'typing', 'account', 'iban', 'amount', 'person')),
  add column because text not null default '',           -- why it belongs where it went, or why nobody knows
  add foreign key (statement_iban, statement_id) references bank_statement,
  add check (amount > 0) not valid;
create index on payment (payer_iban) where payer_iban <> '';
create index on payment (bank_reference) where bank_reference <> '';
create index on payment (received_on);

-- Money that went back: to the bank that sent it, or to the customer who had paid too much.
create table payment_return (
  return_id       text primary key,
  payment_id      text not null references payment,
  kind            text not null check (kind in ('return', 'chargeback', 'refund')),
  amount          numeric not null check (amount > 0),
  bank_charge     numeric not null default 0 check (bank_charge >= 0),
  returned_on     date not null,
  reason          text not null default '',
  said_by         text not null default '',
  bank_reference  text not null default ''
);
create index on payment_return (payment_id);

-- A person says whose a payment is; the last word counts.
create table payment_assignment (
  payment_id      text not null references payment,
  place           smallint not null,
  account_id      text not null references billing_account,
  invoice_number  text references invoice,
  assigned_on     date not null,
  assigned_by     text not null,
  reason          text not null,
  primary key (payment_id, place)
);

-- What settles how much of an invoice. Below zero: an earlier allocation is taken back.
create table allocation (
  kind            text not null check (kind in ('payment', 'credit note', 'prepaid credit', 'write-off')),
  document        text not null,                         -- the payment, credit note, draw on prepaid credit or decision to write off
  invoice_number  text not null references invoice,
  place           smallint not null,
  account_id      text not null references billing_account,
  amount          numeric not null check (amount <> 0),
  allocated_on    date not null,
  because         text not null,
  primary key (kind, document, invoice_number, place)
);
create index on allocation (invoice_number);
create index on allocation (account_id);

-- A provider's signed message is heard once: whoever repeats it is not the provider.
create table signed_message (
  signature       text primary key,
  signed_at       timestamptz not null
);

-- How people write invoice numbers: with blanks, without hyphens, in small letters.
create index on invoice (upper(regexp_replace(number, '[^A-Za-z0-9]', '', 'g')));

create trigger bank_statement_is_immutable before update or delete on bank_statement for each row execute function refuse_change_of_ledger();
create trigger payment_return_is_immutable before update or delete on payment_return for each row execute function refuse_change_of_ledger();
create trigger payment_assignment_is_immutable before update or delete on payment_assignment for each row execute function refuse_change_of_ledger();
create trigger allocation_is_immutable before update or delete on allocation for each row execute function refuse_change_of_ledger();

-- The one source of open amounts.
create view open_invoice as
select i.number, i.account_id, i.customer_id, i.currency, i.issued_on, i.due_on, i.total,
       i.total - coalesce((select sum(a.amount) from allocation a where a.invoice_number = i.number), 0) as open
from invoice i;

-- What came in for an account, and how much of it settles nothing yet.
create view credit_source as
select 'payment' as kind, p.payment_id as document, p.account_id, p.currency, p.received_on as since,
       p.amount - coalesce((select sum(r.amount) from payment_return r where r.payment_id = p.payment_id), 0)
                - coalesce((select sum(a.amount) from allocation a where a.kind = 'payment' and a.document = p.payment_id), 0) as unused
from payment p where p.account_id is not null
union all
select 'credit note', n.number, n.account_id, n.currency, n.issued_on,
       n.total - coalesce((select sum(a.amount) from allocation a where a.kind = 'credit note' and a.document = n.number), 0)
from credit_note n;
