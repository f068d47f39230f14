-- PostgreSQL compresses rows of 2 KB or more. What is written once for each event costs it more to compress than to write.
/*postgresql: alter table event_batches set (toast_tuple_target = 4000); */
/*postgresql: alter table outgoing_events set (toast_tuple_target = 4000); */
/*postgresql: alter table purchases set (toast_tuple_target = 4000); */
/*postgresql: alter table received_events set (toast_tuple_target = 4000); */
/*postgresql: alter table transactions set (toast_tuple_target = 4000); */
