-- How many tried to register with an address that a rule is about: a row for each rule and day, however many they were. Who they were
-- is not kept.
CREATE TABLE email_domain_block_days (
    block_id bigint NOT NULL REFERENCES email_domain_blocks (id) ON DELETE CASCADE,
    -- UTC.
    day date NOT NULL,
    attempts bigint NOT NULL,
    PRIMARY KEY (block_id, day)
);
CREATE INDEX email_domain_block_days_day ON email_domain_block_days (day);
