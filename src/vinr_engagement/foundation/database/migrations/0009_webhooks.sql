-- Webhooks: where events go, how far each endpoint has come in the log, and what was delivered.

create table webhook_endpoints (
  id text /*postgresql: collate "C" */ primary key,
  url text not null,
  status text not null check (status in ('enabled', 'disabled')),
  disabled_reason text check (disabled_reason in ('requested', 'failing', 'gone')),
  secret text not null,
  previous_secret text,
  previous_secret_until bigint,
  sequence bigint not null,
  body text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table webhook_cursors (
  endpoint text primary key,
  holder text not null,
  begins_at bigint not null,
  position bigint not null check (position >= 0),
  within bigint not null check (within >= 0),
  ahead text not null,
  failures bigint not null check (failures >= 0),
  failing_since bigint,
  probe_at bigint,
  last_success_at bigint,
  last_failure_at bigint
) /*sqlite: without rowid */;

create table webhook_deliveries (
  id text /*postgresql: collate "C" */ primary key,
  endpoint text not null,
  event text not null,
  type text not null,
  bucket bigint not null,
  account text not null,
  origin text not null check (origin in ('event', 'replay')),
  status text not null check (status in ('pending', 'succeeded', 'failed')),
  tries bigint not null check (tries >= 0),
  asked bigint not null check (asked >= 0),
  next_attempt_at bigint,
  attempts text not null,
  created_at bigint not null,
  updated_at bigint not null,
  check ((status = 'pending') = (next_attempt_at is not null))
);
create index webhook_deliveries_list on webhook_deliveries (endpoint, id);
create index webhook_deliveries_due on webhook_deliveries (endpoint, next_attempt_at, id) where next_attempt_at is not null;
create index webhook_deliveries_age on webhook_deliveries (created_at);
