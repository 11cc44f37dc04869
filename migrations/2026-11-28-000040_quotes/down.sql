DELETE FROM notifications WHERE type IN ('quote', 'quoted_update');
ALTER TABLE notifications DROP CONSTRAINT notifications_type_check;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update', 'admin.sign_up', 'admin.report'));
ALTER TABLE users DROP COLUMN default_quote_policy;
ALTER TABLE status_stats DROP COLUMN quotes_count;
ALTER TABLE statuses DROP COLUMN quote_policy;
DROP TABLE quotes;
DELETE FROM jobs WHERE kind IN ('quote_awaited', 'status_restated');
