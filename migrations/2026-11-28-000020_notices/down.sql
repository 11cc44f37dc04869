DROP TABLE announcement_reactions, announcement_reads, announcements, conversation_statuses, conversations,
    notification_requests, notification_permissions, notification_policies;
DELETE FROM notifications WHERE filtered OR type IN ('admin.sign_up', 'admin.report');
DROP INDEX notifications_report, notifications_filtered, notifications_group, notifications_shown, notifications_once;
ALTER TABLE notifications DROP CONSTRAINT notifications_type_check, DROP COLUMN report_id, DROP COLUMN filtered,
    DROP COLUMN group_key;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update'));
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, from_account_id, type, coalesce(status_id, 0));
