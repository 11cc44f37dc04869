-- What pages say of themselves, for the posts that link to them.

-- One for each address, shared by all posts that link to it. Without a title there is nothing to show; it is kept so that the
-- page is not asked again with each post.
CREATE TABLE cards (
    id bigint PRIMARY KEY,
    url text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('link', 'photo')),
    title text NOT NULL,
    description text NOT NULL,
    language text,
    author_name text NOT NULL,
    author_url text NOT NULL,
    provider_name text NOT NULL,
    provider_url text NOT NULL,
    image_url text,
    image_description text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    blurhash text,
    published_at timestamptz,
    fetched_at timestamptz NOT NULL
);
CREATE INDEX cards_fetched ON cards (fetched_at);

CREATE TABLE status_cards (
    status_id bigint PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
    card_id bigint NOT NULL REFERENCES cards (id) ON DELETE CASCADE
);
CREATE INDEX status_cards_card ON status_cards (card_id, status_id DESC);

-- The pictures of cards are copies like those of posts from elsewhere.
ALTER TABLE media_files ADD COLUMN card_id bigint REFERENCES cards (id) ON DELETE SET NULL;
CREATE INDEX media_files_card ON media_files (card_id) WHERE card_id IS NOT NULL;
DROP INDEX media_files_released;
CREATE INDEX media_files_released ON media_files (created_at)
    WHERE attachment_id IS NULL AND account_id IS NULL AND card_id IS NULL;
