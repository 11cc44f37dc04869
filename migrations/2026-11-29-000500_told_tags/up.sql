-- Clients know a hashtag by a number that is made of its name (src/tags/entity.rs): the first 64 bits of its SHA-256 without the last one.

CREATE FUNCTION tag_told_id(name text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (uri_hash_part(name, 1) >> 1) & 9223372036854775807
$$;

CREATE FUNCTION tag_by_told_id(told bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT t.id FROM tags t WHERE tag_told_id(t.name) = told LIMIT 1
$$;
