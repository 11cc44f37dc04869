DROP TABLE imports, ip_blocks, canonical_email_blocks, email_domain_blocks, domain_allows, domain_blocks, audit_log, reports,
    account_moves;
ALTER TABLE instances DROP COLUMN silenced_at;
UPDATE users SET role = 'admin' WHERE role = 'owner';
ALTER TABLE users DROP CONSTRAINT users_role_check, DROP COLUMN disabled_at;
ALTER TABLE users ADD CONSTRAINT users_role_check CHECK (role IN ('user', 'moderator', 'admin'));
DROP INDEX users_created, accounts_local, accounts_silenced, accounts_deleted;
ALTER TABLE accounts DROP COLUMN silenced_at, DROP COLUMN sensitized_at, DROP COLUMN deleted_at, DROP COLUMN also_known_as,
    DROP COLUMN moved_to_uri;
