-- Signatures of requests and of activities.

-- The host took a signature by RFC 9421 when it had refused that of draft-cavage.
ALTER TABLE instances ADD COLUMN message_signatures boolean NOT NULL DEFAULT false;

-- The Ed25519 keys by which local accounts prove their activities (FEP-8b32), as Multikey writes them.
CREATE TABLE account_proof_keys (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    secret_key_multibase text NOT NULL,
    public_key_multibase text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Those that other actors name in assertionMethod (FEP-521a).
CREATE TABLE remote_proof_keys (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_id text NOT NULL,
    public_key_multibase text NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (account_id, key_id)
);
