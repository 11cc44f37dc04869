ALTER TABLE announcements DROP COLUMN mention_ids, DROP COLUMN status_ids;
