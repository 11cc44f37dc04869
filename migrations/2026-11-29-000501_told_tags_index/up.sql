-- Finds a hashtag by the number that clients know.
CREATE INDEX CONCURRENTLY IF NOT EXISTS tags_told_id ON tags (tag_told_id(name));
