-- What points buy: rewards, and members' redemptions of them.

create table rewards (
  id text /*postgresql: collate "C" */ primary key,
  program text not null,
  active boolean not null,
  body text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index rewards_program on rewards (program);

create table reward_stock (
  reward text primary key,
  taken bigint not null check (taken >= 0)
);

create table redemptions (
  bucket bigint not null,
  id text /*postgresql: collate "C" */ not null,
  account text not null,
  program text not null,
  reward text not null,
  reward_name text not null,
  type text not null,
  quantity bigint not null check (quantity > 0),
  points bigint not null check (points > 0),
  status text not null check (status in ('pending', 'applied', 'released', 'reversed')),
  code text,
  artifact text not null,
  on_refund text not null check (on_refund in ('return', 'keep')),
  stocked boolean not null,
  payment text,
  ledger_row text not null,
  taken text not null,
  expires_at bigint,
  release_reason text,
  metadata text not null,
  created_at bigint not null,
  updated_at bigint not null,
  applied_at bigint,
  released_at bigint,
  reversed_at bigint,
  primary key (/*postgresql: bucket, */ id)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;
create index redemptions_account on redemptions (bucket, account);
/*postgresql: create index redemptions_list on redemptions (id); */

-- Whose a redemption is. It is asked before the account is locked; all else about a redemption is read once it is.
create view redemption_owners as select bucket, id, account from redemptions;

create table redemption_codes (
  bucket bigint not null,
  code text not null,
  redemption text not null,
  account text not null,
  primary key (/*postgresql: bucket, */ code)
) /*sqlite: without rowid */
