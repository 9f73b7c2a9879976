-- Numbers are assigned to all documents of a run in one ordered step, before workers make the documents in whatever order they get to them: equal
-- runs give equal books. A number that is assigned is kept with its cycle and used by nothing else. Each kind of document is counted by itself.
alter table number_sequence
  add column kind text not null default 'invoice' check (kind in ('invoice', 'credit note')),
  drop constraint number_sequence_pkey,
  add primary key (kind, legal_entity, year);
alter table number_sequence alter column kind drop default;

alter table account_cycle add column invoice_number text unique;
update account_cycle c set invoice_number = i.number
  from invoice i where i.account_id = c.account_id and i.period_from = c.period_from and c.state = 'invoiced';
alter table account_cycle
  add check (invoice_number is null or state in ('clear', 'invoiced')),
  add check (state <> 'invoiced' or invoice_number is not null);
