//! A database of some years: tens of thousands of accounts, a hundred thousand posts, queues with old and new in them.

use crate::support::Instance;

/// The first of the seeded accounts; 4,000 people of this instance, then 16,000 of 200 others.
pub const FIRST: i64 = 1001;

/// Somebody with a thousand posts: `person920`.
pub const WRITER: i64 = 1920;

/// A group with half of the posts.
pub const GROUP: i64 = 500;

/// The id of the n-th seeded post; there are 100,000. The later half is by people of this instance alone.
pub fn post(n: i64) -> i64 {
    1_000_000 + n
}

/// A thread of 200 posts begins with this one.
pub const LONG_THREAD: i64 = 3;

/// A collection with 25 accounts in it.
pub const COLLECTION: i64 = 900_000;

/// A list of the reader's, with 500 members.
pub const LIST: i64 = 900_000;

/// Fills the instance's database, with `reader` as somebody who follows 150 accounts, is followed by 300, and has read,
/// favourited and been told of much; who hides some, and is blocked by some.
pub async fn fill(instance: &Instance, reader: i64) {
    let statements = [ACCOUNTS, POSTS, TIES, HIDING, CHOSEN, OTHERS].concat().replace("READER", &reader.to_string());
    // Triggers, which check foreign keys one by one, are off.
    instance.sql(&format!("SET session_replication_role = replica; {statements} ANALYZE;")).await;
}

const ACCOUNTS: &str = "
INSERT INTO instances (domain, created_at, next_attempt_at)
    SELECT 'host' || n || '.test', now(), CASE WHEN n % 3 = 0 THEN now() + interval '1 hour' END
    FROM generate_series(0, 199) n;
INSERT INTO accounts (id, username, domain, actor_type, uri, url, display_name, inbox_uri, shared_inbox_uri,
        public_key_id, public_key_pem, discoverable, indexable, created_at, updated_at)
    SELECT 1000 + n, CASE WHEN n <= 4000 THEN 'person' ELSE 'remote' END || n,
        CASE WHEN n > 4000 THEN 'host' || n % 200 || '.test' END, 'Person',
        'http://host' || n % 200 || '.test/users/' || n, 'http://host' || n % 200 || '.test/@' || n,
        'Somebody ' || n, 'http://host' || n % 200 || '.test/users/' || n || '/inbox',
        'http://host' || n % 200 || '.test/inbox', 'http://host' || n % 200 || '.test/users/' || n || '#main-key', 'x',
        n < 2000 OR n > 6000, n % 2 = 0, now(), now()
    FROM generate_series(1, 20000) n;
INSERT INTO accounts (id, username, actor_type, uri, url, inbox_uri, public_key_id, public_key_pem, discoverable,
        created_at, updated_at)
    VALUES (500, 'crafts', 'Group', 'http://acme.test/users/crafts', 'http://acme.test/@crafts',
        'http://acme.test/users/crafts/inbox', 'http://acme.test/users/crafts#main-key', 'x', true, now(), now());
UPDATE accounts SET suspended_at = now() WHERE id % 2000 = 3;
INSERT INTO users (account_id, email, password_hash, approved_at, created_at)
    SELECT id, id || '@people.test', '!', now(), now() FROM accounts WHERE id BETWEEN 1001 AND 5000;
INSERT INTO account_stats (account_id, last_status_at)
    SELECT id, now() - id % 100000 * interval '1 second' FROM accounts ON CONFLICT DO NOTHING;
INSERT INTO suggestion_dismissals (account_id, target_account_id, created_at)
    SELECT 1001 + n % 4000, 1001 + n, now() FROM generate_series(1, 10000) n;
INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
    SELECT n, 1001 + n % 20000, 1001 + (n * 31 + n / 20000) % 20000, 'follow-' || n, now(), now()
    FROM generate_series(1, 60000) n WHERE n % 20000 <> (n * 31 + n / 20000) % 20000;
INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
    SELECT 100000 + n, READER, 1001 + n * 29, 'mine-' || n, now(), now() FROM generate_series(1, 150) n;
INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
    SELECT 200000 + n, 1001 + n * 61, READER, 'theirs-' || n, now(), now() FROM generate_series(1, 300) n;
";

const POSTS: &str = "
INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, in_reply_to_id, in_reply_to_account_id,
        in_reply_to_uri, thread_id, reblog_of_id, group_account_id, content, created_at)
    SELECT 1000000 + n, author, 'http://acme.test/statuses/' || n, 'http://acme.test/' || n, author <= 5000,
        CASE WHEN n % 20 < 14 THEN 1 WHEN n % 20 < 16 THEN 2 WHEN n % 20 < 19 THEN 3 ELSE 4 END,
        CASE WHEN replies THEN 1000000 + n - 1 END, CASE WHEN replies THEN author END,
        CASE WHEN replies THEN 'http://acme.test/statuses/' || n - 1 END,
        CASE WHEN n BETWEEN 3 AND 202 THEN 1000003 WHEN replies THEN 1000000 + n - 1 ELSE 1000000 + n END,
        CASE WHEN n % 10 = 9 THEN 1000000 + n / 2 END, CASE WHEN n % 2 = 0 THEN 500 END, 'words :emoji' || n % 20 || ':', now()
    FROM (SELECT n, n BETWEEN 4 AND 202 OR n % 5 = 3 AS replies,
        CASE WHEN n % 100 = 50 THEN 1920 WHEN n <= 50000 THEN 1001 + (n * 7919) % 20000
            ELSE 1001 + (n * 7919) % 4000 END AS author
        FROM generate_series(1, 100000) n) row;
INSERT INTO status_stats (status_id, replies_count) SELECT id, 1 FROM statuses;
INSERT INTO cards (id, url, kind, title, description, author_name, author_url, provider_name, provider_url,
        image_description, width, height, fetched_at)
    SELECT n, 'http://pages.test/' || n, 'link', 'Page ' || n, '', '', '', '', '', '', 0, 0, now()
    FROM generate_series(1, 2000) n;
INSERT INTO custom_emojis (id, domain, shortcode, image_url, updated_at, created_at)
    SELECT n, CASE WHEN n % 200 > 0 THEN 'host' || n % 200 || '.test' ELSE '' END, 'emoji' || n / 200,
        'http://host' || n % 200 || '.test/' || n, now(), now() FROM generate_series(1, 4000) n;
INSERT INTO status_cards (status_id, card_id) SELECT id, 1 + id % 2000 FROM statuses WHERE reblog_of_id IS NULL;
INSERT INTO status_search (status_id, words)
    SELECT id, array_to_tsvector(ARRAY['a:' || account_id, 'l:simple', 'f:link']) || to_tsvector('simple', 'words w' || id % 5000)
    FROM statuses WHERE reblog_of_id IS NULL;
INSERT INTO quotes (id, status_id, account_id, quoted_status_id, quoted_account_id, quoted_uri, state, legacy, created_at)
    SELECT q.id, q.id, q.account_id, s.id, s.account_id, s.uri, 1, false, now()
    FROM statuses q JOIN statuses s ON s.id = CASE WHEN q.id % 50 = 7 THEN 1000003 ELSE q.id - 20000 END
    WHERE q.id BETWEEN 1020001 AND 1040000 AND q.reblog_of_id IS NULL;
INSERT INTO tags (id, name, created_at) SELECT n, 'tag' || n, now() FROM generate_series(1, 5000) n;
INSERT INTO status_tags (tag_id, status_id) SELECT 1, 1000000 + n * 4 FROM generate_series(1, 25000) n;
INSERT INTO status_tags (tag_id, status_id) SELECT 2 + n % 4999, 1000000 + n FROM generate_series(1, 50000) n;
";

const TIES: &str = "
INSERT INTO status_mentions (status_id, account_id)
    SELECT 1000000 + n, 1001 + (n * 13) % 20000 FROM generate_series(1, 40000) n;
INSERT INTO status_mentions (status_id, account_id) SELECT 1000000 + n * 30, READER FROM generate_series(1, 3000) n
    ON CONFLICT DO NOTHING;
INSERT INTO favourites (id, account_id, status_id, uri, created_at)
    SELECT n, 1001 + (n * 17) % 20000, 1000000 + n, 'like-' || n, now() FROM generate_series(1, 40000) n;
INSERT INTO favourites (id, account_id, status_id, uri, created_at)
    SELECT 100000 + n, READER, 1000000 + n * 40, 'mine-' || n, now() FROM generate_series(1, 2500) n;
INSERT INTO bookmarks (id, account_id, status_id, created_at)
    SELECT id, account_id, status_id, now() FROM favourites;
INSERT INTO status_pins (id, account_id, status_id, created_at)
    SELECT id, account_id, id, now() FROM (SELECT id, account_id, row_number() OVER (PARTITION BY account_id ORDER BY id) AS n
        FROM statuses WHERE reblog_of_id IS NULL AND audience_kind <> 4) s WHERE n <= 5;
INSERT INTO status_edits (id, status_id, content, spoiler_text, sensitive, created_at)
    SELECT n, 1000000 + n, 'words', '', false, now() FROM generate_series(1, 20000) n;
INSERT INTO polls (id, status_id, multiple, hide_totals, options, votes, voters, checked_at)
    SELECT id, id, true, false, '{yes,no}', '{1,1}', 1, now() FROM statuses WHERE reblog_of_id IS NULL;
INSERT INTO poll_votes (id, poll_id, account_id, choice, created_at)
    SELECT n, 1000000 + n, 1001 + n % 4000, 0, now() FROM generate_series(1, 20000) n
    UNION ALL SELECT 100000 + n, 1000000 + n, READER, 1, now() FROM generate_series(1, 20000) n;
INSERT INTO thread_mutes (account_id, thread_id, created_at)
    SELECT 1001 + n % 4000, 1000000 + n, now() FROM generate_series(1, 10000) n
    UNION ALL SELECT READER, 1000000 + n, now() FROM generate_series(1, 2000) n;
INSERT INTO scheduled_statuses (id, account_id, scheduled_at, draft, job_id, created_at)
    SELECT n, 1001 + n % 4000, now() + interval '1 year', '{}', 0, now() FROM generate_series(1, 20000) n;
INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at)
    SELECT n, 1001 + n % 4000, 1001 + (n * 17) % 20000, 'favourite', 1000000 + n, now() FROM generate_series(1, 40000) n;
INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at)
    SELECT 100000 + n, READER, 1001 + (n * 17) % 20000, 'mention', 1000000 + n * 30, now()
    FROM generate_series(1, 3000) n;
INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at, group_key)
    SELECT 50000 + n, READER, 1001 + (n * 17) % 20000, 'favourite', 1000000 + n / 100 * 30, now(),
        'favourite-' || (1000000 + n / 100 * 30) || '-480000' FROM generate_series(1, 3000) n;
INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at, filtered)
    SELECT 300000 + n, READER, 1001 + n, 'mention', 1000000 + n * 7, now(), true FROM generate_series(1, 2000) n;
INSERT INTO notification_requests (id, account_id, from_account_id, created_at, updated_at)
    SELECT n, READER, 1001 + n, now(), now() FROM generate_series(1, 2000) n
    UNION ALL SELECT 10000 + n, 1001 + n % 4000, 1002 + n % 5000, now(), now() FROM generate_series(1, 10000) n
    ON CONFLICT DO NOTHING;
INSERT INTO conversations (id, account_id, thread_id, participants, participants_hash, last_status_id, unread, created_at)
    SELECT n, READER, n, ARRAY[1001 + n], ''::bytea, 1000002 + n * 30, true, now() FROM generate_series(1, 2000) n
    UNION ALL SELECT 10000 + n, 1001 + n % 4000, n, ARRAY[1002 + n % 5000], ''::bytea, 1000000 + n, true, now()
    FROM generate_series(1, 10000) n;
INSERT INTO conversation_statuses (conversation_id, status_id) SELECT id, last_status_id FROM conversations;
INSERT INTO idempotency_keys (account_id, key, status_id, created_at)
    SELECT 1001 + n % 4000, 'key' || n, 1000000 + n, now() FROM generate_series(1, 10000) n;
INSERT INTO tombstones (uri, deleted_at) SELECT 'http://acme.test/gone/' || n, now() FROM generate_series(1, 20000) n;
INSERT INTO status_hosts (status_id, inbox_uri)
    SELECT 1000000 + n, 'http://host' || n % 200 || '.test/inbox' FROM generate_series(1, 20000) n;
";

const HIDING: &str = "
INSERT INTO blocks (id, account_id, target_account_id, uri, created_at)
    SELECT n, 1001 + n % 4000, 1001 + (n * 37 + n / 4000) % 20000, 'block-' || n, now() FROM generate_series(1, 20000) n
    WHERE n % 4000 <> (n * 37 + n / 4000) % 20000 ON CONFLICT DO NOTHING;
INSERT INTO blocks (id, account_id, target_account_id, uri, created_at)
    SELECT 100000 + n, READER, 1002 + n * 300, 'mine-' || n, now() FROM generate_series(1, 10) n
    UNION ALL SELECT 200000 + n, 1003 + n * 300, READER, 'theirs-' || n, now() FROM generate_series(1, 10) n;
INSERT INTO mutes (id, account_id, target_account_id, expires_at, created_at)
    SELECT n, 1001 + n % 4000, 1001 + (n * 41 + n / 4000) % 20000,
        CASE WHEN n % 4 = 0 THEN now() + n * interval '1 minute' END, now() FROM generate_series(1, 20000) n
    WHERE n % 4000 <> (n * 41 + n / 4000) % 20000 ON CONFLICT DO NOTHING;
INSERT INTO mutes (id, account_id, target_account_id, created_at)
    SELECT 100000 + n, READER, 1001 + n * 580, now() FROM generate_series(1, 10) n;
INSERT INTO account_domain_blocks (id, account_id, domain, created_at)
    SELECT n, 1001 + n % 4000, 'host' || (n + n / 4000) % 200 || '.test', now() FROM generate_series(1, 10000) n;
INSERT INTO account_domain_blocks (id, account_id, domain, created_at)
    SELECT 100000 + n, READER, 'host' || n * 30 || '.test', now() FROM generate_series(1, 5) n;
INSERT INTO endorsements (id, account_id, target_account_id, created_at)
    SELECT n, account_id, target_account_id, now() FROM (SELECT row_number() OVER () AS n, * FROM follows LIMIT 10000) f;
INSERT INTO account_notes (account_id, target_account_id, comment, updated_at)
    SELECT account_id, target_account_id, 'noted', now() FROM follows LIMIT 10000;
";

const CHOSEN: &str = "
INSERT INTO lists (id, account_id, title, replies_policy, exclusive, created_at)
    SELECT n, 1001 + n % 4000, 'List ' || n, 'list', n % 2 = 0, now() FROM generate_series(1, 4000) n
    UNION ALL SELECT 900000, READER, 'Many', 'followed', false, now()
    UNION ALL SELECT 900001, READER, 'Apart', 'followed', true, now();
INSERT INTO list_accounts (id, list_id, account_id, follow_id, created_at)
    SELECT id, 1 + id % 4000, target_account_id, id, now() FROM follows WHERE id <= 20000;
-- These are on an exclusive list, too, and so not on home.
INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
    SELECT 300000 + n, READER, 1002 + n * 29, 'listed-' || n, now(), now() FROM generate_series(1, 350) n;
INSERT INTO list_accounts (id, list_id, account_id, follow_id, created_at)
    SELECT id, 900000, target_account_id, id, now() FROM follows WHERE account_id = READER;
INSERT INTO list_accounts (id, list_id, account_id, follow_id, created_at)
    SELECT id + 1000000, 900001, target_account_id, id, now() FROM follows WHERE account_id = READER AND id > 300000;
INSERT INTO filters (id, account_id, title, context, action, created_at)
    SELECT n, 1001 + n % 4000, 'Filter', '{home}'::text[], 'warn', now() FROM generate_series(1, 8000) n
    UNION ALL SELECT 100000 + n, READER, 'Mine', '{home}'::text[], 'warn', now() FROM generate_series(1, 3) n;
INSERT INTO filter_keywords (id, filter_id, keyword, whole_word)
    SELECT n, 1 + n % 8000, 'word' || n, true FROM generate_series(1, 16000) n
    UNION ALL SELECT 100000 + n, 100001 + n % 3, 'mine' || n, true FROM generate_series(1, 9) n;
INSERT INTO filter_statuses (id, filter_id, status_id)
    SELECT n, 1 + n % 8000, 1000000 + n FROM generate_series(1, 8000) n
    UNION ALL SELECT 100000 + n, 100001, 1000000 + n * 3 FROM generate_series(1, 20) n;
INSERT INTO tag_follows (id, account_id, tag_id, created_at)
    SELECT n, 1001 + n % 4000, 1 + (n * 7) % 5000, now() FROM generate_series(1, 12000) n
    UNION ALL SELECT 100000 + n, READER, n, now() FROM generate_series(1, 10) n;
INSERT INTO account_featuring (account_id, automatic, manual, collections_uri)
    SELECT id, 1, 0, uri || '/collections' FROM accounts WHERE domain IS NOT NULL;
INSERT INTO collections (id, account_id, uri, local, name, created_at, updated_at)
    SELECT n, 1001 + n % 20000, 'http://acme.test/collections/' || n, n % 20000 < 4000, 'People', now(), now() FROM generate_series(1, 20000) n
    UNION ALL SELECT 900000, 1920, 'http://acme.test/collections/many', true, 'Many', now(), now();
INSERT INTO collection_items (id, collection_id, account_id, object_uri, state, uri, created_at)
    SELECT n, 1 + n % 20000, 1001 + (n * 7919) % 20000, 'place-' || n, 'accepted', 'item-' || n, now()
    FROM generate_series(1, 60000) n
    UNION ALL SELECT 100000 + n, 900000, 1001 + n * 29, 'place-' || n, 'accepted', 'many-' || n, now()
    FROM generate_series(1, 25) n;
INSERT INTO featured_tags (id, account_id, tag_id, created_at)
    SELECT n, 1001 + n % 4000, 1 + (n * 7) % 5000, now() FROM generate_series(1, 8000) n;
";

const OTHERS: &str = "
INSERT INTO oauth_applications (id, client_id, client_secret_hash, name, redirect_uris, scopes, created_at)
    SELECT n, 'client' || n, '', 'App', '{}', 'read', now() FROM generate_series(1, 5000) n;
INSERT INTO oauth_tokens (id, token_hash, application_id, account_id, scopes, created_at)
    SELECT n, decode(md5(n::text), 'hex'), 1 + n % 5000, 1001 + n % 4000, 'read', now() FROM generate_series(1, 10000) n;
INSERT INTO sessions (token_hash, account_id, created_at, expires_at)
    SELECT decode(md5(n::text), 'hex'), 1001 + n % 4000, now(), now() + interval '1 day' FROM generate_series(1, 10000) n;
INSERT INTO markers (account_id, timeline, last_read_id, updated_at)
    SELECT 1000 + n, 'notifications', 1, now() FROM generate_series(1, 4000) n;
INSERT INTO jobs (id, kind, payload, run_at, created_at, lane)
    SELECT n, 'unknown', '{}', now() + n * interval '1 second' - interval '100 seconds', now(),
        CASE WHEN n % 2 = 0 THEN 'lane' || n % 50 END
    FROM generate_series(1, 20000) n;
INSERT INTO received_activities (uri, received_at)
    SELECT 'http://host.test/activities/' || n, now() - n * interval '2 minutes' FROM generate_series(1, 30000) n;
INSERT INTO outgoing_activities (id, account_id, uri, body, created_at)
    SELECT n, 1001 + n % 4000, 'activity-' || n, '{}', now() FROM generate_series(1, 20000) n;
INSERT INTO deliveries (id, activity_id, host, account_id, inbox_uri, created_at)
    SELECT n, n, 'host' || n % 200 || '.test', 1001 + n % 4000, 'http://host' || n % 200 || '.test/inbox', now()
    FROM generate_series(1, 20000) n WHERE n > 100;
";
