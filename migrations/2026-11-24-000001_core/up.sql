-- The core of Pollen: nodes, instances, accounts, sign-in, audiences, posts,
-- relationships, notifications, jobs and deliveries.
-- Every id named `id bigint` without an identity is minted by the server
-- (milliseconds << 16 | node << 10 | sequence), so that it sorts by time.

-- One of 64 node numbers, leased by a running process.
CREATE TABLE nodes (
    id smallint PRIMARY KEY CHECK (id BETWEEN 0 AND 63),
    holder uuid NOT NULL,
    leased_until timestamptz NOT NULL
);

-- Other servers, by host as it stands in their URLs (with a port if it has one).
CREATE TABLE instances (
    domain text PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Nothing comes from or goes to a suspended server.
    suspended_at timestamptz,
    -- A partner agreement is in force between these two moments.
    partner_from timestamptz,
    partner_until timestamptz,
    -- Delivery: the state of the host's lane.
    failing_since timestamptz,
    failures integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    leased_until timestamptz
);

-- People, groups and the instance's own actor, local (domain IS NULL) and remote.
CREATE TABLE accounts (
    id bigint PRIMARY KEY,
    username text NOT NULL,
    domain text REFERENCES instances (domain) ON DELETE RESTRICT,
    actor_type text NOT NULL CHECK (actor_type IN ('Person', 'Group', 'Service', 'Application')),
    uri text NOT NULL UNIQUE,
    url text NOT NULL,
    display_name text NOT NULL DEFAULT '',
    -- Local accounts: what was typed. Remote accounts: empty.
    note_source text NOT NULL DEFAULT '',
    -- Sanitised HTML.
    note text NOT NULL DEFAULT '',
    -- [{"name": text, "value": HTML, "verified_at": null}]
    fields jsonb NOT NULL DEFAULT '[]',
    avatar_url text,
    header_url text,
    locked boolean NOT NULL DEFAULT false,
    discoverable boolean NOT NULL DEFAULT false,
    indexable boolean NOT NULL DEFAULT false,
    inbox_uri text NOT NULL,
    shared_inbox_uri text,
    outbox_uri text NOT NULL DEFAULT '',
    followers_uri text NOT NULL DEFAULT '',
    following_uri text NOT NULL DEFAULT '',
    featured_uri text NOT NULL DEFAULT '',
    public_key_id text NOT NULL,
    public_key_pem text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- When a remote actor was last read from its server.
    fetched_at timestamptz,
    suspended_at timestamptz
);
CREATE UNIQUE INDEX accounts_local_username ON accounts (lower(username)) WHERE domain IS NULL;
CREATE UNIQUE INDEX accounts_remote_handle ON accounts (lower(username), domain) WHERE domain IS NOT NULL;
CREATE INDEX accounts_domain ON accounts (domain);
-- Search by the beginning of a name.
CREATE INDEX accounts_username_prefix ON accounts (lower(username) text_pattern_ops);
CREATE INDEX accounts_display_name_prefix ON accounts (lower(display_name) text_pattern_ops);
CREATE INDEX accounts_public_key_id ON accounts (public_key_id);

-- Private keys outlive what they sign until the last Delete is delivered.
CREATE TABLE account_keys (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE RESTRICT,
    private_key_pem text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE account_stats (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    statuses_count bigint NOT NULL DEFAULT 0,
    followers_count bigint NOT NULL DEFAULT 0,
    following_count bigint NOT NULL DEFAULT 0,
    last_status_at timestamptz
) WITH (fillfactor = 70);

-- What a person needs to sign in.
CREATE TABLE users (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    -- Lower case.
    email text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'moderator', 'admin')),
    locale text NOT NULL DEFAULT 'en',
    -- NULL while somebody has yet to approve the registration.
    approved_at timestamptz,
    registration_reason text,
    default_visibility text NOT NULL DEFAULT 'public' CHECK (default_visibility IN ('public', 'unlisted', 'private', 'direct')),
    default_sensitive boolean NOT NULL DEFAULT false,
    default_language text,
    created_at timestamptz NOT NULL,
    last_sign_in_at timestamptz
);

-- Browser sessions. The cookie holds the secret, the row its SHA-256.
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE oauth_applications (
    id bigint PRIMARY KEY,
    client_id text NOT NULL UNIQUE,
    client_secret_hash bytea NOT NULL,
    name text NOT NULL,
    website text,
    redirect_uris text[] NOT NULL,
    scopes text NOT NULL,
    created_at timestamptz NOT NULL
);

-- account_id is NULL for an application's own token (client_credentials).
CREATE TABLE oauth_tokens (
    id bigint PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    application_id bigint NOT NULL REFERENCES oauth_applications (id) ON DELETE CASCADE,
    account_id bigint REFERENCES accounts (id) ON DELETE CASCADE,
    scopes text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX oauth_tokens_application ON oauth_tokens (application_id);
CREATE INDEX oauth_tokens_account ON oauth_tokens (account_id);

CREATE TABLE oauth_codes (
    code_hash bytea PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES oauth_applications (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    redirect_uri text NOT NULL,
    scopes text NOT NULL,
    code_challenge text,
    expires_at timestamptz NOT NULL,
    -- The token that was given for it: a code that is used again ends that token.
    token_id bigint REFERENCES oauth_tokens (id) ON DELETE CASCADE
);
CREATE INDEX oauth_codes_application ON oauth_codes (application_id);
CREATE INDEX oauth_codes_account ON oauth_codes (account_id);
CREATE INDEX oauth_codes_expires ON oauth_codes (expires_at);
CREATE INDEX oauth_codes_token ON oauth_codes (token_id) WHERE token_id IS NOT NULL;

-- Audiences whose members are named one by one: private groups. The other kinds
-- of audience (statuses.audience_kind) need no row, their members follow from
-- follows, mentions, the instance and its agreements.
CREATE TABLE audiences (
    id bigint PRIMARY KEY,
    group_account_id bigint NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE RESTRICT,
    created_at timestamptz NOT NULL
);

CREATE TABLE memberships (
    audience_id bigint NOT NULL REFERENCES audiences (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (audience_id, account_id)
);
CREATE INDEX memberships_account ON memberships (account_id);

CREATE TABLE follows (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The Follow activity's id.
    uri text NOT NULL UNIQUE,
    -- NULL while the other side has yet to answer.
    accepted_at timestamptz,
    show_reblogs boolean NOT NULL DEFAULT true,
    notify boolean NOT NULL DEFAULT false,
    languages text[],
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, target_account_id),
    CHECK (account_id <> target_account_id)
);
CREATE INDEX follows_target ON follows (target_account_id, id DESC);
CREATE INDEX follows_account ON follows (account_id, id DESC);

CREATE TABLE statuses (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri text NOT NULL UNIQUE,
    url text NOT NULL,
    local boolean NOT NULL,
    -- 1 public, 2 unlisted, 3 followers, 4 direct, 5 organisation, 6 partners, 7 private group.
    audience_kind smallint NOT NULL CHECK (audience_kind BETWEEN 1 AND 7),
    audience_id bigint REFERENCES audiences (id) ON DELETE RESTRICT,
    in_reply_to_id bigint REFERENCES statuses (id) ON DELETE SET NULL,
    in_reply_to_account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    -- The ActivityPub id of the parent, kept while we don't have it.
    in_reply_to_uri text,
    -- The first post of the thread; its own id for a first post.
    thread_id bigint NOT NULL,
    reblog_of_id bigint REFERENCES statuses (id) ON DELETE CASCADE,
    -- The public group in which it was posted.
    group_account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    -- 0 plain, 1 question, 2 resource, 3 today I learned, 4 lesson.
    kind smallint NOT NULL DEFAULT 0 CHECK (kind BETWEEN 0 AND 4),
    -- What was typed (local posts), in `content_type`.
    text text NOT NULL DEFAULT '',
    content_type text NOT NULL DEFAULT 'text/plain' CHECK (content_type IN ('text/plain', 'text/markdown', 'text/html')),
    -- Sanitised HTML.
    content text NOT NULL DEFAULT '',
    spoiler_text text NOT NULL DEFAULT '',
    sensitive boolean NOT NULL DEFAULT false,
    language text,
    application_id bigint REFERENCES oauth_applications (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    edited_at timestamptz,
    CHECK ((audience_kind = 7) = (audience_id IS NOT NULL))
);
CREATE INDEX statuses_account ON statuses (account_id, id DESC);
CREATE INDEX statuses_thread ON statuses (thread_id, id);
CREATE INDEX statuses_in_reply_to ON statuses (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX statuses_in_reply_to_account ON statuses (in_reply_to_account_id) WHERE in_reply_to_account_id IS NOT NULL;
CREATE INDEX statuses_awaited_parent ON statuses (in_reply_to_uri) WHERE in_reply_to_uri IS NOT NULL AND in_reply_to_id IS NULL;
CREATE UNIQUE INDEX statuses_reblog ON statuses (reblog_of_id, account_id) WHERE reblog_of_id IS NOT NULL;
CREATE INDEX statuses_group ON statuses (group_account_id, id DESC) WHERE group_account_id IS NOT NULL;
CREATE INDEX statuses_application ON statuses (application_id) WHERE application_id IS NOT NULL;
CREATE INDEX statuses_audience ON statuses (audience_id, id DESC) WHERE audience_id IS NOT NULL;
CREATE INDEX statuses_public ON statuses (id DESC) WHERE audience_kind = 1 AND reblog_of_id IS NULL;
CREATE INDEX statuses_public_local ON statuses (id DESC) WHERE audience_kind = 1 AND reblog_of_id IS NULL AND local;

CREATE TABLE status_stats (
    status_id bigint PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    replies_count bigint NOT NULL DEFAULT 0,
    reblogs_count bigint NOT NULL DEFAULT 0,
    favourites_count bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

CREATE TABLE status_mentions (
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (status_id, account_id)
);
CREATE INDEX status_mentions_account ON status_mentions (account_id, status_id DESC);

CREATE TABLE tags (
    id bigint PRIMARY KEY,
    -- Normalised: lower case, without #.
    name text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
CREATE INDEX tags_name_prefix ON tags (name text_pattern_ops);

CREATE TABLE status_tags (
    tag_id bigint NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, status_id)
);
CREATE INDEX status_tags_status ON status_tags (status_id);

-- Hosts that a post was ever sent to: its Delete goes to each.
CREATE TABLE status_hosts (
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    inbox_uri text NOT NULL,
    PRIMARY KEY (status_id, inbox_uri)
);

-- What was deleted stays deleted, also when its Create arrives after its Delete.
CREATE TABLE tombstones (
    uri text PRIMARY KEY,
    -- The host whose word it was; a Delete counts for its own host's objects only.
    former_type text NOT NULL DEFAULT 'Note',
    deleted_at timestamptz NOT NULL
);

CREATE TABLE idempotency_keys (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key text NOT NULL,
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_keys_status ON idempotency_keys (status_id);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

CREATE TABLE favourites (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    -- The Like activity's id.
    uri text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, status_id)
);
CREATE INDEX favourites_status ON favourites (status_id, id DESC);
CREATE INDEX favourites_account ON favourites (account_id, id DESC);

CREATE TABLE notifications (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    type text NOT NULL CHECK (type IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'update')),
    status_id bigint REFERENCES statuses (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL
);
CREATE INDEX notifications_account ON notifications (account_id, id DESC);
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, from_account_id, type, coalesce(status_id, 0));
CREATE INDEX notifications_from_account ON notifications (from_account_id);
CREATE INDEX notifications_status ON notifications (status_id) WHERE status_id IS NOT NULL;

-- How far a person has read: home, notifications.
CREATE TABLE markers (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    timeline text NOT NULL CHECK (timeline IN ('home', 'notifications')),
    last_read_id bigint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, timeline)
);

-- Work to be done after the transaction that asked for it. A claim moves run_at
-- past the lease, so a job whose worker died comes back by itself.
CREATE TABLE jobs (
    id bigint PRIMARY KEY,
    kind text NOT NULL,
    -- Jobs of one lane run one after the other, in the order of their ids.
    lane text,
    payload text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    failed_at timestamptz,
    last_error text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE failed_at IS NULL;
CREATE INDEX jobs_failed ON jobs (failed_at) WHERE failed_at IS NOT NULL;

-- Activities that have passed the door: a replay has no effect.
CREATE TABLE received_activities (
    uri text PRIMARY KEY,
    received_at timestamptz NOT NULL
);
CREATE INDEX received_activities_at ON received_activities (received_at);

-- An activity on its way out, built once for all its recipients.
CREATE TABLE outgoing_activities (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    uri text NOT NULL UNIQUE,
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX outgoing_activities_account ON outgoing_activities (account_id);

CREATE TABLE deliveries (
    id bigint PRIMARY KEY,
    activity_id bigint NOT NULL REFERENCES outgoing_activities (id) ON DELETE CASCADE,
    -- Order is kept for each host and actor.
    host text NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    inbox_uri text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- Set aside until then, because it alone keeps failing.
    not_before timestamptz,
    created_at timestamptz NOT NULL,
    last_error text,
    UNIQUE (activity_id, inbox_uri)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX deliveries_host ON deliveries (host, id);
CREATE INDEX deliveries_account ON deliveries (account_id);
