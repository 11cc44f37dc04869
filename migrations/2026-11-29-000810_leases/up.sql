-- How long a job is held by whoever runs it. It was kept in run_at, so that what a worker held when it died came after all that
-- had arrived meanwhile. What an earlier version holds now has a run_at in the future, and comes back as it would have.
ALTER TABLE jobs ADD COLUMN leased_until timestamptz;
DROP INDEX jobs_held;
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE leased_until IS NOT NULL;
