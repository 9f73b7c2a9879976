-- What is decided again before any invoice is issued is a sample of the whole run. It is cut into shards of its own, so that all workers take part.
alter table run_shard
  drop constraint run_shard_step_check,
  add constraint run_shard_step_check check (step in ('rate', 'validate', 'invoice')),
  add column sample text[];                              -- the accounts of a shard of the sample; null: those of the run's shard that the step moves on
