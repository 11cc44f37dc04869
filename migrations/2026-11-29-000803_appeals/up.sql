-- What somebody says against what moderators did to them: once for each message of theirs, and it is decided once. Who decided is in
-- audit_log.
CREATE TABLE appeals (
    warning_id bigint PRIMARY KEY REFERENCES account_warnings (id) ON DELETE CASCADE,
    text text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'approved', 'rejected')),
    created_at timestamptz NOT NULL
);
-- Those that wait are few among all.
CREATE INDEX appeals_pending ON appeals (warning_id) WHERE state = 'pending';
