-- Every page asks whether its reader has a message that they have not read.
CREATE INDEX CONCURRENTLY IF NOT EXISTS conversations_unread ON conversations (account_id) WHERE unread;
