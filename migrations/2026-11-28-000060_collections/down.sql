DELETE FROM notifications
    WHERE type IN ('added_to_collection', 'collection_update', 'severed_relationships', 'moderation_warning');
DROP INDEX notifications_once;
ALTER TABLE notifications
    DROP CONSTRAINT notifications_type_check,
    DROP COLUMN collection_id,
    DROP COLUMN severance_id,
    DROP COLUMN warning_id;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update', 'quote', 'quoted_update',
     'admin.sign_up', 'admin.report'));
CREATE UNIQUE INDEX notifications_once
    ON notifications (account_id, from_account_id, type, coalesce(status_id, report_id, 0));
ALTER TABLE reports DROP COLUMN collection_ids;
DROP TABLE account_warnings;
DROP TABLE severances;
DROP TABLE account_featuring;
DROP TABLE collection_items;
DROP TABLE collections;
DELETE FROM jobs WHERE kind IN ('collection_unverified', 'account_blocked');
