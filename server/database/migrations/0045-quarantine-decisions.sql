-- Who settled a record in quarantine, when and why, also where it was accepted as it came or dropped; null where a delivery of its file did.

alter table quarantined_record drop constraint quarantined_record_check;
alter table quarantined_record rename column corrected_by to decided_by;
alter table quarantined_record
  add column decided_at timestamptz,
  add column why text,                                   -- of those a person has dropped
  add constraint quarantined_record_decision check (
    (decided_by is null or state <> 'open')
    and (decided_at is null or decided_by is not null)
    and (corrected is null or (state = 'replayed' and decided_by is not null))
    and (why is null or (state = 'dropped' and decided_by is not null))
  );
-- The quarantine is read by reason, and what waits is a small part of what ever waited.
create index on quarantined_record (reason, file_id, line_number) where state = 'open';
