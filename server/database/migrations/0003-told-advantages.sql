-- What invoices have told a customer of an advantage: the cap of a calendar year counts over all of them.

create table told_advantage (
  invoice_number  text not null references invoice,
  rule            text not null,
  customer_id     text not null references customer,
  year            integer not null,                      -- of issue
  amount          numeric not null,                      -- negative where a refund takes back what was told
  primary key (invoice_number, rule)
);
create index on told_advantage (customer_id, year);
