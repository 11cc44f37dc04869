ALTER TABLE users DROP COLUMN show_media, DROP COLUMN show_media_replies, DROP COLUMN show_featured;
