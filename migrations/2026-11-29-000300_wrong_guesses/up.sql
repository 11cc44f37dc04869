-- Wrong passwords and codes, so that who guesses does not begin anew when the server does.
CREATE TABLE wrong_guesses (
    -- The hash of an account, or of a name that nobody has: as much is written for the one as for the other.
    who bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('password', 'code')),
    times integer NOT NULL,
    last_at timestamptz NOT NULL,
    -- Of codes: none of six digits is taken before. Of passwords: the person is not told again before.
    not_before timestamptz,
    PRIMARY KEY (who, kind)
);
CREATE INDEX wrong_guesses_last_at ON wrong_guesses (last_at);
