DROP INDEX media_files_released;
ALTER TABLE media_files DROP COLUMN emoji_id;
CREATE INDEX media_files_released ON media_files (created_at)
    WHERE attachment_id IS NULL AND account_id IS NULL AND card_id IS NULL;
DROP TABLE custom_emojis;
