-- Polls: what a post asks, with answers to choose from.

CREATE TABLE polls (
    id bigint PRIMARY KEY,
    status_id bigint NOT NULL UNIQUE REFERENCES statuses (id) ON DELETE CASCADE,
    -- More than one answer can be chosen.
    multiple boolean NOT NULL,
    -- How often each was chosen is shown when the poll has ended.
    hide_totals boolean NOT NULL,
    options text[] NOT NULL,
    -- How often each option was chosen, in their order: counted here, or as the author's server says.
    votes bigint[] NOT NULL,
    -- How many people voted. NULL: the author's server does not say.
    voters bigint,
    -- NULL: it never ends.
    expires_at timestamptz,
    -- Of others: when its numbers were read, or asked for, last.
    checked_at timestamptz NOT NULL,
    -- The end for which a job waits.
    end_awaited_at timestamptz,
    -- When the job that tells other servers of new votes runs; NULL: there is none.
    update_due_at timestamptz
);

CREATE TABLE poll_votes (
    id bigint PRIMARY KEY,
    poll_id bigint NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Which option, from 0.
    choice smallint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (poll_id, account_id, choice)
);
CREATE INDEX poll_votes_account ON poll_votes (account_id);

-- The options of an earlier version's poll; NULL: it had none.
ALTER TABLE status_edits ADD COLUMN poll_options text[];

ALTER TABLE notifications DROP CONSTRAINT notifications_type_check;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (
    type IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update'));
