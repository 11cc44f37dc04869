-- Whom somebody does not want to see, or to be seen by; what they note of others, and whom they recommend.

CREATE TABLE blocks (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The Block activity's id. Not unique: nobody can take another's id beforehand.
    uri text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, target_account_id),
    CHECK (account_id <> target_account_id)
);
CREATE INDEX blocks_account ON blocks (account_id, id DESC);
CREATE INDEX blocks_target ON blocks (target_account_id, account_id);
CREATE INDEX blocks_uri ON blocks (uri);

CREATE TABLE mutes (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hide_notifications boolean NOT NULL DEFAULT true,
    -- NULL: until it is taken back.
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, target_account_id),
    CHECK (account_id <> target_account_id)
);
CREATE INDEX mutes_account ON mutes (account_id, id DESC);
CREATE INDEX mutes_target ON mutes (target_account_id);
CREATE INDEX mutes_expires ON mutes (expires_at) WHERE expires_at IS NOT NULL;

-- A person's own; what the instance refuses is no matter of theirs.
CREATE TABLE account_domain_blocks (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- As in accounts.domain. No reference: it may be a server that we have never met.
    domain text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, domain)
);
CREATE INDEX account_domain_blocks_account ON account_domain_blocks (account_id, id DESC);
CREATE INDEX account_domain_blocks_domain ON account_domain_blocks (domain, account_id);

-- What a person notes of another, for themselves alone.
CREATE TABLE account_notes (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    comment text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, target_account_id)
);
CREATE INDEX account_notes_target ON account_notes (target_account_id);

-- Whom a person recommends on their profile, of those whom they follow.
CREATE TABLE endorsements (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, target_account_id)
);
CREATE INDEX endorsements_account ON endorsements (account_id, id DESC);
CREATE INDEX endorsements_target ON endorsements (target_account_id);
