DROP INDEX users_created_by_application;
ALTER TABLE users DROP COLUMN created_by_application_id;
