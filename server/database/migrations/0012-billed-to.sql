-- An invoice shows for ever what it showed when it was issued: who was billed, where, and how they pay. Customers move and
-- change their bank; so the invoice keeps it, beside the bill.
alter table invoice add column billed_to jsonb;          -- server/invoice's BilledTo; null: taken over from the predecessor system

-- What a direct debit or a card payment announces on the invoice. Card numbers are kept by whoever charges the card.
create table payment_instrument (
  account_id      text primary key references billing_account,
  kind            text not null check (kind in ('direct debit', 'card')),
  mandate         text unique,                           -- reference of the SEPA mandate
  iban            text,                                  -- of the payer
  signed_on       date,
  card_network    text,
  card_last_digits text check (card_last_digits ~ '^[0-9]{4,6}$'),
  check ((kind = 'direct debit') = (mandate is not null and iban is not null and signed_on is not null)),
  check ((kind = 'card') = (card_network is not null and card_last_digits is not null))
);

-- Who billed: `company.json` as it was. Addresses and bank accounts of the company change too, on future invoices only.
create table seller (
  hash            text primary key,
  document        jsonb not null
);
alter table invoice add column seller text references seller;
