-- The boosts of a post that were made before another one: home shows a post once, however many boost it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS statuses_boosts ON statuses (reblog_of_id, id) WHERE reblog_of_id IS NOT NULL;
