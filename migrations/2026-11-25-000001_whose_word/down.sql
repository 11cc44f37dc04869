DROP INDEX follows_watchers;

DELETE FROM received_activities r WHERE account_id > (SELECT min(account_id) FROM received_activities WHERE uri = r.uri);
ALTER TABLE received_activities DROP CONSTRAINT received_activities_pkey, ADD PRIMARY KEY (uri);
ALTER TABLE received_activities DROP COLUMN account_id;

DELETE FROM tombstones t WHERE account_uri > (SELECT min(account_uri) FROM tombstones WHERE uri = t.uri);
ALTER TABLE tombstones DROP CONSTRAINT tombstones_pkey, ADD PRIMARY KEY (uri);
ALTER TABLE tombstones DROP COLUMN account_uri, DROP COLUMN was_open;
