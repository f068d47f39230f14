-- The order in which events went out: a row for each commit that announced any, placed in one order afterwards.

create table event_batches (
  id text /*postgresql: collate "C" */ primary key,
  position bigint,
  events text not null,
  created_at bigint not null
);
create unique index event_batches_position on event_batches (position) where position is not null;
create index event_batches_waiting on event_batches (id) where position is null;
