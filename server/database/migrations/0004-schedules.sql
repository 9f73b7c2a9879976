-- Steps are counted from any date of the books and not only from a subscription's; they charge fees and suspend; who was
-- told of something that lasts is told again; an invoice can be disputed; and who leaves is asked why. Each of these
-- happens once, so each has a key of its own.

alter table reminder
  add column scope text not null default 'subscription' check (scope in ('subscription', 'order', 'invoice', 'customer')),
  add column subject_id text,
  alter column useless_after drop not null;              -- the last step of a dunning stays good
update reminder set subject_id = subscription_id;
alter table reminder
  alter column scope drop default,
  alter column subject_id set not null,
  drop column subscription_id;
create index on reminder (rule, subject_id, for_date);
create index on reminder (scope, subject_id) where state = 'planned';
create index on invoice (due_on);

alter table subscription
  add column suspended_on date,                          -- null: in service
  add column cancellation_reason text;                   -- what the customer answered
alter table customer_order add column tracking_url text;

create table invoice_dispute (
  invoice_number  text primary key references invoice,
  disputed_at     timestamptz not null,
  reason          text not null default '',
  settled_at      timestamptz check (settled_at >= disputed_at)
);

-- Charged by a step of a rule; billed as a line of the account's next invoice.
create table one_off_fee (
  key             text primary key,                      -- the step that charged it: once for ever
  account_id      text not null references billing_account,
  title           text not null,
  amount          numeric not null check (amount > 0),
  currency        text not null,
  fiscal_category text,
  charged_on      date not null,
  rule            text not null,
  at              jsonb not null,                        -- where the rule stands
  how             text not null,
  invoice_number  text references invoice                -- null: not billed yet
);
create index on one_off_fee (account_id) where invoice_number is null;

create table escalation (
  key             text primary key,                      -- rule, message, subject and level: told once
  rule            text not null,
  event           text not null,
  message         text not null,
  recipients      jsonb not null,
  scope           text not null check (scope in ('subscription', 'order', 'invoice', 'customer', 'payment')),
  subject_id      text not null,
  due_at          timestamptz not null,
  state           text not null check (state in ('planned', 'sent', 'ended')),
  reason          text                                   -- why it ended unsent
);
create index on escalation (due_at) where state = 'planned';

create table survey (
  survey_id       text primary key,
  key             text not null unique,                  -- that of the message that asks
  message         text not null,
  rule            text not null,
  subscription_id text not null references subscription,
  customer_id     text not null references customer,
  language        text not null,
  asked_at        timestamptz not null,
  expires_at      timestamptz not null check (expires_at > asked_at),
  answered_at     timestamptz,
  reason          text,
  comment         text,
  kept            text,                                  -- what would have kept the customer
  check ((answered_at is null) = (reason is null))
);
create index on survey (answered_at);
create index on survey (subscription_id);
