-- Which stamps are to be asked for again.
CREATE INDEX CONCURRENTLY IF NOT EXISTS quotes_to_check ON quotes ((coalesce(approval_checked_at, created_at)))
    WHERE state = 1 AND approval_uri IS NOT NULL;
