-- What moves members: their standing in the tiers, what counts towards it by day, and segments.

alter table accounts add column tier_earned text;
alter table accounts add column tier_kept_until bigint;
alter table accounts add column tier_below_since bigint;
alter table accounts add column tier_pin text;
alter table accounts add column referral text;
alter table accounts add column redemptions bigint not null default 0;
alter table payments add column links text not null default '{}';

create table daily_totals (
  bucket bigint not null,
  account text not null,
  day bigint not null,
  points bigint not null,
  spend bigint not null,
  orders bigint not null,
  primary key (bucket, account, day)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;

-- What a store of the release before has. It kept no local day with points: here they count on their day in UTC.
insert into daily_totals (bucket, account, day, points, spend, orders)
select bucket, account, day, sum(points), sum(spend), sum(orders)
from (
  select bucket, account, day, 0 as points, net_spend as spend, orders from purchases
  union all
  select bucket, account, (effective_at - ((effective_at % 86400000000) + 86400000000) % 86400000000) / 86400000000,
    qualifying, 0, 0
  from transactions where unit = 'points' and qualifying > 0
  union all
  select e.bucket, e.account,
    (e.effective_at - ((e.effective_at % 86400000000) + 86400000000) % 86400000000) / 86400000000,
    r.amount - r.uncollected, 0, 0
  from transactions r join transactions e on e.bucket = r.bucket and e.account = r.account and e.id = r.reverses
  where r.type = 'reverse'
) as counted
group by bucket, account, day;

-- Nothing moved a member from one tier to another until now: each is looked at when it is next touched.
update accounts set tier_earned = '', next_due_at = 0
where status <> 'merged' and (tier is not null or program in (select id from programs where body like '%"tiers":[{%'));

create table segments (
  id text /*postgresql: collate "C" */ primary key,
  program text not null,
  active boolean not null,
  body text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index segments_program on segments (program);
