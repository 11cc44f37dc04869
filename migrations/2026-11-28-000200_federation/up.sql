-- Threads of other servers, and whose followers a host should know.

-- When somebody's look at a post from elsewhere had its thread read from its server, and the thread's own address (FEP-7888).
CREATE TABLE thread_reads (
    status_id bigint PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    read_at timestamptz NOT NULL,
    context_uri text
);

-- What the sender takes the receiver's people among its followers to be (FEP-8fcf), with what is for followers.
ALTER TABLE deliveries ADD COLUMN followers_digest text;

-- Who is behind an inbox that is gone for good.
CREATE INDEX accounts_by_inbox ON accounts USING hash (inbox_uri) WHERE domain IS NOT NULL;
CREATE INDEX accounts_by_shared_inbox ON accounts USING hash (shared_inbox_uri) WHERE domain IS NOT NULL;
