-- What a cycle leaves for those after it is known when it is rated, and stored once it is invoiced. Null for cycles rated before.
alter table account_cycle add column carried jsonb;
