-- What members are searched by: the words of their customers' names, and their addresses, each in one spelling. The customers
-- that a store has already are indexed by the program (search_terms.py), since the two engines spell differently.

create table customer_terms (
  bucket bigint not null,
  customer text not null,
  term text /*postgresql: collate "C" */ not null,
  primary key (/*postgresql: bucket, */ customer, term)
) /*sqlite: without rowid */;
create index customer_terms_search on customer_terms (term, customer /*postgresql: , bucket */);

-- A prefix of an id is a range of it, in the order of its bytes. (SQLite keeps links in that order.)
/*postgresql: create index customer_links_search on customer_links (customer collate "C"); */

create index accounts_tier on accounts (tier, id) where tier is not null;

-- Which member an event reached or named that names no customer: of those that there are, their outcomes and bodies tell. (A path
-- of JSON begins with character 36, which in a statement begins a parameter.)
alter table received_events add column account text;

/*sqlite: update received_events set account = coalesce(
    (select json_extract(value, char(36) || '.account') from json_each(outcome, char(36) || '.programs')
      where json_extract(value, char(36) || '.account') is not null limit 1),
    json_extract(body, char(36) || '.data.object.metadata.loyalty_account'))
  where customer is null and outcome <> '' */;
/*postgresql: update received_events set account = coalesce(
    (select value ->> 'account' from jsonb_array_elements(cast(outcome as jsonb) -> 'programs') as programs (value)
      where value ->> 'account' is not null limit 1),
    cast(body as jsonb) #>> '{data,object,metadata,loyalty_account}')
  where customer is null and outcome <> '' */;

create index received_events_account on received_events (account) where account is not null;

-- Pages of a reward's redemptions, and of one object's changes.
create index redemptions_reward on redemptions (reward, id);
create index audit_log_resource on audit_log (resource, id);
