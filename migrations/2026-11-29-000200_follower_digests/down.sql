DROP TRIGGER follows_end_first ON accounts;
DROP TRIGGER follower_digest_changed ON follows;
DROP FUNCTION follows_end_first;
DROP FUNCTION follower_digest_changed;
DROP FUNCTION follower_digest_toggle;
DROP FUNCTION uri_hash_part;
DROP FUNCTION uri_origin;
DROP TABLE follower_digests;
