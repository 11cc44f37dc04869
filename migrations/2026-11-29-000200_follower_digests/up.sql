-- What FEP-8fcf has servers compare, kept up with the follows themselves: for each account here, and each server that follows it, the
-- XOR of the SHA-256 of its followers' ids. So a post for followers costs no walk over them. By triggers, in the transaction that
-- changes a follow, so that no writer can forget it.
--
-- Follows wait while this is filled, some seconds for a million of them.

CREATE TABLE follower_digests (
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Of the followers' ids, as it stands in them: https://example.com.
    origin text NOT NULL,
    followers bigint NOT NULL,
    -- The sum's 256 bits, the highest first.
    part_1 bigint NOT NULL,
    part_2 bigint NOT NULL,
    part_3 bigint NOT NULL,
    part_4 bigint NOT NULL,
    PRIMARY KEY (account_id, origin)
);

CREATE FUNCTION uri_origin(uri text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT substring(uri FROM '^[^:]+://[^/?#]+')
$$;

-- The first, second, third or fourth 64 bits of the SHA-256 of a text.
CREATE FUNCTION uri_hash_part(uri text, part integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || substr(encode(sha256(convert_to(uri, 'UTF8')), 'hex'), part * 16 - 15, 16))::bit(64)::bigint
$$;

-- Puts a follower into the sum, or takes it out: the same is added. Between accounts here and elsewhere alone.
CREATE FUNCTION follower_digest_toggle(target bigint, follower bigint, by integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO follower_digests AS d (account_id, origin, followers, part_1, part_2, part_3, part_4)
    SELECT t.id, uri_origin(a.uri), by,
           uri_hash_part(a.uri, 1), uri_hash_part(a.uri, 2), uri_hash_part(a.uri, 3), uri_hash_part(a.uri, 4)
    FROM accounts t, accounts a
    WHERE t.id = target AND t.domain IS NULL AND a.id = follower AND a.domain IS NOT NULL
      AND uri_origin(a.uri) IS NOT NULL
    ON CONFLICT (account_id, origin) DO UPDATE
    SET followers = d.followers + excluded.followers, part_1 = d.part_1 # excluded.part_1,
        part_2 = d.part_2 # excluded.part_2, part_3 = d.part_3 # excluded.part_3, part_4 = d.part_4 # excluded.part_4
$$;

CREATE FUNCTION follower_digest_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.accepted_at IS NULL) = (NEW.accepted_at IS NULL)
        AND OLD.account_id = NEW.account_id AND OLD.target_account_id = NEW.target_account_id THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        IF OLD.accepted_at IS NOT NULL THEN
            PERFORM follower_digest_toggle(OLD.target_account_id, OLD.account_id, -1);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.accepted_at IS NOT NULL THEN
            PERFORM follower_digest_toggle(NEW.target_account_id, NEW.account_id, 1);
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- A follower's id must still be there when its follows go.
CREATE FUNCTION follows_end_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM follows WHERE account_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER follower_digest_changed
    AFTER INSERT OR DELETE OR UPDATE OF account_id, target_account_id, accepted_at ON follows
    FOR EACH ROW EXECUTE FUNCTION follower_digest_changed();
CREATE TRIGGER follows_end_first BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION follows_end_first();

INSERT INTO follower_digests (account_id, origin, followers, part_1, part_2, part_3, part_4)
SELECT t.id, uri_origin(a.uri), count(*),
       bit_xor(uri_hash_part(a.uri, 1)), bit_xor(uri_hash_part(a.uri, 2)),
       bit_xor(uri_hash_part(a.uri, 3)), bit_xor(uri_hash_part(a.uri, 4))
FROM follows f JOIN accounts t ON t.id = f.target_account_id JOIN accounts a ON a.id = f.account_id
WHERE f.accepted_at IS NOT NULL AND t.domain IS NULL AND a.domain IS NOT NULL AND uri_origin(a.uri) IS NOT NULL
GROUP BY t.id, uri_origin(a.uri);
