-- How webhooks of payment providers and shops are taken in, and what came of the last ones. A provider has at most one row.

create table connectors (
  provider text primary key,
  enabled boolean not null,
  signing_secrets text not null,
  options text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table connector_receipts (
  provider text primary key,
  last_received_at bigint not null,
  refused text not null
);
