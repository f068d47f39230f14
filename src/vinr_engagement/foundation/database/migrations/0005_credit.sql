-- Store credit: what each member holds in each currency, and what was spent of it on which payment. Its rows and lots are those
-- of the ledger, with the currency as their unit.

create table wallets (
  bucket bigint not null,
  account text not null,
  currency text not null,
  balance bigint not null check (balance >= 0),
  primary key (bucket, account, currency)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;

create table credit_spends (
  bucket bigint not null,
  id text not null,
  account text not null,
  payment text not null,
  currency text not null,
  amount bigint not null check (amount > 0),
  returned bigint not null check (returned >= 0 and returned <= amount),
  of_amount bigint,
  state text not null check (state in ('spent', 'released', 'conflict')),
  taken text not null,
  primary key (/*postgresql: bucket, */ id)
) /*sqlite: without rowid */;
create index credit_spends_account on credit_spends (bucket, account);
