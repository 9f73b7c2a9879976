-- A held bill can be rated again, with all that is known by then. What was found about the draft that it replaces stays in the queue, with what people
-- said of it, and tells nothing about the bill any more.
alter table exception
  add column superseded boolean not null default false,  -- of a draft that has been rated again since
  drop constraint exception_state_check,
  add constraint exception_state_check check (state in ('open', 'approved', 'rejected', 're-rated'));
