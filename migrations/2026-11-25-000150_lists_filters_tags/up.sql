-- What people make of what they read: lists of those whom they follow, filters, and hashtags that they follow or show.

CREATE TABLE lists (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    title text NOT NULL,
    -- To whom replies show: people whom one follows, members of the list, nobody.
    replies_policy text NOT NULL CHECK (replies_policy IN ('followed', 'list', 'none')),
    -- Its members' posts are on the list and not on home.
    exclusive boolean NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX lists_account ON lists (account_id, id);

CREATE TABLE list_accounts (
    id bigint PRIMARY KEY,
    list_id bigint NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Whoever is not followed any more is no member any more. NULL: oneself.
    follow_id bigint REFERENCES follows (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE (list_id, account_id)
);
CREATE INDEX list_accounts_list ON list_accounts (list_id, id DESC);
CREATE INDEX list_accounts_account ON list_accounts (account_id);
CREATE INDEX list_accounts_follow ON list_accounts (follow_id) WHERE follow_id IS NOT NULL;

CREATE TABLE filters (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    title text NOT NULL,
    -- home, notifications, public, thread, account.
    context text[] NOT NULL,
    action text NOT NULL CHECK (action IN ('warn', 'hide', 'blur')),
    -- NULL: until it is taken back.
    expires_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX filters_account ON filters (account_id, id);

CREATE TABLE filter_keywords (
    id bigint PRIMARY KEY,
    filter_id bigint NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
    keyword text NOT NULL,
    whole_word boolean NOT NULL
);
CREATE INDEX filter_keywords_filter ON filter_keywords (filter_id, id);

CREATE TABLE filter_statuses (
    id bigint PRIMARY KEY,
    filter_id bigint NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    UNIQUE (filter_id, status_id)
);
CREATE INDEX filter_statuses_status ON filter_statuses (status_id);

CREATE TABLE tag_follows (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, tag_id)
);
CREATE INDEX tag_follows_account ON tag_follows (account_id, id DESC);
CREATE INDEX tag_follows_tag ON tag_follows (tag_id);

-- Hashtags that a person shows on their profile.
CREATE TABLE featured_tags (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, tag_id)
);
CREATE INDEX featured_tags_account ON featured_tags (account_id, id);
CREATE INDEX featured_tags_tag ON featured_tags (tag_id);
