-- What is usual is known from the past: how often a line was used in past cycles, what each usage file was like, which rules
-- were released when. An exception keeps the figures it was found by.

alter table past_cycle add column events jsonb;          -- {"voice": 41, ...}; null where nobody counted them

alter table exception add column figures jsonb;          -- engine's EvidenceFigures

-- In the order in which rule sets were released for the first time; those stored before are the oldest.
alter table rule_set add column release_number integer generated always as identity;

-- What the records of one service in one usage file are like, as counts: how large, at which hour, with whom.
create table usage_profile (
  file_id         integer not null references usage_file,
  source          text not null,
  service         text not null,
  day             date not null,                         -- the file's day: on which the middle record started
  events          integer not null check (events > 0),
  counts          jsonb not null,                        -- {"hour": {"9": 41, ...}, ...}
  primary key (file_id, service)
);
create index on usage_profile (source, service, day);
