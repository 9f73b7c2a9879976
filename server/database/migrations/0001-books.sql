-- The books of a billing operator: who is billed, what they used, what was billed, what was told to whom, and what a
-- person still has to decide. Whatever must never be untrue (a record counted twice, a cycle billed twice, a number
-- used twice, a message sent twice) is a key here and not a promise of the code.

-- Customers, accounts, subscriptions ---------------------------------------------------------------------------

create table customer (
  customer_id     text primary key,
  name            text not null,
  category        text not null check (category in ('consumer', 'business')),
  email           text,
  phone           text,
  street          text not null default '',
  postcode        text not null default '',
  city            text not null default '',
  country         text not null,
  tax_country     text not null,
  vat_id          text,
  language        text not null,
  zone            text not null check (timezone(zone, timestamptz '2000-01-01') is not null),
  has_app_account boolean,
  interests       jsonb not null default '[]',
  profile         text not null default '',
  sales_manager   text,                                  -- e-mail address of this customer's sales manager
  promotion_consent boolean not null default true,
  facts           jsonb not null default '{}'
);

create table billing_account (
  account_id      text primary key,
  customer_id     text not null references customer,
  legal_entity    text not null,
  currency        text not null,
  zone            text not null check (timezone(zone, timestamptz '2000-01-01') is not null),
  cycle_day       smallint not null check (cycle_day between 1 and 31),
  payment_terms_days smallint not null default 14,
  opened_on       date not null,
  closed_on       date
);
create index on billing_account (customer_id);

create table subscription (
  subscription_id text primary key,
  account_id      text not null references billing_account,
  plan            text not null,
  msisdn          text not null,
  payment         text not null check (payment in ('manual', 'direct debit', 'card')),
  accepted_on     date not null,
  activated_on    date not null,
  cancelled_on    date,
  renews_on       date,
  paid_until      date                                   -- the term up to this day is paid
);
create index on subscription (account_id);
create index on subscription (msisdn);

-- Usage --------------------------------------------------------------------------------------------------------

create table usage_file (
  file_id         integer generated always as identity primary key,
  source          text not null,
  sequence        integer not null,
  name            text not null,
  sha256          text not null unique,                  -- the same file delivered twice is the same file
  announced       integer,                               -- records the header or trailer promises; null if they differ or lack
  lines_read      integer not null,
  accepted        integer not null,
  duplicate       integer not null,
  quarantined     integer not null,
  late            integer not null,                      -- of the accepted: started before the open cycle
  check (accepted + duplicate + quarantined = lines_read)
);
create unique index on usage_file (source, sequence, sha256);

create table usage_event (
  account_id      text not null,                         -- distribution key
  subscription_id text not null,
  source          text not null,
  record_id       text not null,
  sequence        bigint not null,
  msisdn          text not null,
  service         text not null,
  start_at        bigint not null,                       -- epoch milliseconds, UTC
  duration_ms     bigint not null,
  bytes           bigint not null,
  messages        bigint not null,
  direction       text not null,
  called_number   text not null,
  calling_number  text not null,
  visited_network text not null,
  file_id         integer not null references usage_file, -- in order of arrival
  primary key (source, record_id)                        -- a record is accepted once
);
create index on usage_event (account_id, start_at);

create table quarantined_record (
  file_id         integer references usage_file,
  line_number     integer not null,
  reason          text not null,
  detail          text not null,
  raw             text not null,
  state           text not null default 'open' check (state in ('open', 'replayed', 'dropped')),
  primary key (file_id, line_number)
);

create table duplicate_record (
  file_id         integer not null references usage_file,
  line_number     integer not null,
  source          text not null,
  record_id       text not null,
  primary key (file_id, line_number)
);

-- Rules --------------------------------------------------------------------------------------------------------

create table rule_set (
  hash            text primary key,
  document        jsonb not null
);

-- Bill runs ----------------------------------------------------------------------------------------------------

create table bill_run (
  run_id          text primary key,                      -- `2026-06-01..2026-07-01`: the cycles that close in between
  closes_from     date not null,
  closes_until    date not null,
  rule_set        text not null references rule_set,
  step            text not null check (step in ('collect', 'rate', 'price', 'validate', 'invoice', 'deliver', 'report', 'done')),
  issued_on       date not null,
  usage_folder    text,
  usage_cut       integer,                               -- last file that was there when rating began; later usage is late
  error           text,
  report          jsonb,
  unique (closes_from, closes_until)
);

create table account_cycle (
  account_id      text not null references billing_account,
  period_from     date not null,
  period_until    date not null,
  next_until      date not null,
  run_id          text not null references bill_run,
  state           text not null check (state in ('open', 'rated', 'priced', 'held', 'clear', 'rejected', 'invoiced')),
  usage_cut       integer,
  inputs          jsonb,                                 -- engine's AccountCycle without usage, as rating found it
  rated           jsonb,                                 -- engine's RatedUsage
  bill            jsonb,                                 -- engine's Bill
  intents         jsonb,                                 -- messages to send once the invoice is issued
  primary key (account_id, period_from)                  -- a cycle is billed once, whatever run it is in
);
create index on account_cycle (run_id, state);

create table allowance_balance (
  account_id      text not null,
  subscription_id text not null,
  allowance       text not null,
  service         text not null,
  granted_on      date not null,
  remaining       bigint not null,
  expires_on      date not null,
  known_from      date not null,                         -- the cycle that starts on this day opens with it
  primary key (subscription_id, allowance, granted_on, known_from)
);
create index on allowance_balance (account_id, known_from);

create table credit_balance (
  account_id      text not null,
  subscription_id text not null,
  tax_category    text not null,
  tax_percent     text not null,
  amount          numeric not null check (amount > 0),   -- before tax
  known_from      date not null,                         -- the cycle that starts on this day uses it
  primary key (subscription_id, tax_category, tax_percent, known_from)
);
create index on credit_balance (account_id, known_from);

create table past_cycle (
  account_id      text not null,
  subscription_id text not null,
  period_from     date not null,
  period_until    date not null,
  usage           jsonb not null,                        -- {"voice": 123000, ...} in base units
  charges         numeric not null,
  primary key (subscription_id, period_from)
);
create index on past_cycle (account_id);

create table exception (
  exception_id    integer generated always as identity primary key,
  key             text not null unique,                  -- code, subject, rule and cycle: found twice is one exception
  run_id          text references bill_run,
  account_id      text,
  period_from     date,
  code            text not null,
  action          text not null check (action in ('hold', 'flag', 'reject')),
  severity        text not null check (severity in ('low', 'medium', 'high')),
  object          text not null,
  subject         text not null,
  evidence        text not null,
  rule            text,
  state           text not null default 'open' check (state in ('open', 'approved', 'rejected')),
  reason          text,
  decided_by      text,
  decided_at      timestamptz
);
create index on exception (run_id, state);
create index on exception (account_id, period_from);

-- Invoices and payments ----------------------------------------------------------------------------------------

create table number_sequence (
  legal_entity    text not null,
  year            integer not null,
  last            integer not null,
  primary key (legal_entity, year)
);

create table invoice (
  number          text primary key,
  legal_entity    text not null,
  account_id      text not null references billing_account,
  customer_id     text not null references customer,
  run_id          text references bill_run,              -- null: taken over from the predecessor system
  period_from     date not null,
  period_until    date not null,
  issued_on       date not null,
  due_on          date not null,
  currency        text not null,
  net             numeric not null,
  tax             numeric not null,
  total           numeric not null check (total = net + tax and total >= 0),
  bill            jsonb not null,                        -- lines, taxes, reasons: immutable once issued
  rule_set        text references rule_set,
  unique (account_id, period_from)
);
create index on invoice (run_id);
create index on invoice (customer_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'issued invoices never change (invoice %)', old.number;
end $$;
create trigger invoice_is_immutable before update or delete on invoice for each row execute function refuse_change();

create table payment (
  payment_id      text primary key,
  account_id      text not null references billing_account,
  invoice_number  text references invoice,
  received_on     date not null,
  amount          numeric not null,
  currency        text not null,
  method          text not null
);
create index on payment (invoice_number);
create index on payment (account_id);

-- Engagement ---------------------------------------------------------------------------------------------------

create table customer_order (
  order_id        text primary key,
  customer_id     text not null references customer,
  category        text not null default '',
  value           numeric not null default 0,
  currency        text not null,
  placed_at       timestamptz not null,
  due_on          date not null,
  shipped_at      timestamptz,
  completed_at    timestamptz
);
create index on customer_order (due_on) where completed_at is null;

create table business_event (
  source          text not null,
  event_id        text not null,
  type            text not null,
  subject         text,
  occurred_at     timestamptz not null,
  data            jsonb not null,
  outcome         jsonb,                                 -- rules that fired, and why; null while waiting
  primary key (source, event_id)                         -- CloudEvents: source and id together name an event
);
create index on business_event (occurred_at) where outcome is null;

create table message (
  key             text primary key,                      -- rule, subject, occasion, recipient: one message, ever
  purpose         text not null check (purpose in ('service', 'promotion')),
  template        text not null,
  rule            text not null,
  channel         text not null,
  customer_id     text references customer,
  recipient       text not null,
  language        text not null,
  zone            text not null check (timezone(zone, timestamptz '2000-01-01') is not null),
  data            jsonb not null,                        -- what the template reads
  invoice_number  text references invoice,
  run_id          text references bill_run,
  state           text not null check (state in ('queued', 'attempting', 'sent', 'delivered', 'opened', 'bounced', 'failed', 'suppressed')),
  not_before      timestamptz not null,
  useless_after   timestamptz,
  attempts        integer not null default 0,
  claimed_by      text,                                  -- application_name of the process that attempts it
  next_attempt_at timestamptz not null,
  smtp_message_id text not null unique,
  sent_at         timestamptz,
  reason          text                                   -- why suppressed, bounced or failed
);
create index on message (next_attempt_at) where state in ('queued', 'attempting');
create index on message (run_id);
create index on message (customer_id);

create table voucher (
  code            text primary key,
  key             text not null unique,                  -- rule, customer, occasion: granted once
  rule            text not null,
  customer_id     text references customer,
  order_id        text,
  take            jsonb not null,
  off             text not null,
  valid_from      timestamptz not null,
  valid_until     timestamptz not null,
  uses_allowed    integer not null,
  uses            integer not null default 0 check (uses >= 0 and uses <= uses_allowed)
);

create table redemption (
  code            text not null references voucher,
  order_id        text not null,
  redeemed_at     timestamptz not null,
  primary key (code, order_id)
);

create table reminder (
  key             text primary key,                      -- rule, subscription, date and step
  rule            text not null,
  subscription_id text not null references subscription,
  step            integer not null,
  for_date        date not null,
  due_at          timestamptz not null,
  useless_after   timestamptz not null,
  state           text not null check (state in ('planned', 'sent', 'skipped', 'stopped')),
  reason          text
);
create index on reminder (due_at) where state = 'planned';

create table test_clock (
  one             boolean primary key default true check (one),
  now             timestamptz not null
);

-- What these books are: which sample was loaded, for one.
create table setting (
  name            text primary key,
  value           jsonb not null
);
