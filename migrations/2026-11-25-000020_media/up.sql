-- Pictures, films and sounds: what posts have attached, and every file in the store of files.

-- What is attached to a post, or waits to be. Of posts from elsewhere: where it is, and what was said of it.
CREATE TABLE media_attachments (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    status_id bigint REFERENCES statuses (id) ON DELETE CASCADE,
    -- Its place in the post.
    position smallint NOT NULL DEFAULT 0,
    kind text NOT NULL CHECK (kind IN ('unknown', 'image', 'gifv', 'video', 'audio')),
    state text NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
    -- Why it could not be processed, for its owner.
    failure text,
    description text NOT NULL DEFAULT '',
    blurhash text,
    focus_x real NOT NULL DEFAULT 0 CHECK (focus_x BETWEEN -1 AND 1),
    focus_y real NOT NULL DEFAULT 0 CHECK (focus_y BETWEEN -1 AND 1),
    -- Mastodon's `meta` without `focus`: measures of the original and the small one, duration.
    meta jsonb NOT NULL DEFAULT '{}',
    remote_url text,
    remote_type text,
    remote_preview_url text,
    -- Nobody can guess it: the name under which we pass on what is elsewhere.
    remote_key text UNIQUE,
    -- Since when it belongs to no post; a day later it is swept.
    unattached_since timestamptz,
    created_at timestamptz NOT NULL,
    CHECK ((status_id IS NULL) = (unattached_since IS NOT NULL)),
    CHECK ((remote_url IS NULL) = (remote_key IS NULL))
);
CREATE INDEX media_attachments_account ON media_attachments (account_id);
CREATE INDEX media_attachments_status ON media_attachments (status_id, position) WHERE status_id IS NOT NULL;
CREATE INDEX media_attachments_unattached ON media_attachments (unattached_since) WHERE status_id IS NULL;

-- Every file in the store. The row comes first and goes last, so nothing lies in the store that no row knows of. One that
-- belongs to nothing any more is served to nobody, and removed by a job.
CREATE TABLE media_files (
    -- The last part of its address, which nobody can guess. It changes when whoever knew it should know it no more.
    name text PRIMARY KEY,
    -- Where it is in the store; never changes.
    path text NOT NULL UNIQUE,
    role text NOT NULL CHECK (role IN ('source', 'original', 'small', 'avatar', 'header')),
    content_type text NOT NULL,
    -- In bytes.
    size bigint NOT NULL,
    attachment_id bigint REFERENCES media_attachments (id) ON DELETE SET NULL,
    account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    -- Whole in the store.
    ready boolean NOT NULL DEFAULT false,
    -- A copy of what is at this address elsewhere. Can be fetched again, so the least recently used go when room is short.
    copy_of text,
    used_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX media_files_attachment ON media_files (attachment_id) WHERE attachment_id IS NOT NULL;
CREATE INDEX media_files_account ON media_files (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX media_files_released ON media_files (created_at) WHERE attachment_id IS NULL AND account_id IS NULL;
CREATE INDEX media_files_unready ON media_files (created_at) WHERE NOT ready;
CREATE INDEX media_files_copies ON media_files (used_at) INCLUDE (size) WHERE copy_of IS NOT NULL;
