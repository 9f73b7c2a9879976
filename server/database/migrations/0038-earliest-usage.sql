-- When the earliest record of a delivery started, in milliseconds; null if nobody knows. Whoever looks for late usage need not look further
-- back than the deliveries that have come since.
alter table usage_file add column earliest bigint;
update usage_file f set earliest = u.earliest
  from (select arrived as file_id, min(start_at) as earliest from usage_version group by 1) u
  where u.file_id = f.file_id;
