-- SQLite keeps a table without rowid in the order of its keys. Purchases are long for that: a page holds six, so that one more
-- often has to divide it, and those of 1 KB or more take a page of their own. Now they are appended, and their keys have an index.
/*sqlite: create table appended_purchases (
  bucket bigint not null,
  account text not null,
  payment text not null,
  program text not null,
  day bigint not null,
  spend bigint not null check (spend >= 0),
  net_spend bigint not null check (net_spend >= 0),
  orders bigint not null check (orders in (0, 1)),
  awards text not null,
  contributions text not null default '[]',
  primary key (bucket, account, payment)
);
insert into appended_purchases
  select bucket, account, payment, program, day, spend, net_spend, orders, awards, contributions from purchases;
drop table purchases;
alter table appended_purchases rename to purchases; */
