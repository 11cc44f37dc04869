ALTER TABLE media_attachments DROP COLUMN scheduled_status_id;
DROP TABLE scheduled_statuses;
DROP TABLE thread_mutes;
DROP TABLE status_pins;
DROP TABLE bookmarks;
DROP TABLE status_edits;
