-- A run is worked on by any number of workers. Its accounts are cut into shards; a shard of a step is claimed, worked and marked as done in one
-- transaction, so that it is repeated whole or not at all, and the last one of a step takes the run on. The queue only carries who is to do what: these
-- rows are the truth. All accounts of a customer are in one shard, since what one invoice tells a customer counts for the next.
alter table account_cycle add column shard integer not null default 0;

create table run_shard (
  run_id          text not null references bill_run,
  step            text not null check (step in ('rate', 'invoice')),
  shard           integer not null,
  accounts        integer not null,                      -- so many are to do
  done            boolean not null default false,
  primary key (run_id, step, shard)
);

-- Accounts are rated, priced and doubted in one go, and issued invoices are compared with their preview before they are delivered.
update account_cycle set state = 'open' where state in ('rated', 'priced');
update bill_run set step = 'rate' where step = 'price' or step = 'validate' and exists (
  select from account_cycle c where c.run_id = bill_run.run_id and c.state = 'open');
alter table account_cycle
  drop constraint account_cycle_state_check,
  add constraint account_cycle_state_check check (state in ('open', 'held', 'clear', 'rejected', 'invoiced'));
alter table bill_run
  drop constraint bill_run_step_check,
  add constraint bill_run_step_check check (step in ('collect', 'rate', 'validate', 'invoice', 'check', 'deliver', 'report', 'done')),
  add column asked boolean not null default false,       -- it is to go on, and nobody has looked at it yet
  add column step_started_at timestamptz not null default now(),
  add column step_done integer,                          -- of a step without shards: so much is done …
  add column step_total integer;                         -- … of so much

create index on account_cycle (run_id, shard);
