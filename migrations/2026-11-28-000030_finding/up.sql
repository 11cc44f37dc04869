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
CREATE INDEX status_search_words ON status_search USING gin (words);

INSERT INTO jobs (id, kind, lane, payload, run_at, created_at)
    SELECT 30, 'posts_unindexed', 'search', '{"below": "9223372036854775807"}', now(), now()
    WHERE EXISTS (SELECT 1 FROM statuses);
