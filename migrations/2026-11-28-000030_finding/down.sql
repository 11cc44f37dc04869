DELETE FROM jobs WHERE kind = 'posts_unindexed';
DROP TABLE status_search;
