-- What each issued bill counts towards the commitments of a customer's contracts: the bill of the cycle in which a period
-- ends charges what is lacking of their sum. One row for each cycle, so that a period can be added up again at any time.
create table commitment_charge (
  account_id      text not null,
  commitment      text not null,                         -- id of the commitment: acme.commitment.charges
  period_from     date not null,
  period_until    date not null,
  charged         numeric not null,                      -- before discounts and tax
  primary key (account_id, commitment, period_from)
);
