-- What reports are made of: what each commit changed in the totals, until it is added to them, and the totals. A store that has
-- members already has its totals counted by the worker, beside its work.

create table movements (
  id text /*postgresql: collate "C" */ primary key,
  body text not null,
  created_at bigint not null
) /*sqlite: without rowid */;

create table analytics_totals (
  program text not null,
  span bigint not null,
  unit text not null,
  kind text not null,
  quarter bigint not null,
  amount bigint not null,
  number bigint not null,
  primary key (program, span, unit, kind, quarter)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;

create table analytics_cohorts (
  program text not null,
  cohort bigint not null,
  month bigint not null,
  earned bigint not null,
  redeemed bigint not null,
  primary key (program, cohort, month)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;

create table analytics_activity (
  program text not null,
  day bigint not null,
  part bigint not null,
  number bigint not null,
  members text not null,
  cohorts text not null,
  primary key (program, day, part)
);

create table analytics_state (
  id bigint primary key check (id = 1),
  turn bigint not null,
  built_at bigint,
  zones text not null
);
insert into analytics_state (id, turn, built_at, zones)
select 1, 0, case when exists (select 1 from accounts) then null else 0 end, '{}';
