CREATE INDEX users_admins ON users (account_id) WHERE role = 'admin';
DROP INDEX users_advisers;
