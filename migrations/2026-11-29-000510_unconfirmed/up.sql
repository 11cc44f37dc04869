-- Every round of housekeeping looks for people who never confirmed their address: they are few among all.
CREATE INDEX users_unconfirmed ON users (email_awaited_since) WHERE email_awaited_since IS NOT NULL;
