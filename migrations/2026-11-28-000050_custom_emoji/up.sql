-- Custom emoji: pictures that stand in texts by their names, of this instance and of others.
CREATE TABLE custom_emojis (
    id bigint PRIMARY KEY,
    -- Whose they are: empty for this instance's own, else the domain in the handles of those who use them.
    domain text NOT NULL,
    shortcode text NOT NULL CHECK (shortcode ~ '^[a-zA-Z0-9_]{2,128}$'),
    -- Where the picture is: with us, or on another server. Empty while our own is on its way into the store.
    image_url text NOT NULL,
    -- Of our own: the picture that stands still.
    static_url text,
    visible_in_picker boolean NOT NULL DEFAULT true,
    category text,
    disabled_at timestamptz,
    -- When the picture last changed; of others, as their server says.
    updated_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (domain, shortcode)
);

-- Their pictures are files like others.
ALTER TABLE media_files ADD COLUMN emoji_id bigint REFERENCES custom_emojis (id) ON DELETE SET NULL;
CREATE INDEX media_files_emoji ON media_files (emoji_id) WHERE emoji_id IS NOT NULL;
DROP INDEX media_files_released;
CREATE INDEX media_files_released ON media_files (created_at)
    WHERE attachment_id IS NULL AND account_id IS NULL AND card_id IS NULL AND emoji_id IS NULL;

-- Lists of accounts and bookmarks can be brought along, too.
ALTER TABLE imports DROP CONSTRAINT imports_kind_check;
ALTER TABLE imports ADD CONSTRAINT imports_kind_check
    CHECK (kind IN ('following', 'blocks', 'mutes', 'domain_blocks', 'lists', 'bookmarks'));
