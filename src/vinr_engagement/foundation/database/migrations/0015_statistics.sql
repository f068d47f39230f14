-- PostgreSQL plans by the size that a table had when it was last analysed or vacuumed. Taken of a few rows, minutes after
-- the first events, such a plan reads whole tables while they fill; of a table that never was it makes one that stays right.

/*postgresql: alter table accounts set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table campaign_members set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table customer_links set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table customers set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table daily_totals set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table lots set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table outgoing_events set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table payments set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table purchases set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table received_events set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table rule_usage set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
/*postgresql: alter table transactions set (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 2000); */
