-- A plan may say how late usage can be to be billed at all. What came later is billed by no cycle, and must not be counted by its own one either when
-- that is evaluated once more: which cycle found it so is kept where it is kept which cycle bills late usage.

alter table late_usage add column is_billed boolean not null default true;
