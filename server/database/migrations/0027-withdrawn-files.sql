-- A usage file that a person takes out waits to be delivered again: its records are removed before anything is rated by them.
-- What a trailer says of quantities, where it says any, is kept beside what was read.

alter table usage_file
  add column withdrawn_at timestamptz,
  add column totals_announced text,
  add column totals_read text;
