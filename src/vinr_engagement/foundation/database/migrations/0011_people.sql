-- People who sign in, and their sessions. An installation has them once: in its live store. The test store's tables stay empty.

create table people (
  id text /*postgresql: collate "C" */ primary key,
  email text not null,
  email_key text not null unique,
  name text,
  role text not null check (role in ('viewer', 'editor', 'admin')),
  password text,
  disabled_at bigint,
  last_sign_in_at bigint,
  created_at bigint not null,
  updated_at bigint not null
);

create table invitations (
  person text primary key,
  hash text not null unique,
  created_at bigint not null,
  expires_at bigint not null
);

create table sessions (
  hash text primary key,
  person text not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);
create index sessions_person on sessions (person);
create index sessions_end on sessions (expires_at);

create table sign_in_attempts (
  email text not null,
  address text not null,
  failures bigint not null check (failures >= 0),
  last_at bigint not null,
  next_at bigint not null,
  known_until bigint not null,
  primary key (email, address)
) /*sqlite: without rowid */;
create index sign_in_attempts_age on sign_in_attempts (last_at);
