DROP INDEX CONCURRENTLY IF EXISTS custom_emojis_last_found;
