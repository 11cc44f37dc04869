-- When the pages that a profile elsewhere links to are asked, last or next: however often it changes, every few minutes at most, and its
-- last change counts.
CREATE TABLE field_checks (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    due_at timestamptz NOT NULL
);
