DROP INDEX media_files_released;
ALTER TABLE media_files DROP COLUMN card_id;
CREATE INDEX media_files_released ON media_files (created_at) WHERE attachment_id IS NULL AND account_id IS NULL;
DROP TABLE status_cards;
DROP TABLE cards;
DELETE FROM jobs WHERE kind = 'card_wanted';
