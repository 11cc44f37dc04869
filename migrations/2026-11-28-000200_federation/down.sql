DROP INDEX accounts_by_shared_inbox;
DROP INDEX accounts_by_inbox;
ALTER TABLE deliveries DROP COLUMN followers_digest;
DROP TABLE thread_reads;
