DELETE FROM jobs WHERE kind = 'letter';
DROP TABLE sign_in_steps;
DROP TABLE passkeys;
DROP TABLE recovery_codes;
DROP TABLE totp_keys;
DROP TABLE known_browsers;
DROP TABLE mail_links;
ALTER TABLE sessions DROP COLUMN sure_until;
-- Who waits to confirm an address must not be let in by that, and there is no other place to say so.
UPDATE users SET disabled_at = email_awaited_since WHERE email_awaited_since IS NOT NULL AND disabled_at IS NULL;
ALTER TABLE users DROP COLUMN email_awaited_since;
