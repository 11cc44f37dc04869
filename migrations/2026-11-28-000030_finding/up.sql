-- What posts are found by: their words, and marks such as who wrote them and what is attached.
--
-- A table beside `statuses`, since a column of it that is filled at once would rewrite the whole table under a lock. What is
-- written from now on has its row in the same transaction; what is here already is worked off by a job, newest first.
CREATE TABLE status_search (
    status_id bigint PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    -- Words as the configuration of the post's language has them, and marks, which have a colon: `a:` its author, `l:` the
    -- configuration, `c:` its language, `f:` what it is or has.
    words tsvector NOT NULL
);
-- What waits to be brought into the index is read by every search, so it is kept short (in kilobytes).
CREATE INDEX status_search_words ON status_search USING gin (words) WITH (gin_pending_list_limit = 256);

-- Whom somebody does not want to be shown as one to follow: for good.
CREATE TABLE suggestion_dismissals (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, target_account_id)
);
CREATE INDEX suggestion_dismissals_target ON suggestion_dismissals (target_account_id);

-- Whom administrators recommend is suggested to all.
CREATE INDEX users_admins ON users (account_id) WHERE role = 'admin';

-- The directory: who wants to be found, by when they came and by when they last wrote.
CREATE INDEX accounts_directory ON accounts (id DESC) WHERE discoverable;
CREATE INDEX accounts_directory_local ON accounts (id DESC) WHERE discoverable AND domain IS NULL;
CREATE INDEX account_stats_active ON account_stats (last_status_at DESC, account_id DESC) WHERE last_status_at IS NOT NULL;

INSERT INTO jobs (id, kind, lane, payload, run_at, created_at)
    SELECT 30, 'posts_unindexed', 'search', '{"below": "9223372036854775807"}', now(), now()
    WHERE EXISTS (SELECT 1 FROM statuses);
