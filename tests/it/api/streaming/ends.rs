//! How streams end: with the token, with the account, when they are not read, with the server. And that there are not too many.

use std::time::Duration;

use pollen::accounts::sign_in;
use pollen::base::clock::Clock;
use pollen::moderation::ops::{self, Act, By, Reason};
use pollen::portability::ops::begin_deletion;
use pollen::start::{self, Parts};
use serde_json::json;

use super::ACME;
use crate::support::{Heard, Instance, Person, World};

/// A way in which somebody's token ends.
async fn ends(world: &World, person: &Person, end: impl AsyncFnOnce()) {
    let acme = world.instance(ACME);
    let other: Instance = acme.twin().await;
    let (socket, elsewhere) = (acme.listen(&person.token, "user").await, other.listen(&person.token, "public").await);
    let (status, _, events) = other.events("/api/v1/streaming/user", Some(&person.token)).await;
    assert_eq!(status, 200);
    end().await;
    for socket in [socket, elsewhere] {
        let (end, before) = socket.end().await;
        assert_eq!((end, before.len()), (Heard::Closed(1008, "The access token has ended".into()), 0));
    }
    assert_eq!(events.rest().await, ":)\n");
    assert_eq!(acme.listen_with(&format!("?access_token={}", person.token), &[]).await.err().unwrap().0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_ends_its_streams_in_every_process() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let second = ada.with_scopes("read").await;
    let mut kept = acme.listen(&second.token, "user").await;
    acme.sql("UPDATE oauth_applications SET client_secret_hash = sha256('secret')").await;
    let client = acme.database.client().await;
    let query = "SELECT client_id FROM oauth_applications a JOIN oauth_tokens t ON t.application_id = a.id
                 WHERE a.scopes LIKE '%push%' LIMIT 1";
    let id: String = client.query_one(query, &[]).await.unwrap().get(0);
    ends(&world, &ada, async || {
        let form = [("client_id", id.as_str()), ("client_secret", "secret"), ("token", ada.token.as_str())];
        acme.post_form("/oauth/revoke", &form).await.expect(200);
    })
    .await;
    let post = second.with_scopes("write").await.post_status("Still here").await;
    assert_eq!(kept.expect("update").await["id"], post["id"], "other tokens go on");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_all_streams() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    ends(&world, &ada, async || {
        sign_in::set_password(&world.instance(ACME).app, ada.account.id, "another long password").await.unwrap();
    })
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_account_hears_nothing_more() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    ends(&world, &ada, async || {
        let app = &world.instance(ACME).app;
        ops::act(app, By::CommandLine, ada.account.id, Act::Suspend, Reason::default()).await.unwrap();
    })
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_hears_nothing_more() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    ends(&world, &ada, async || {
        let app = &world.instance(ACME).app;
        ops::act(app, By::CommandLine, ada.account.id, Act::Disable, Reason::default()).await.unwrap();
    })
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_hears_nothing_more() {
    let world = World::start([ACME]).await;
    let ada = world.instance(ACME).register("ada").await;
    ends(&world, &ada, async || {
        let app = &world.instance(ACME).app;
        app.transaction(async |conn| begin_deletion(app, conn, &ada.account).await).await.unwrap();
    })
    .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ended_unannounced_gets_nothing_all_the_same() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ben = acme.register("ben").await;
    for (name, end) in [
        ("ada", "DELETE FROM oauth_tokens WHERE account_id ="),
        ("cyd", "UPDATE accounts SET suspended_at = now() WHERE id ="),
        ("dee", "UPDATE users SET approved_at = NULL WHERE account_id ="),
    ] {
        let person = acme.register(name).await;
        person.follow("@ben").await;
        let mut streams = Vec::new();
        for stream in ["user", "public"] {
            streams.push(acme.listen(&person.token, stream).await);
        }
        acme.sql(&format!("{end} {}", person.id())).await;
        ben.post_status(&format!("For all, and @{name}")).await;
        for stream in streams {
            let (end, before) = stream.end().await;
            assert!(before.is_empty(), "{name}: {before:?}");
            assert!(matches!(end, Heard::Closed(1008, _)), "{name}: {end:?}");
        }
    }
    let person = acme.register("eli").await;
    let told = acme.listen(&person.token, "user:notification").await;
    acme.sql(&format!("DELETE FROM oauth_tokens WHERE account_id = {}", person.id())).await;
    ben.post_status("@eli, you are told").await;
    let (end, before) = told.end().await;
    assert!(before.is_empty() && matches!(end, Heard::Closed(1008, _)), "{before:?} {end:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_read_is_let_go() {
    let world = World::builder().instance(ACME).configure(|config| config.posts.characters = 100_000).start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let stuck = acme.listen(&ada.token, "user").await;
    let mut reading = acme.listen(&ada.token, "user").await;
    let text = "x".repeat(95_000);
    // More than the kernel and the queue hold together.
    for _ in 0..100 {
        let post = ada.post_status(&text).await;
        assert_eq!(reading.expect("update").await["id"], post["id"]);
    }
    let (end, before) = stuck.end().await;
    assert_eq!(end, Heard::Closed(1013, "Events were not read fast enough".into()));
    assert!(before.len() < 100, "{}", before.len());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_limited_by_token_and_by_address() {
    let limits = |config: &mut pollen::config::Config| {
        config.streaming.connections_per_account = 2;
        config.streaming.connections_per_address = 3;
    };
    let world = World::builder().instance(ACME).configure(limits).start().await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let mut first = acme.listen(&ada.token, "user").await;
    let (_, _, second) = acme.events("/api/v1/streaming/user", Some(&ada.token)).await;
    let refused = async |person: &Person| acme.listen_with(&format!("?access_token={}", person.token), &[]).await.err();
    assert_eq!(refused(&ada).await.expect("one too many").0, 429);
    let third = acme.listen(&ben.token, "user").await;
    assert_eq!(refused(&ben).await.expect("one too many from there").0, 429);
    let elsewhere = [("x-forwarded-for", "192.0.2.7")];
    let query = format!("?access_token={}", ben.token);
    assert!(acme.listen_with(&query, &elsewhere).await.is_ok());
    drop((second, third));
    // Their places are free as soon as the server has noticed.
    let mut again = None;
    for n in 0..200 {
        ada.post_status(&n.to_string()).await;
        first.expect("update").await;
        again = acme.listen_with(&query, &[]).await.ok();
        if again.is_some() {
            break;
        }
    }
    assert!(again.is_some(), "places are given back");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_do_not_keep_the_server_from_stopping() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut config = acme.app.config.clone();
    config.server.listen = vec![listener.local_addr().unwrap()];
    config.server.shutdown_seconds = 60;
    // The database of the world, which has the token; the process is another one.
    let prepared = start::prepare(config, &acme.database.url, Clock::default()).await.unwrap();
    let app = prepared.app.clone();
    let running = prepared.run(vec![listener], Parts::WebOnly).unwrap();
    let mut other = acme.clone();
    other.app = app;
    let socket = other.listen(&ada.token, "user").await;
    let (_, _, events) = other.events("/api/v1/streaming/user", Some(&ada.token)).await;
    tokio::time::timeout(Duration::from_secs(45), running.stop()).await.expect("it stops without waiting for streams");
    assert_eq!(socket.end().await.0, Heard::Closed(1012, "The server is restarting".into()));
    assert_eq!(events.rest().await, ":)\n");
    ada.post("/api/v1/statuses", json!({"status": "The other goes on"})).await.expect(200);
    world.finish().await;
}
