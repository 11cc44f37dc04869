-- What keeps an account its person's own: addresses that are confirmed, second factors, passkeys.

-- Since when the person's address waits to be confirmed; until then they cannot sign in.
ALTER TABLE users ADD COLUMN email_awaited_since timestamptz;

-- Until when the browser need not ask for the password again before what matters is changed.
ALTER TABLE sessions ADD COLUMN sure_until timestamptz;

-- Links in letters: each works once, for what it was made, while it has not expired. Of its secret only a hash is kept.
CREATE TABLE mail_links (
    token_hash bytea PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('confirm', 'change', 'reset')),
    -- The address that it was sent to; lower case.
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX mail_links_account ON mail_links (account_id);
CREATE INDEX mail_links_expires ON mail_links (expires_at);

-- Browsers in which somebody has signed in before, by the hash of a cookie.
CREATE TABLE known_browsers (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    browser_hash bytea NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, browser_hash)
);

-- What an app that makes codes knows too (RFC 6238). It has to be known in the clear.
CREATE TABLE totp_keys (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    secret bytea NOT NULL,
    -- NULL until the app has shown that it knows it.
    confirmed_at timestamptz,
    -- Codes of this step of time, and of all before it, are used up.
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL
);

CREATE TABLE recovery_codes (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE passkeys (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    -- The public key, and what is known of it, as webauthn-rs writes it.
    credential text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkeys_account ON passkeys (account_id);

-- Where a browser stands in between: its password was right and the second factor is missing ('second'), it was asked for a
-- passkey ('passkey'), or is about to give one ('register'). By the hash of its cookie.
CREATE TABLE sign_in_steps (
    browser_hash bytea PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('second', 'passkey', 'register')),
    account_id bigint REFERENCES accounts (id) ON DELETE CASCADE,
    -- What the browser was asked to sign, and what is needed to check its answer.
    challenge text,
    failures integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    CHECK (account_id IS NOT NULL OR kind = 'passkey')
);
CREATE INDEX sign_in_steps_account ON sign_in_steps (account_id);
CREATE INDEX sign_in_steps_expires ON sign_in_steps (expires_at);
