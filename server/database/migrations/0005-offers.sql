-- What is ordered, what is offered and what is told beside it: items of orders, gifts that bills take in, links shown.

alter table customer_order
  add column items jsonb not null default '[]',             -- [{"category": "console", "price": "499.00"}, ...]
  add column cancelled_at timestamptz;
create index on customer_order (customer_id);

-- A link is shown to a customer once, whichever message brings it.
create table content_shown (
  customer_id     text not null references customer,
  url             text not null,
  content         text not null,
  link_id         text not null,
  message_key     text not null,
  reason          text not null,                         -- why it was picked, as a person reads it
  shown_at        timestamptz not null,
  primary key (customer_id, url)
);

-- What one voucher is worth at most counts against the budget of its offer for as long as it can be used, or was.
alter table voucher
  add column worth numeric,                                -- null: not known when it was given
  add column currency text,
  add column each_at_most jsonb,                           -- {"amount": "20.00", "currency": "EUR"}: it takes off no more
  add column fee text,                                     -- the fee it takes something off, where `off` is `fee`
  add column title text not null default '',
  add column file text,                                    -- where the offer's rule stood
  add column line integer;
create index on voucher (rule, customer_id);

-- A redemption that is reversed frees the voucher; the row stays, so that it can be told what happened.
alter table redemption
  add column reversed_at timestamptz;

-- What an offer gave without a code: bills take it in by themselves.
create table benefit (
  benefit_id      text primary key,                      -- rule, customer and occasion: granted once
  rule            text not null,
  file            text not null,                         -- where the rule stood
  line            integer not null,
  title           text not null,                         -- what the customer reads on the bill
  customer_id     text not null references customer,
  subscription_id text references subscription,          -- null: of the customer, for the first subscription that is billed
  give            jsonb not null,                        -- the offer's gift as the rules say it
  worth           numeric,
  currency        text,
  cycles          integer not null check (cycles > 0),   -- bills that it is good for
  granted_at      timestamptz not null,
  valid_until     timestamptz,                           -- its first bill must begin before
  voucher_code    text references voucher,               -- it came by redeeming one
  withdrawn_at    timestamptz
);
create index on benefit (customer_id);
create index on benefit (rule);

create table benefit_use (
  benefit_id      text not null references benefit,
  account_id      text not null,
  period_from     date not null,
  primary key (benefit_id, period_from)                  -- a bill takes a benefit in once
);
