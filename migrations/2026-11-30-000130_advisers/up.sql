-- Whom administrators recommend is suggested to all: owners are administrators, too.
CREATE INDEX users_advisers ON users (account_id) WHERE role IN ('admin', 'owner');
DROP INDEX users_admins;
