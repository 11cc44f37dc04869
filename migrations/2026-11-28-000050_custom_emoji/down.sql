DELETE FROM imports WHERE kind IN ('lists', 'bookmarks');
ALTER TABLE imports DROP CONSTRAINT imports_kind_check;
ALTER TABLE imports ADD CONSTRAINT imports_kind_check CHECK (kind IN ('following', 'blocks', 'mutes', 'domain_blocks'));
DROP INDEX media_files_released;
ALTER TABLE media_files DROP COLUMN emoji_id;
CREATE INDEX media_files_released ON media_files (created_at)
    WHERE attachment_id IS NULL AND account_id IS NULL AND card_id IS NULL;
DROP TABLE custom_emojis;
