-- An issued invoice never changes. What late or corrected usage, a repaired rule or a plan changed afterwards takes off it is given back by a
-- credit note, a document of its own: numbered without gaps, positive, and as immutable as the invoice it corrects.
create table credit_note (
  number          text primary key,
  legal_entity    text not null,
  account_id      text not null references billing_account,
  customer_id     text not null references customer,
  run_id          text references bill_run,              -- the run that issued it; null: issued by a person
  corrects        text not null references invoice,
  issued_on       date not null,
  currency        text not null,
  net             numeric not null,
  tax             numeric not null,
  total           numeric not null check (total = net + tax and total > 0),
  note            jsonb not null,                        -- engine's CreditNote: lines, taxes, reasons: immutable once issued
  rule_set        text references rule_set
);
create index on credit_note (corrects);
create index on credit_note (account_id);
create index on credit_note (run_id);

create trigger credit_note_is_immutable before update or delete on credit_note for each row execute function refuse_change();
