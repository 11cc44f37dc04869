-- A Delete that comes first, and an activity that was here before, count for the
-- actor who sent them: somebody else on the same server must not be able to take
-- an id beforehand. Rows from before hold for everyone ('' and 0).
ALTER TABLE tombstones ADD COLUMN account_uri text NOT NULL DEFAULT '';
ALTER TABLE tombstones DROP CONSTRAINT tombstones_pkey, ADD PRIMARY KEY (uri, account_uri);
-- Whether anyone could see it: only then are strangers told that it was there.
ALTER TABLE tombstones ADD COLUMN was_open boolean NOT NULL DEFAULT false;

ALTER TABLE received_activities ADD COLUMN account_id bigint NOT NULL DEFAULT 0;
ALTER TABLE received_activities DROP CONSTRAINT received_activities_pkey, ADD PRIMARY KEY (uri, account_id);

-- Who asked to be told when somebody posts.
CREATE INDEX follows_watchers ON follows (target_account_id) WHERE notify;
