//! Whom a post names is told of it, or its author is told that they are not.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use crate::support::{With, World};

const ACME: &str = "acme.test";

/// As many as are looked up on other servers for one post.
const MOST_LOOKUPS: usize = 20;

fn strangers(many: usize) -> String {
    (0..many).map(|n| format!("@somebody{n}@nowhere.test ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_are_known_are_named_however_many_are_not() {
    let world = World::start([ACME, "globex.test"]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let cyd = world.instance("globex.test").register("cyd").await;
    ada.resolve(&cyd.handle()).await;
    for text in [
        format!("{}and @ben and {}", strangers(MOST_LOOKUPS + 5), cyd.handle()),
        format!("{}and @BEN@acme.test and {}", strangers(MOST_LOOKUPS), cyd.handle().to_uppercase()),
    ] {
        let post = ada.post_status(&text).await;
        let mut named: Vec<&str> =
            post["mentions"].as_array().unwrap().iter().map(|one| one["acct"].as_str().unwrap()).collect();
        named.sort_unstable();
        assert_eq!(named, ["ben", "cyd@globex.test"], "{text}");
    }
    assert_eq!(ben.get("/api/v1/notifications?types[]=mention").await.expect(200).list().len(), 2);
    world.finish().await;
}

/// It would be for fewer people than it names, and nobody would know.
#[tokio::test(flavor = "multi_thread")]
async fn a_direct_post_that_names_too_many_strangers_is_refused() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, _ben) = (acme.register("ada").await, acme.register("ben").await);
    let draft = |many| json!({"status": format!("{}@ben", strangers(many)), "visibility": "direct"});
    let answer = ada.post("/api/v1/statuses", draft(MOST_LOOKUPS + 1)).await.expect(422);
    assert!(answer.text("error").contains("at most 20 people"), "{}", answer.body);
    let post = ada.post_status_with(draft(MOST_LOOKUPS)).await;
    assert_eq!(post["mentions"].as_array().unwrap().len(), 1);
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    ada.put(&path, draft(MOST_LOOKUPS + 1)).await.expect(422);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_here_loses_no_mention() {
    let mut world = World::start([ACME, "globex.test"]).await;
    world.expect_warning("answered 500");
    let acme = world.instance(ACME);
    let (ada, cyd) = (acme.register("ada").await, world.instance("globex.test").register("cyd").await);
    acme.sql(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
         CREATE TRIGGER no_room BEFORE INSERT ON accounts FOR EACH ROW WHEN (NEW.domain IS NOT NULL) EXECUTE FUNCTION no_room()",
    )
    .await;
    let json = Some(json!({"status": format!("Hello {}", cyd.handle())}));
    let send = || ada.send(Method::POST, "/api/v1/statuses", With { json: json.clone(), ..With::default() });
    send().await.expect(500);
    // An actor that could not be had is asked for again after five minutes.
    world.clock.advance(TimeDelta::minutes(6));
    ada.get(&format!("/api/v2/search?resolve=true&q={}", cyd.handle())).await.expect(500);
    assert!(ada.home().await.is_empty());
    acme.sql("DROP FUNCTION no_room CASCADE").await;
    world.advance(TimeDelta::minutes(6)).await;
    assert_eq!(send().await.expect(200)["mentions"][0]["acct"], "cyd@globex.test");
    world.finish().await;
}
