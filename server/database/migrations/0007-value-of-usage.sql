-- What was bought over the telephone is worth money: prices in percent are a share of it.

alter table usage_event
  add column value numeric check (value >= 0),
  add column value_currency text,
  add check ((value is null) = (value_currency is null));
