-- By campaign alone the index led to all of its members: a plan made while there were few went on reading them all.
drop index campaign_members_results;
create index campaign_members_results on campaign_members (campaign, bucket, account);
