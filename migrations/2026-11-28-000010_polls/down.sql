DELETE FROM notifications WHERE type = 'poll';
ALTER TABLE notifications DROP CONSTRAINT notifications_type_check;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (
    type IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'update'));
ALTER TABLE status_edits DROP COLUMN poll_options;
DROP TABLE poll_votes;
DROP TABLE polls;
