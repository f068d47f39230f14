-- Campaigns, what each brought to whom, and what payments count in challenges.

create table campaigns (
  id text /*postgresql: collate "C" */ primary key,
  program text not null,
  state text not null check (state in ('draft', 'launched', 'archived')),
  starts_at bigint,
  ends_at bigint,
  announced text check (announced in ('started', 'ended')),
  due_at bigint,
  sequence bigint not null,
  body text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index campaigns_program on campaigns (program);
create index campaigns_due on campaigns (due_at) where due_at is not null;

create table campaign_members (
  bucket bigint not null,
  account text not null,
  campaign text not null,
  points bigint not null check (points >= 0),
  given bigint not null check (given >= 0),
  times bigint not null check (times >= 0),
  spend bigint not null check (spend >= 0),
  due bigint not null check (due >= 0),
  reversed bigint not null check (reversed >= 0),
  progress text not null,
  primary key (bucket, account, campaign)
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;
create index campaign_members_results on campaign_members (campaign);

alter table purchases add column contributions text not null default '[]';
