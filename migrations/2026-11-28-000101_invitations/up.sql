-- Who brings whom: personal invitations, and who came by them.

CREATE TABLE invitations (
    id bigint PRIMARY KEY,
    -- Who vouches.
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    note text NOT NULL DEFAULT '',
    uses_left integer NOT NULL CHECK (uses_left >= 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX invitations_account ON invitations (account_id, id);

CREATE TABLE invitation_uses (
    invitation_id bigint NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (invitation_id, account_id)
);
CREATE INDEX invitation_uses_account ON invitation_uses (account_id);
