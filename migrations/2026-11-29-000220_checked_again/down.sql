ALTER TABLE custom_emojis DROP COLUMN used_at;
ALTER TABLE quotes DROP COLUMN approval_checked_at;
