-- What people are told of, in groups and as far as they let it in; conversations; announcements.

ALTER TABLE notifications
    DROP CONSTRAINT notifications_type_check,
    -- Names those that are shown as one: what happened, to which post, since which hour. NULL: shown by itself. Compared by its
    -- letters, so that all of one post lie side by side in an index, the latest hour last.
    ADD COLUMN group_key text COLLATE "C",
    -- Held back by the person's policy, until they accept whoever did it.
    ADD COLUMN filtered boolean NOT NULL DEFAULT false,
    ADD COLUMN report_id bigint REFERENCES reports (id) ON DELETE CASCADE;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update', 'admin.sign_up', 'admin.report'));
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once
    ON notifications (account_id, from_account_id, type, coalesce(status_id, report_id, 0));
CREATE INDEX notifications_shown ON notifications (account_id, id DESC) WHERE NOT filtered;
CREATE INDEX notifications_group ON notifications (account_id, group_key, id) WHERE group_key IS NOT NULL;
CREATE INDEX notifications_filtered ON notifications (account_id, from_account_id, id DESC) WHERE filtered;
CREATE INDEX notifications_report ON notifications (report_id) WHERE report_id IS NOT NULL;

-- What a person lets in: 0 accepts, 1 filters, 2 drops. Who has no row has the defaults.
CREATE TABLE notification_policies (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    for_not_following smallint NOT NULL DEFAULT 0 CHECK (for_not_following BETWEEN 0 AND 2),
    for_not_followers smallint NOT NULL DEFAULT 0 CHECK (for_not_followers BETWEEN 0 AND 2),
    for_new_accounts smallint NOT NULL DEFAULT 0 CHECK (for_new_accounts BETWEEN 0 AND 2),
    for_private_mentions smallint NOT NULL DEFAULT 0 CHECK (for_private_mentions BETWEEN 0 AND 2),
    for_limited_accounts smallint NOT NULL DEFAULT 1 CHECK (for_limited_accounts BETWEEN 0 AND 2)
);

-- Of whom a person takes everything, whatever their policy says.
CREATE TABLE notification_permissions (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, from_account_id)
);
CREATE INDEX notification_permissions_from ON notification_permissions (from_account_id);

-- Somebody of whom something was filtered.
CREATE TABLE notification_requests (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (account_id, from_account_id)
);
CREATE INDEX notification_requests_account ON notification_requests (account_id, id DESC);
CREATE INDEX notification_requests_from ON notification_requests (from_account_id);

-- A thread of direct posts between the same people, as one of them has it.
CREATE TABLE conversations (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- As in statuses.thread_id. No reference: a thread outlives its first post.
    thread_id bigint NOT NULL,
    -- The others, in order; nobody, if a person writes to themselves.
    participants bigint[] NOT NULL,
    participants_hash bytea NOT NULL,
    -- NULL: all of its posts are gone.
    last_status_id bigint REFERENCES statuses (id) ON DELETE SET NULL,
    unread boolean NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, thread_id, participants_hash)
);
CREATE INDEX conversations_account ON conversations (account_id, last_status_id DESC);
CREATE INDEX conversations_last_status ON conversations (last_status_id) WHERE last_status_id IS NOT NULL;

CREATE TABLE conversation_statuses (
    conversation_id bigint NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, status_id)
);
CREATE INDEX conversation_statuses_status ON conversation_statuses (status_id);

-- What those who run the instance tell everyone.
CREATE TABLE announcements (
    id bigint PRIMARY KEY,
    -- HTML.
    content text NOT NULL,
    starts_at timestamptz,
    -- It is shown no longer than that.
    ends_at timestamptz,
    -- The two are days.
    all_day boolean NOT NULL DEFAULT false,
    -- Normalised.
    tags text[] NOT NULL DEFAULT '{}',
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE announcement_reads (
    announcement_id bigint NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (announcement_id, account_id)
);
CREATE INDEX announcement_reads_account ON announcement_reads (account_id);

CREATE TABLE announcement_reactions (
    id bigint PRIMARY KEY,
    announcement_id bigint NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- An emoji.
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (announcement_id, name, account_id)
);
CREATE INDEX announcement_reactions_account ON announcement_reactions (account_id);
