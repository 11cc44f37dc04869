-- Accounts elsewhere by the host of their ids, which may be another one than the domain in their handles: backwards, so that what lies
-- below a domain stands together.
CREATE INDEX CONCURRENTLY IF NOT EXISTS accounts_by_host
    ON accounts (reverse(rtrim(split_part(lower(split_part(uri, '/', 3)), ':', 1), '.')) text_pattern_ops)
    WHERE domain IS NOT NULL;
