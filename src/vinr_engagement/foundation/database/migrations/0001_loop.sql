-- Instants are bigint microseconds since the Unix epoch, UTC. JSON is text, written by the application.
-- Rows that belong to an account lead their primary key with its bucket, so that they can be distributed by it. SQLite,
-- which never is, leaves it out where that keeps neighbours in time together. No foreign key from a hot table.

create table store_state (
  id bigint primary key check (id = 1),
  configuration_version bigint not null,
  clock_now bigint
);
insert into store_state (id, configuration_version, clock_now) values (1, 0, null);

create table api_keys (
  id text /*postgresql: collate "C" */ primary key,
  name text not null,
  kind text not null check (kind in ('secret', 'restricted')),
  hash text not null unique,
  hint text not null,
  scopes text not null,
  created_at bigint not null,
  revoked_at bigint
);

create table programs (
  id text /*postgresql: collate "C" */ primary key,
  status text not null check (status in ('active', 'paused', 'archived')),
  body text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table earning_rules (
  id text /*postgresql: collate "C" */ primary key,
  program text not null,
  version bigint not null check (version > 0),
  active boolean not null,
  body text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index earning_rules_program on earning_rules (program);

create table earning_rule_versions (
  rule text not null,
  version bigint not null,
  body text not null,
  created_at bigint not null,
  primary key (rule, version)
);

create table rule_budgets (
  rule text primary key,
  points bigint not null check (points >= 0)
);

create table accounts (
  bucket bigint not null check (bucket between 0 and 4095),
  id text /*postgresql: collate "C" */ not null,
  program text not null,
  customer text,
  status text not null check (status in ('active', 'closed', 'merged')),
  balance bigint not null,
  pending_balance bigint not null check (pending_balance >= 0),
  lifetime_points bigint not null check (lifetime_points >= 0),
  tier text,
  merged_into text,
  merged_at bigint,
  buckets text not null,
  metadata text not null,
  sequence bigint not null,
  next_due_at bigint,
  activity_at bigint not null,
  enrolled_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_activity_at bigint,
  erased_at bigint,
  primary key (/*postgresql: bucket, */ id)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 70) */;
create index accounts_list on accounts (id);
create index accounts_due on accounts (next_due_at) where next_due_at is not null;
create index accounts_customer on accounts (customer) where customer is not null;
create index accounts_merged on accounts (merged_into) where merged_into is not null;

create table customer_links (
  bucket bigint not null,
  customer text not null,
  program text not null,
  account text not null,
  primary key (/*postgresql: bucket, */ customer, program)
) /*sqlite: without rowid */;
create index customer_links_account on customer_links (account);

create table customers (
  bucket bigint not null,
  id text not null,
  listed_id text /*postgresql: collate "C" */ not null,
  email text,
  name text,
  country text,
  birthday text,
  metadata text not null,
  body text not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  primary key (/*postgresql: bucket, */ id)
) /*sqlite: without rowid */;
create index customers_list on customers (listed_id);
create index customers_email on customers (email) where email is not null;

create table transactions (
  bucket bigint not null,
  account text not null,
  id text /*postgresql: collate "C" */ not null,
  original_account text not null,
  program text not null,
  unit text not null,
  type text not null check (type in ('earn', 'redeem', 'expire', 'adjust', 'reverse')),
  amount bigint not null,
  balance_after bigint not null,
  reason text,
  source_type text not null,
  source_id text,
  event text,
  rule text,
  rule_version bigint,
  campaign text,
  redemption text,
  reverses text,
  available_at bigint,
  expires_at bigint,
  uncollected bigint not null check (uncollected >= 0),
  qualifying bigint not null check (qualifying >= 0),
  explanation text not null,
  metadata text not null,
  created_at bigint not null,
  effective_at bigint not null,
  primary key (bucket, account, id)
);

create table lots (
  bucket bigint not null,
  account text not null,
  id text /*postgresql: collate "C" */ not null,
  unit text not null,
  amount bigint not null check (amount > 0),
  remaining bigint not null check (remaining >= 0 and remaining <= amount),
  expired bigint not null check (expired >= 0 and expired + remaining <= amount),
  pending boolean not null,
  noticed_for bigint,
  grace_given boolean not null,
  available_at bigint not null,
  expires_at bigint,
  closes_at bigint,
  inactivity_months bigint,
  effective_at bigint not null,
  primary key (bucket, account, id)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;

create table payments (
  bucket bigint not null,
  id text not null,
  completed_event text,
  amount bigint check (amount >= 0),
  currency text,
  customer text,
  completed_at bigint,
  refunded_seen bigint not null check (refunded_seen >= 0),
  refunded_sum bigint not null check (refunded_sum >= 0),
  disputed bigint not null check (disputed >= 0),
  refunded bigint not null check (refunded >= 0),
  refunded_at bigint,
  failed_at bigint,
  holders text not null,
  primary key (/*postgresql: bucket, */ id)
) /*sqlite: without rowid */;

create table refunds (
  bucket bigint not null,
  payment text not null,
  id text not null,
  kind text not null check (kind in ('refund', 'dispute')),
  amount bigint not null check (amount >= 0),
  event text not null,
  created_at bigint not null,
  primary key (/*postgresql: bucket, */ payment, id)
) /*sqlite: without rowid */;

create table purchases (
  bucket bigint not null,
  account text not null,
  payment text not null,
  program text not null,
  day bigint not null,
  spend bigint not null check (spend >= 0),
  net_spend bigint not null check (net_spend >= 0),
  orders bigint not null check (orders in (0, 1)),
  awards text not null,
  primary key (bucket, account, payment)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;

create table rule_usage (
  bucket bigint not null,
  account text not null,
  rule text not null,
  period text not null,
  points bigint not null check (points >= 0),
  times bigint not null check (times >= 0),
  primary key (bucket, account, rule, period)
) /*sqlite: without rowid */;

create table received_events (
  bucket bigint not null,
  id text not null,
  received_id text /*postgresql: collate "C" */ not null,
  type text not null,
  customer text,
  status text not null check (status in ('processed', 'ignored', 'deferred')),
  fingerprint text not null,
  body text not null,
  outcome text not null,
  occurred_at bigint not null,
  received_at bigint not null,
  primary key (/*postgresql: bucket, */ id)
);
create index received_events_list on received_events (received_id);
create index received_events_customer on received_events (customer) where customer is not null;

create table outgoing_events (
  bucket bigint not null,
  account text not null,
  id text /*postgresql: collate "C" */ not null,
  type text not null,
  sequence bigint not null,
  data text not null,
  created_at bigint not null,
  primary key (bucket, account, id)
);
create index outgoing_events_list on outgoing_events (id);

create table idempotency_keys (
  bucket bigint not null,
  scope text not null,
  key text not null,
  fingerprint text not null,
  status bigint not null,
  body text not null,
  created_at bigint not null,
  primary key (bucket, scope, key)
) /*sqlite: without rowid */;
create index idempotency_keys_age on idempotency_keys (created_at);

create table audit_log (
  id text /*postgresql: collate "C" */ primary key,
  actor text not null,
  action text not null,
  resource text not null,
  before text,
  after text,
  request_id text,
  created_at bigint not null
);

create table leases (
  name text primary key,
  holder text not null,
  until bigint not null
);
