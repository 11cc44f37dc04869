-- What makes posts whole: earlier versions, bookmarks, pins, muted threads, and posts that wait for their time.

-- What a post was before each of its edits. What it is now is in `statuses`.
CREATE TABLE status_edits (
    id bigint PRIMARY KEY,
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    -- Sanitised HTML.
    content text NOT NULL,
    spoiler_text text NOT NULL,
    sensitive boolean NOT NULL,
    -- [{"id": text, "description": text}]: what was attached. Files that were taken off are not shown any more.
    media jsonb NOT NULL DEFAULT '[]',
    -- Since when it was so.
    created_at timestamptz NOT NULL
);
CREATE INDEX status_edits_status ON status_edits (status_id, id);

-- What a person keeps to find again; known to nobody else.
CREATE TABLE bookmarks (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, status_id)
);
CREATE INDEX bookmarks_account ON bookmarks (account_id, id DESC);
CREATE INDEX bookmarks_status ON bookmarks (status_id);

-- What an account, here or elsewhere, shows first of its own posts.
CREATE TABLE status_pins (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id bigint NOT NULL UNIQUE REFERENCES statuses (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL
);
CREATE INDEX status_pins_account ON status_pins (account_id, id DESC);

-- Threads of which a person does not want to be told. No reference: the first post of a thread may be gone, or not here.
CREATE TABLE thread_mutes (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- statuses.thread_id.
    thread_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, thread_id)
);
CREATE INDEX thread_mutes_thread ON thread_mutes (thread_id);

-- Posts that are published at a time that was chosen. A job wakes for each; the row is gone when the post is there.
CREATE TABLE scheduled_statuses (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    scheduled_at timestamptz NOT NULL,
    -- The draft, as statuses::StatusDraft is written.
    draft jsonb NOT NULL,
    idempotency_key text,
    -- The job that wakes for it.
    job_id bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX scheduled_statuses_account ON scheduled_statuses (account_id, id DESC);
CREATE UNIQUE INDEX scheduled_statuses_once ON scheduled_statuses (account_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

-- What a scheduled post will have attached is kept for it.
ALTER TABLE media_attachments
    ADD COLUMN scheduled_status_id bigint REFERENCES scheduled_statuses (id) ON DELETE SET NULL;
CREATE INDEX media_attachments_scheduled ON media_attachments (scheduled_status_id)
    WHERE scheduled_status_id IS NOT NULL;
