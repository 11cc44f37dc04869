//! People, followers and posts to measure with, written straight into the database.

use chrono::Utc;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use pollen::accounts::ops::NewLocal;
use pollen::accounts::{Account, ActorType, keys::KeyPool, ops, sign_in};
use pollen::app::App;
use pollen::base::clock::Clock;
use pollen::base::secret;
use pollen::config::Config;
use pollen::start;

use crate::instance::DOMAIN;

/// Authors on other servers, whom the reader follows.
pub const AUTHORS: usize = 50;
/// Hosts with one follower of the writer each.
pub const HOSTS: usize = 200;
/// Hosts with one follower each of the last person.
pub const CROWD: usize = 2000;

pub struct Seeded {
    /// Local people with their tokens; the first follows all authors.
    pub people: Vec<(Account, String)>,
    pub private_key: String,
    pub public_key: String,
    /// A post with [`REPLIES`](crate::more_seed::REPLIES) replies.
    pub thread: i64,
    /// Tokens of further people, who follow all authors.
    pub listeners: Vec<String>,
    /// Of the first person's browser.
    pub cookie: String,
}

pub async fn sql(app: &App, text: &str) {
    let mut conn = app.db.get().await.unwrap();
    diesel::sql_query(text).execute(&mut conn).await.unwrap();
}

/// Fills an empty database.
pub async fn seed(database_url: &str) -> Seeded {
    let mut config = Config::default();
    config.instance.domain = DOMAIN.into();
    config.federation.loopback = true;
    let prepared = start::prepare(config, database_url, Clock::default()).await.unwrap();
    let app = prepared.app.clone();
    let (private_key, public_key) = pollen::net::key::generate().unwrap();
    app.slot::<KeyPool>().fill((0..9).map(|_| (private_key.clone(), public_key.clone())));
    let mut people = Vec::new();
    for index in 0..9 {
        people.push(person(&app, &format!("person{index}")).await);
    }
    let (reader, writer, speaker) = (people[0].0.id, people[1].0.id, people[8].0.id);
    remote(&app, AUTHORS, "author", &public_key).await;
    remote(&app, HOSTS, "follower", &public_key).await;
    remote(&app, CROWD, "crowd", &public_key).await;
    sql(
        &app,
        &format!(
            "INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
         SELECT id + 500000, {reader}, id, 'f' || id, now(), now() FROM accounts WHERE username LIKE 'author%'"
        ),
    )
    .await;
    for (name, followed) in [("follower", writer), ("crowd", speaker)] {
        sql(
            &app,
            &format!(
                "INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
         SELECT id + 500000, id, {followed}, 'f' || id, now(), now() FROM accounts WHERE username LIKE '{name}%'"
            ),
        )
        .await;
    }
    let (thread, listeners) = crate::more_seed::fill(&app, reader, writer).await;
    let session = sign_in::open_session(&app, reader, "bench").await.unwrap();
    let cookie = format!("{}={session}", session_cookie());
    sql(&app, "VACUUM ANALYZE").await;
    prepared.close().await;
    Seeded { people, private_key, public_key, thread, listeners, cookie }
}

/// The name of the cookie, without https.
fn session_cookie() -> String {
    let hash: String = secret::hash(DOMAIN).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("pollen_{hash}")
}

async fn person(app: &App, name: &str) -> (Account, String) {
    let pair = pollen::accounts::keys::new_pair(app).await.unwrap();
    let new = NewLocal {
        username: name.into(),
        actor_type: ActorType::Person,
        display_name: name.into(),
        note: String::new(),
    };
    let account = app.transaction(async |conn| ops::create_local(app, conn, new, pair).await).await.unwrap();
    let token = secret::generate().unwrap();
    let mut conn = app.db.get().await.unwrap();
    for text in [
        "INSERT INTO users (account_id, email, password_hash, approved_at, created_at)
         SELECT $1, $2, '', now(), now() WHERE $3 <> ''::bytea",
        "INSERT INTO oauth_applications (id, client_id, client_secret_hash, name, redirect_uris, scopes, created_at)
         SELECT $1, $2, '', 'bench', '{}', 'read write follow', now() WHERE $3 <> ''::bytea",
        "INSERT INTO oauth_tokens (id, token_hash, application_id, account_id, scopes, created_at)
         SELECT $1, $3, $1, $1, 'read write follow', now() WHERE $2 <> ''",
    ] {
        diesel::sql_query(text)
            .bind::<BigInt, _>(account.id)
            .bind::<Text, _>(name)
            .bind::<diesel::sql_types::Bytea, _>(secret::hash(&token))
            .execute(&mut conn)
            .await
            .unwrap();
    }
    (account, token)
}

/// `count` remote accounts named `name`N on hosts `name`N.test, all with one key.
async fn remote(app: &App, count: usize, name: &str, public_key: &str) {
    let first = app.ids.mint(Utc::now());
    let mut conn = app.db.get().await.unwrap();
    diesel::sql_query(format!(
        "INSERT INTO instances (domain) SELECT '{name}' || n || '.test' FROM generate_series(0, {count} - 1) n"
    ))
    .execute(&mut conn)
    .await
    .unwrap();
    diesel::sql_query(format!(
        "INSERT INTO accounts (id, username, domain, actor_type, uri, url, inbox_uri, followers_uri, public_key_id, public_key_pem,
                created_at, updated_at, fetched_at)
         SELECT $1 + n, '{name}' || n, '{name}' || n || '.test', 'Person', base, base, base || '/inbox', base || '/followers',
                base || '#main-key', $2, now(), now(), now()
         FROM (SELECT n, 'http://{name}' || n || '.test/users/{name}' || n AS base FROM generate_series(0, {count} - 1) n) rows"
    ))
    .bind::<BigInt, _>(first)
    .bind::<Text, _>(public_key)
    .execute(&mut conn)
    .await
    .unwrap();
    diesel::sql_query("INSERT INTO account_stats (account_id) SELECT id FROM accounts ON CONFLICT DO NOTHING")
        .execute(&mut conn)
        .await
        .unwrap();
}
