//! Posts, a thread, notifications and listeners, written straight into the database.

use chrono::Utc;
use diesel::sql_types::{Array, BigInt, Binary, Text};
use diesel_async::RunQueryDsl;
use pollen::app::App;
use pollen::base::id::{AccountId, StatusId};
use pollen::base::secret;
use pollen::search;

use crate::seed::{AUTHORS, sql};

/// Posts of the authors.
pub const POSTS: usize = 200_000;
/// Replies in the thread.
pub const REPLIES: usize = 200;
/// People who listen.
pub const LISTENERS: usize = 1000;

/// A word that stands in every so many posts, and one that stands in few.
pub const COMMON: (&str, usize) = ("harvest", 100);
pub const RARE: (&str, usize) = ("quince", 20_000);

/// Returns the thread's first post, and the listeners' tokens.
pub async fn fill(app: &App, reader: AccountId, writer: AccountId) -> (i64, Vec<String>) {
    posts(app).await;
    let thread = thread(app).await;
    notifications(app, reader).await;
    sql(app, "UPDATE accounts SET indexable = true").await;
    index(app).await;
    let listeners = listeners(app, writer).await;
    (thread, listeners)
}

/// The authors' posts, over the last two months.
async fn posts(app: &App) {
    let ((common, each), (rare, seldom)) = (COMMON, RARE);
    sql(
        app,
        &format!(
            "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, content, language, created_at)
         SELECT id, author, 'https://old.test/' || n, 'https://old.test/' || n, false, 1, id,
                '<p>' || repeat('What I learned today, in a few words. ', 8) || 'number' || n
                || CASE WHEN n % {each} = 0 THEN ' {common}' ELSE '' END
                || CASE WHEN n % {seldom} = 7 THEN ' {rare}' ELSE '' END || '</p>', 'en', now()
         FROM (SELECT n, ((extract(epoch FROM now()) * 1000)::bigint - n * 25000::bigint) << 16 AS id,
                      (SELECT id FROM accounts WHERE username = 'author' || (n % {AUTHORS})) AS author
               FROM generate_series(1, {POSTS}) n) rows"
        ),
    )
    .await;
}

/// A post with replies by all authors, of which every third answers the one before.
async fn thread(app: &App) -> i64 {
    let first = app.ids.mint(Utc::now());
    sql(
        app,
        &format!(
            "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, in_reply_to_id, in_reply_to_account_id,
                 in_reply_to_uri, content, created_at)
         SELECT {first} + n, author, 'https://thread.test/' || n, 'https://thread.test/' || n, false, 2, {first}, parent,
                CASE WHEN parent IS NOT NULL THEN author END, CASE WHEN parent IS NOT NULL THEN 'https://thread.test/0' END,
                '<p>' || repeat('What I learned today, in a few words. ', 4) || '</p>', now()
         FROM (SELECT n, (SELECT id FROM accounts WHERE username = 'author' || (n % {AUTHORS})) AS author,
                      CASE WHEN n = 0 THEN NULL WHEN n % 3 = 0 THEN {first} + n - 1 ELSE {first} END AS parent
               FROM generate_series(0, {REPLIES}) n) rows ORDER BY n"
        ),
    )
    .await;
    first
}

/// Two hundred people like each of fifty posts of the reader's, one person after the other.
async fn notifications(app: &App, reader: AccountId) {
    let (post, notification) = (app.ids.mint(Utc::now()), app.ids.mint(Utc::now()) + 1_000_000);
    sql(
        app,
        &format!(
            "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, content, created_at)
         SELECT {post} + n, {reader}, 'https://own.test/' || n, 'https://own.test/' || n, true, 2, {post} + n,
                '<p>My own words</p>', now() FROM generate_series(1, 50) n"
        ),
    )
    .await;
    sql(
        app,
        &format!(
            "INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at, group_key)
         SELECT {notification} + row_number() OVER (ORDER BY a.id, n), {reader}, a.id, 'favourite', {post} + n, now(),
                'favourite-' || ({post} + n) || '-' || (extract(epoch FROM now())::bigint / 3600)
         FROM generate_series(1, 50) n, accounts a WHERE a.username LIKE 'follower%'"
        ),
    )
    .await;
}

/// Makes all posts findable, as they are when they come.
async fn index(app: &App) {
    let mut conn = app.db.background().await.unwrap();
    let mut below = StatusId(i64::MAX);
    loop {
        let some = search::store::list_below(&mut conn, below, 2000).await.unwrap();
        let Some(last) = some.last() else { return };
        below = last.id;
        search::store::index(&mut conn, &some.iter().collect::<Vec<_>>()).await.unwrap();
    }
}

/// People with tokens, made after the pattern of one.
async fn listeners(app: &App, pattern: AccountId) -> Vec<String> {
    let tokens: Vec<String> = (0..LISTENERS).map(|_| secret::generate().unwrap()).collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(|token| secret::hash(token)).collect();
    let first = app.ids.mint(Utc::now()) + 2_000_000;
    let numbers: Vec<i64> = (0..).map(|n| first + n).take(LISTENERS).collect();
    let names: Vec<String> = (0..LISTENERS).map(|n| format!("listener{n}")).collect();
    let mut conn = app.db.get().await.unwrap();
    for text in [
        "INSERT INTO accounts (id, username, actor_type, uri, url, inbox_uri, outbox_uri, followers_uri, following_uri, featured_uri,
             public_key_id, public_key_pem, created_at, updated_at)
         SELECT t.id, t.name, p.actor_type, p.uri || t.name, p.url || t.name, p.inbox_uri || t.name, p.outbox_uri || t.name,
             p.followers_uri || t.name, p.following_uri || t.name, p.featured_uri || t.name, p.public_key_id || t.name,
             p.public_key_pem, now(), now()
         FROM unnest($1, $2, $3) AS t (id, name, hash), accounts p WHERE p.id = $4",
        "INSERT INTO users (account_id, email, password_hash, approved_at, created_at)
         SELECT t.id, t.name, '', now(), now() FROM unnest($1, $2, $3) AS t (id, name, hash) WHERE $4 > 0",
        "INSERT INTO oauth_tokens (id, token_hash, application_id, account_id, scopes, created_at)
         SELECT t.id, t.hash, $4, t.id, 'read', now() FROM unnest($1, $2, $3) AS t (id, name, hash)",
        "INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
         SELECT 600000 + row_number() OVER (), t.id, a.id, t.name || a.id, now(), now()
         FROM unnest($1, $2, $3) AS t (id, name, hash), accounts a WHERE a.username LIKE 'author%' AND $4 > 0",
    ] {
        diesel::sql_query(text)
            .bind::<Array<BigInt>, _>(&numbers)
            .bind::<Array<Text>, _>(&names)
            .bind::<Array<Binary>, _>(&hashes)
            .bind::<BigInt, _>(pattern)
            .execute(&mut conn)
            .await
            .unwrap();
    }
    tokens
}
