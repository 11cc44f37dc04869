-- Moderation, and what becomes of accounts: reports, what administrators do and how it is remembered, whom an instance refuses,
-- moves, imports, deletion.

ALTER TABLE accounts
    -- Its posts come to nobody by themselves but to those who follow it.
    ADD COLUMN silenced_at timestamptz,
    -- All that it attaches is marked as sensitive.
    ADD COLUMN sensitized_at timestamptz,
    -- The actor is gone for good; the row keeps its name from being given to anybody else.
    ADD COLUMN deleted_at timestamptz,
    -- Other accounts that say they are the same person: ActivityPub ids.
    ADD COLUMN also_known_as text[] NOT NULL DEFAULT '{}',
    -- Where the person went, as both accounts say.
    ADD COLUMN moved_to_uri text;
CREATE INDEX accounts_deleted ON accounts (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX accounts_silenced ON accounts (id) WHERE silenced_at IS NOT NULL;
-- Administrators page through the people here, newest first; all others lie beyond.
CREATE INDEX accounts_local ON accounts (id DESC) WHERE domain IS NULL;

ALTER TABLE users ADD COLUMN disabled_at timestamptz, DROP CONSTRAINT users_role_check;
ALTER TABLE users ADD CONSTRAINT users_role_check CHECK (role IN ('user', 'moderator', 'admin', 'owner'));

-- As accounts.silenced_at, for all accounts of a server.
ALTER TABLE instances ADD COLUMN silenced_at timestamptz;

-- When an account last moved, also when that was taken back: the next move has to wait.
CREATE TABLE account_moves (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    moved_at timestamptz NOT NULL
);

CREATE TABLE reports (
    id bigint PRIMARY KEY,
    -- Who reports: a person of this instance, or another server's actor.
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The Flag's id.
    uri text NOT NULL UNIQUE,
    category text NOT NULL CHECK (category IN ('spam', 'legal', 'violation', 'other')),
    comment text NOT NULL DEFAULT '',
    forwarded boolean NOT NULL DEFAULT false,
    -- No references: what was reported stays named after it is gone.
    status_ids bigint[] NOT NULL DEFAULT '{}',
    rule_ids bigint[] NOT NULL DEFAULT '{}',
    assigned_account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    action_taken_at timestamptz,
    action_taken_by_account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX reports_account ON reports (account_id, id DESC);
CREATE INDEX reports_target ON reports (target_account_id, id DESC);
CREATE INDEX reports_assigned ON reports (assigned_account_id) WHERE assigned_account_id IS NOT NULL;
CREATE INDEX reports_taken_by ON reports (action_taken_by_account_id) WHERE action_taken_by_account_id IS NOT NULL;
CREATE INDEX reports_open ON reports (id DESC) WHERE action_taken_at IS NULL;
CREATE INDEX reports_resolved ON reports (id DESC) WHERE action_taken_at IS NOT NULL;
-- Counted by days.
CREATE INDEX reports_created ON reports (created_at);
CREATE INDEX reports_taken_at ON reports (action_taken_at) WHERE action_taken_at IS NOT NULL;
CREATE INDEX users_created ON users (created_at);

-- What administrators did. Nothing changes or removes a row.
CREATE TABLE audit_log (
    id bigint PRIMARY KEY,
    -- NULL once the account is gone.
    account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    -- Who it was, by the name of then.
    actor text NOT NULL,
    -- Such as account.suspend, domain_block.create.
    action text NOT NULL,
    -- What it was done to, by the name of then: a handle, a domain, a report's number.
    target text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX audit_log_account ON audit_log (account_id) WHERE account_id IS NOT NULL;

-- How this instance stands to others, and to their subdomains.
CREATE TABLE domain_blocks (
    id bigint PRIMARY KEY,
    domain text NOT NULL UNIQUE,
    severity text NOT NULL CHECK (severity IN ('silence', 'suspend', 'noop')),
    reject_media boolean NOT NULL DEFAULT false,
    reject_reports boolean NOT NULL DEFAULT false,
    private_comment text,
    public_comment text,
    obfuscate boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);

-- With whom an instance of limited federation speaks.
CREATE TABLE domain_allows (
    id bigint PRIMARY KEY,
    domain text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

-- Who gets no account here.
CREATE TABLE email_domain_blocks (
    id bigint PRIMARY KEY,
    domain text NOT NULL UNIQUE,
    allow_with_approval boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);

CREATE TABLE canonical_email_blocks (
    id bigint PRIMARY KEY,
    -- SHA-256, in hexadecimal, of the address without dots, what follows a plus, and capitals.
    canonical_email_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE ip_blocks (
    id bigint PRIMARY KEY,
    -- A network: 192.0.2.0/24.
    ip text NOT NULL UNIQUE,
    severity text NOT NULL CHECK (severity IN ('sign_up_requires_approval', 'sign_up_block', 'no_access')),
    comment text NOT NULL DEFAULT '',
    expires_at timestamptz,
    created_at timestamptz NOT NULL
);

-- Lists that people bring along, worked off by a job.
CREATE TABLE imports (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('following', 'blocks', 'mutes', 'domain_blocks')),
    mode text NOT NULL CHECK (mode IN ('merge', 'overwrite')),
    -- [{"acct": …}, …]; empty once it is done.
    entries jsonb NOT NULL,
    total integer NOT NULL,
    processed integer NOT NULL DEFAULT 0,
    imported integer NOT NULL DEFAULT 0,
    -- [{"line": 3, "text": …, "error": …}]
    failures jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX imports_account ON imports (account_id, id DESC);
CREATE INDEX imports_finished ON imports (finished_at) WHERE finished_at IS NOT NULL;
