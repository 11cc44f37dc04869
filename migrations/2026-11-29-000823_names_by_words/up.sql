-- Finds those who want to be found by the beginning of any word of their names, such as their surname. What joins words in names
-- parts them. What waits to be brought into the index is read by every search, so it is kept short (in kilobytes).
CREATE INDEX CONCURRENTLY IF NOT EXISTS accounts_found_words ON accounts
    USING gin (to_tsvector('simple', translate(display_name || ' ' || username, '.-/_@:''', '       ')))
    WITH (gin_pending_list_limit = 256) WHERE discoverable;
