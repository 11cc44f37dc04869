DROP FUNCTION tag_by_told_id(bigint);
DROP FUNCTION tag_told_id(text);
