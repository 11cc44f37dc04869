-- Collections of accounts that somebody recommends, with the consent of those who are in them; what people are told of their
-- follows that a block ended, and of what moderators did to their account.

CREATE TABLE collections (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri text NOT NULL UNIQUE,
    -- The page for people, where there is one.
    url text,
    local boolean NOT NULL,
    name text NOT NULL,
    -- Plain text of ours, sanitised HTML of others.
    description text NOT NULL DEFAULT '',
    language text,
    -- A hashtag, normalised.
    tag text,
    sensitive boolean NOT NULL DEFAULT false,
    -- Listed on its owner's profile.
    discoverable boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX collections_account ON collections (account_id, id DESC);

CREATE TABLE collection_items (
    id bigint PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    -- NULL: an account on another server that has not been looked up yet.
    account_id bigint REFERENCES accounts (id) ON DELETE CASCADE,
    -- The account's ActivityPub id.
    object_uri text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected', 'revoked')),
    -- The item's ActivityPub id. NULL: somebody of ours agreed to be in another server's collection, which has not said that they are.
    uri text UNIQUE,
    -- The request by which its account was asked.
    request_uri text UNIQUE,
    -- Where the account's server says that it agrees.
    authorization_uri text,
    created_at timestamptz NOT NULL,
    UNIQUE (collection_id, object_uri)
);
CREATE INDEX collection_items_account ON collection_items (account_id, id DESC) WHERE account_id IS NOT NULL;
CREATE INDEX collection_items_authorization ON collection_items (authorization_uri) WHERE authorization_uri IS NOT NULL;
CREATE INDEX collection_items_collection ON collection_items (collection_id, id);

-- What an actor on another server says of being featured. Who has no row says nothing.
CREATE TABLE account_featuring (
    account_id bigint PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    -- Who may without being asked, and after being asked: 1 everyone, 2 followers, 4 those who are followed, 8 somebody else.
    automatic smallint NOT NULL,
    manual smallint NOT NULL,
    -- The list of its own collections, or empty.
    collections_uri text NOT NULL
);

-- Follows of a person that a block of a whole domain ended.
CREATE TABLE severances (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('domain_block', 'user_domain_block')),
    target_name text NOT NULL,
    followers_count integer NOT NULL,
    following_count integer NOT NULL,
    -- When the block was made.
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, kind, target_name, created_at)
);

-- What moderators let people know of what was done to their account.
CREATE TABLE account_warnings (
    id bigint PRIMARY KEY,
    target_account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    action text NOT NULL CHECK (action IN ('none', 'disable', 'sensitive', 'silence', 'suspend')),
    text text NOT NULL,
    -- No references: what it was about stays named after it is gone.
    status_ids bigint[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX account_warnings_target ON account_warnings (target_account_id);

-- Collections that a report names, as reports.status_ids.
ALTER TABLE reports ADD COLUMN collection_ids bigint[] NOT NULL DEFAULT '{}';

ALTER TABLE notifications
    DROP CONSTRAINT notifications_type_check,
    ADD COLUMN collection_id bigint REFERENCES collections (id) ON DELETE CASCADE,
    ADD COLUMN severance_id bigint REFERENCES severances (id) ON DELETE CASCADE,
    ADD COLUMN warning_id bigint REFERENCES account_warnings (id) ON DELETE CASCADE;
ALTER TABLE notifications ADD CONSTRAINT notifications_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update', 'quote', 'quoted_update',
     'admin.sign_up', 'admin.report',
     'added_to_collection', 'collection_update', 'severed_relationships', 'moderation_warning'));
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications
    (account_id, from_account_id, type, coalesce(status_id, report_id, collection_id, severance_id, warning_id, 0));
CREATE INDEX notifications_collection ON notifications (collection_id) WHERE collection_id IS NOT NULL;
CREATE INDEX notifications_severance ON notifications (severance_id) WHERE severance_id IS NOT NULL;
CREATE INDEX notifications_warning ON notifications (warning_id) WHERE warning_id IS NOT NULL;
