-- How far each import of a file has come, so that one which was stopped goes on where it was. The fingerprint is that of the
-- file's content; position is the byte after the last line that was committed.

create table imports (
  fingerprint text primary key,
  kind text not null check (kind in ('events', 'members')),
  path text not null,
  line bigint not null check (line >= 0),
  position bigint not null check (position >= 0),
  refused_bytes bigint not null check (refused_bytes >= 0),
  totals text not null,
  started_at bigint not null,
  updated_at bigint not null,
  finished_at bigint
);
