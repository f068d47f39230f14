-- Reports: what was asked for, how far each is, and the files that were made, in pieces.

create table reports (
  id text /*postgresql: collate "C" */ primary key,
  type text not null check (type in ('transactions', 'redemptions', 'liability_journal')),
  format text not null check (format in ('csv', 'parquet')),
  program text not null,
  period_gte bigint not null,
  period_lt bigint not null check (period_lt > period_gte),
  status text not null check (status in ('pending', 'running', 'completed', 'failed')),
  file text,
  attempts bigint not null check (attempts >= 0),
  lines bigint not null check (lines >= 0),
  bytes bigint not null check (bytes >= 0),
  sha256 text,
  totals text,
  error text,
  as_of bigint,
  created_at bigint not null,
  completed_at bigint,
  expires_at bigint,
  check ((status in ('completed', 'failed')) = (completed_at is not null)),
  check ((status = 'completed') = (sha256 is not null))
);
create index reports_waiting on reports (id) where status in ('pending', 'running');
create index reports_file on reports (file) where file is not null;
create index reports_age on reports (expires_at) where expires_at is not null;

create table report_pieces (
  file text not null,
  number bigint not null check (number >= 0),
  data /*sqlite: blob */ /*postgresql: bytea */ not null,
  primary key (file, number)
);
/*postgresql: alter table report_pieces alter column data set storage external */
