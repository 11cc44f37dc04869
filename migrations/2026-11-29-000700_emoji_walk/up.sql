-- How far the posts and profiles that are here were looked through for emoji of other servers. One row, which is locked by whoever looks.
CREATE TABLE emoji_walks (
    id integer PRIMARY KEY CHECK (id = 1),
    -- Null: nobody looks at present.
    began_at timestamptz,
    -- The last ones that were looked at.
    status_id bigint NOT NULL,
    account_id bigint NOT NULL
);
INSERT INTO emoji_walks (id, status_id, account_id) VALUES (1, 0, 0);
