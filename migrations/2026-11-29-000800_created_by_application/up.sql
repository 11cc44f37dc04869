-- The program through which somebody got their account, where it was one.
ALTER TABLE users ADD COLUMN created_by_application_id bigint REFERENCES oauth_applications (id) ON DELETE SET NULL;
CREATE INDEX users_created_by_application ON users (created_by_application_id) WHERE created_by_application_id IS NOT NULL;
