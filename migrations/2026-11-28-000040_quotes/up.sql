-- Posts that quote posts, and whether those who are quoted agree (FEP-044f).

CREATE TABLE quotes (
    id bigint PRIMARY KEY,
    -- The post that quotes, and its author.
    status_id bigint NOT NULL UNIQUE REFERENCES statuses (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- What is quoted. NULL: it is not here, or deleted.
    quoted_status_id bigint REFERENCES statuses (id) ON DELETE SET NULL,
    quoted_account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    quoted_uri text NOT NULL,
    -- 0 pending, 1 accepted, 2 rejected, 3 revoked, 4 deleted before it came, 5 may not be quoted.
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 5),
    -- Said in words that know nothing of consent.
    legacy boolean NOT NULL,
    -- The QuoteRequest: the one that we sent, or got.
    request_uri text,
    -- The stamp of who is quoted, if they are elsewhere.
    approval_uri text,
    created_at timestamptz NOT NULL
);
CREATE INDEX quotes_quoted ON quotes (quoted_status_id, id DESC) WHERE quoted_status_id IS NOT NULL;
CREATE INDEX quotes_account ON quotes (account_id, quoted_status_id);
CREATE INDEX quotes_quoted_account ON quotes (quoted_account_id) WHERE quoted_account_id IS NOT NULL;
CREATE INDEX quotes_request ON quotes (request_uri) WHERE request_uri IS NOT NULL;
CREATE INDEX quotes_approval ON quotes (approval_uri) WHERE approval_uri IS NOT NULL;

-- Who may quote a post: who is asked no more (times 65536), and whose request its author looks at. 1 others than we know,
-- 2 everyone, 4 followers of its author, 8 those whom its author follows.
ALTER TABLE statuses ADD COLUMN quote_policy integer NOT NULL DEFAULT 0;

ALTER TABLE status_stats ADD COLUMN quotes_count bigint NOT NULL DEFAULT 0;

ALTER TABLE users ADD COLUMN default_quote_policy text NOT NULL DEFAULT 'public'
    CHECK (default_quote_policy IN ('public', 'followers', 'nobody'));

ALTER TABLE notifications DROP CONSTRAINT notifications_type_check;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update', 'quote', 'quoted_update',
     'admin.sign_up', 'admin.report'));
