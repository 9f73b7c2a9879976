-- Usage comes in more than one format; what waits in quarantine is read again in the one it came in, as it is or as a person has corrected it.

alter table usage_file add column format text not null default 'csv';
-- Records that came over the API are kept as JSON.
update usage_file set format = 'ndjson' where name like 'api batch %';

alter table quarantined_record
  add column corrected text,                             -- the line that was accepted in its place
  add column corrected_by text,
  add check ((corrected is null) = (corrected_by is null) and (corrected is null or state = 'replayed'));
