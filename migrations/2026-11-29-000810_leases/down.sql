DROP INDEX jobs_leased;
UPDATE jobs SET run_at = leased_until WHERE leased_until IS NOT NULL;
ALTER TABLE jobs DROP COLUMN leased_until;
CREATE INDEX jobs_held ON jobs (run_at)
    WHERE failed_at IS NULL AND attempts > 0 AND last_error IS NULL AND lane IS NOT NULL;
