DELETE FROM jobs WHERE kind = 'posts_unindexed';
DROP TABLE status_search;
DROP TABLE suggestion_dismissals;
DROP INDEX users_admins;
DROP INDEX accounts_directory;
DROP INDEX accounts_directory_local;
DROP INDEX account_stats_active;
