-- The last day (UTC) on which somebody here used their account, and how many people did on each day. Who was there on which other day is
-- kept nowhere.
CREATE TABLE person_activity (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    last_on date NOT NULL
);
CREATE INDEX person_activity_last ON person_activity (last_on);

CREATE TABLE active_days (
    day date PRIMARY KEY,
    people bigint NOT NULL
);

INSERT INTO person_activity (account_id, last_on)
    SELECT account_id, (last_sign_in_at AT TIME ZONE 'UTC')::date FROM users WHERE last_sign_in_at IS NOT NULL;
