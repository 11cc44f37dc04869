-- When the stamp of a quote was asked for again: it may be taken back without a word.
ALTER TABLE quotes ADD COLUMN approval_checked_at timestamptz;

-- When an emoji of another server was last found in something that is here.
ALTER TABLE custom_emojis ADD COLUMN used_at timestamptz;
