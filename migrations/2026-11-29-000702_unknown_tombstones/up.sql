-- Finds what was remembered as deleted and never was here, when that is old.
CREATE INDEX CONCURRENTLY IF NOT EXISTS tombstones_unknown ON tombstones (deleted_at) WHERE former_type = 'Unknown';
