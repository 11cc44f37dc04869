-- What FEP-8fcf has servers compare, kept up with the follows themselves: for each account here, and each server that follows it, the
-- XOR of the SHA-256 of its followers' ids. So a post for followers costs no walk over them. By triggers, in the transaction that
-- changes follows, so that no writer can forget it.
--
-- Follows wait while this is filled, about ten seconds for a million of them.

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

-- Puts followers into the sums (1), or takes them out (-1): the same is added. Between accounts here and elsewhere alone. In one order, so
-- that two at once do not wait for each other; each sum once, however many follow, since a row that changes often in one transaction
-- becomes slow.
CREATE FUNCTION follower_digests_add(targets bigint[], followers bigint[], ways integer[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO follower_digests AS d (account_id, origin, followers, part_1, part_2, part_3, part_4)
    SELECT t.id, uri_origin(a.uri), sum(f.way),
           bit_xor(uri_hash_part(a.uri, 1)), bit_xor(uri_hash_part(a.uri, 2)),
           bit_xor(uri_hash_part(a.uri, 3)), bit_xor(uri_hash_part(a.uri, 4))
    FROM unnest($1, $2, $3) AS f (target, follower, way)
    JOIN accounts t ON t.id = f.target AND t.domain IS NULL
    JOIN accounts a ON a.id = f.follower AND a.domain IS NOT NULL
    WHERE uri_origin(a.uri) IS NOT NULL
    GROUP BY t.id, uri_origin(a.uri)
    ORDER BY t.id, uri_origin(a.uri)
    ON CONFLICT (account_id, origin) DO UPDATE
    SET followers = d.followers + excluded.followers, part_1 = d.part_1 # excluded.part_1,
        part_2 = d.part_2 # excluded.part_2, part_3 = d.part_3 # excluded.part_3, part_4 = d.part_4 # excluded.part_4
$$;

CREATE FUNCTION follower_digests_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    targets bigint[];
    followers bigint[];
    ways integer[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.target_account_id), array_agg(n.account_id), array_agg(1) INTO targets, followers, ways
        FROM new_follows n WHERE n.accepted_at IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(o.target_account_id), array_agg(o.account_id), array_agg(-1) INTO targets, followers, ways
        FROM old_follows o WHERE o.accepted_at IS NOT NULL;
    ELSE
        -- Most changes are of what is shown, or of an id.
        SELECT array_agg(c.target), array_agg(c.follower), array_agg(c.way) INTO targets, followers, ways
        FROM (SELECT b.target, b.follower, sum(b.way)::integer AS way
              FROM (SELECT o.target_account_id AS target, o.account_id AS follower, -1 AS way
                    FROM old_follows o WHERE o.accepted_at IS NOT NULL
                    UNION ALL
                    SELECT n.target_account_id, n.account_id, 1 FROM new_follows n WHERE n.accepted_at IS NOT NULL) b
              GROUP BY b.target, b.follower HAVING sum(b.way) <> 0) c;
    END IF;
    IF targets IS NOT NULL THEN
        PERFORM follower_digests_add(targets, followers, ways);
    END IF;
    RETURN NULL;
END $$;

-- A follower's id must still be there when its follows go.
CREATE FUNCTION follows_end_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM follows WHERE account_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER follower_digests_inserted AFTER INSERT ON follows REFERENCING NEW TABLE AS new_follows
    FOR EACH STATEMENT EXECUTE FUNCTION follower_digests_changed();
CREATE TRIGGER follower_digests_updated AFTER UPDATE ON follows REFERENCING OLD TABLE AS old_follows NEW TABLE AS new_follows
    FOR EACH STATEMENT EXECUTE FUNCTION follower_digests_changed();
CREATE TRIGGER follower_digests_deleted AFTER DELETE ON follows REFERENCING OLD TABLE AS old_follows
    FOR EACH STATEMENT EXECUTE FUNCTION follower_digests_changed();
CREATE TRIGGER follows_end_first BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION follows_end_first();

INSERT INTO follower_digests (account_id, origin, followers, part_1, part_2, part_3, part_4)
SELECT t.id, uri_origin(a.uri), count(*),
       bit_xor(uri_hash_part(a.uri, 1)), bit_xor(uri_hash_part(a.uri, 2)),
       bit_xor(uri_hash_part(a.uri, 3)), bit_xor(uri_hash_part(a.uri, 4))
FROM follows f JOIN accounts t ON t.id = f.target_account_id JOIN accounts a ON a.id = f.account_id
WHERE f.accepted_at IS NOT NULL AND t.domain IS NULL AND a.domain IS NOT NULL AND uri_origin(a.uri) IS NOT NULL
GROUP BY t.id, uri_origin(a.uri);
