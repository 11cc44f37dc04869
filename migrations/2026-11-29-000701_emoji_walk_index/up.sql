-- Finds emoji of other servers that were found nowhere for long.
CREATE INDEX CONCURRENTLY IF NOT EXISTS custom_emojis_last_found ON custom_emojis (coalesce(used_at, created_at))
    WHERE domain <> '' AND disabled_at IS NULL;
