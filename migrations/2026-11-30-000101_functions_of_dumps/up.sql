-- pg_dump's way back has no search path, so that an index on a function whose body is a text that names another function cannot be made
-- again: a dump could not be restored. This form is read once, here, and knows what it names.

CREATE OR REPLACE FUNCTION tag_told_id(name text) RETURNS bigint LANGUAGE sql IMMUTABLE
    RETURN (uri_hash_part(name, 1) >> 1) & 9223372036854775807;
