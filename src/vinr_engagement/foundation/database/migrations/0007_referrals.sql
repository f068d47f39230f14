-- Members who bring members: each referral, the codes that name them, and what limits count.

create table referrals (
  bucket bigint not null check (bucket between 0 and 4095),
  id text /*postgresql: collate "C" */ not null,
  program text not null,
  code text not null,
  referrer text not null,
  referee text,
  status text not null check (status in ('pending', 'attributed', 'converted', 'rejected', 'expired', 'reversed')),
  reason text,
  referrer_points bigint not null check (referrer_points >= 0),
  referee_points bigint not null check (referee_points >= 0),
  first_payment_minimum bigint not null check (first_payment_minimum >= 0),
  window_days bigint not null check (window_days > 0),
  max_conversions bigint,
  share_url text,
  metadata text not null,
  payment text,
  attributed_at bigint,
  expires_at bigint,
  converted_at bigint,
  ended_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (/*postgresql: bucket, */ id),
  check ((status = 'pending') = (referee is null))
) /*sqlite: without rowid */ /*postgresql: with (fillfactor = 80) */;
create index referrals_list on referrals (id);
create index referrals_referrer on referrals (referrer, id);
create index referrals_referee on referrals (referee) where referee is not null;
create index referrals_code on referrals (code, id);

create table referral_codes (
  bucket bigint not null,
  code text not null,
  program text not null,
  referrer text not null,
  referral text not null,
  primary key (bucket, code)
) /*sqlite: without rowid */;

-- Only of codes with a limit: it is locked by every conversion.
create table referral_conversions (
  bucket bigint not null,
  code text not null,
  conversions bigint not null check (conversions >= 0),
  primary key (bucket, code)
) /*sqlite: without rowid */;

-- How many a referrer brought, by days of 24 hours, counted in UTC since 1970-01-01.
create table referral_days (
  bucket bigint not null,
  account text not null,
  day bigint not null,
  attributions bigint not null check (attributions >= 0),
  conversions bigint not null check (conversions >= 0),
  primary key (bucket, account, day)
) /*sqlite: without rowid */;
