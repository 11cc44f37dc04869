-- The key pair by which push services know this instance (RFC 8292). There is one, made at the first start.
CREATE TABLE push_keys (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    -- PKCS #8, P-256.
    private_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- Devices that want to be told of notifications: one for each access token, gone with it.
CREATE TABLE push_subscriptions (
    id bigint PRIMARY KEY,
    token_id bigint NOT NULL UNIQUE REFERENCES oauth_tokens (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Where messages are posted to.
    endpoint text NOT NULL,
    -- The device's P-256 point (uncompressed), and the secret that it shares with us.
    public_key bytea NOT NULL,
    auth bytea NOT NULL,
    -- RFC 8291; false: the draft before it, which older clients read.
    standard boolean NOT NULL,
    -- Whose doings are of interest.
    policy text NOT NULL CHECK (policy IN ('all', 'followed', 'follower', 'none')),
    -- Types of notifications that are of interest.
    alerts text[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX push_subscriptions_account ON push_subscriptions (account_id);
