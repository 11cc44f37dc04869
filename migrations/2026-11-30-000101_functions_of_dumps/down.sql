CREATE OR REPLACE FUNCTION tag_told_id(name text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (uri_hash_part(name, 1) >> 1) & 9223372036854775807
$$;
