-- Lanes of which a job runs, found without reading all that waits for its time.
CREATE INDEX jobs_held ON jobs (run_at)
    WHERE failed_at IS NULL AND attempts > 0 AND last_error IS NULL AND lane IS NOT NULL;

-- Search by the beginning of a name finds those that want to be found.
CREATE INDEX accounts_found_username ON accounts (lower(username) text_pattern_ops) WHERE discoverable;
CREATE INDEX accounts_found_display_name ON accounts (lower(display_name) text_pattern_ops) WHERE discoverable;
DROP INDEX accounts_display_name_prefix;
