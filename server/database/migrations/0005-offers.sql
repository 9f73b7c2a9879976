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
