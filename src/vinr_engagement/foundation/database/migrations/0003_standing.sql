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

-- What a store of the release before has. What a payment earned, less all that its refunds made due, counts on the day of the
-- payment. Other points have no local day yet: they count on theirs in UTC. (A path of JSON begins with character 36, which in
-- a statement begins a parameter.)
insert into daily_totals (bucket, account, day, points, spend, orders)
select bucket, account, day, sum(points), sum(spend), sum(orders)
from (
  select bucket, account, day, 0 as points, net_spend as spend, orders from purchases
  union all
  select e.bucket, e.account, a.day, a.earned - a.due, 0, 0
  from (
    /*sqlite: select day, json_extract(value, char(36) || '[0]') as earn, json_extract(value, char(36) || '[1]') as bucket,
      json_extract(value, char(36) || '[8]') as earned, json_extract(value, char(36) || '[9]') as due
    from purchases, json_each(purchases.awards) */
    /*postgresql: select day, value ->> 0 as earn, cast(value ->> 1 as bigint) as bucket,
      cast(value ->> 8 as bigint) as earned, cast(value ->> 9 as bigint) as due
    from purchases, jsonb_array_elements(cast(purchases.awards as jsonb)) as awards (value) */
  ) as a
  join transactions e on e.bucket = a.bucket and e.id = a.earn
  union all
  select bucket, account, (effective_at - ((effective_at % 86400000000) + 86400000000) % 86400000000) / 86400000000,
    qualifying, 0, 0
  from transactions
  where unit = 'points' and qualifying > 0 and not (type = 'earn' and source_type in ('payment', 'invoice'))
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
