-- One index for who asks for the accounts of a run, of a state in it, or of a shard in that state. With an index for each of the two, a database that
-- has no statistics of the run yet may read all of its accounts for every shard.
drop index account_cycle_run_id_shard_idx;
drop index account_cycle_run_id_state_idx;
create index on account_cycle (run_id, state, shard);
