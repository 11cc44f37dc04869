-- How a person wants to see the pages of this instance.
CREATE TABLE person_preferences (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    theme text NOT NULL CHECK (theme IN ('system', 'light', 'dark')),
    text_size text NOT NULL CHECK (text_size IN ('normal', 'large', 'larger')),
    motion text NOT NULL CHECK (motion IN ('system', 'still')),
    -- NULL: as the browser says.
    language text,
    -- By its name in the IANA database. NULL: UTC.
    time_zone text,
    updated_at timestamptz NOT NULL
);

-- What administrators changed of the configuration while the instance ran; a key that is not here is as the file has it.
CREATE TABLE instance_settings (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What moderators write beside a report, for one another.
CREATE TABLE report_notes (
    id bigint PRIMARY KEY,
    report_id bigint NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    -- NULL once the account is gone.
    account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    -- Who it was, by the name of then.
    author text NOT NULL,
    content text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX report_notes_report ON report_notes (report_id, id);
CREATE INDEX report_notes_account ON report_notes (account_id) WHERE account_id IS NOT NULL;
