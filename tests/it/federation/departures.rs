//! Somebody elsewhere deletes their account: what they did here goes with them, and out of all counts.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACME, id};
use crate::support::{PeerActor, Person, World};

const COUNTS: [&str; 3] = ["favourites_count", "reblogs_count", "replies_count"];

/// Ada, and Mal on a peer: each follows the other, and Mal liked, boosted and answered Ada's post, which is returned.
async fn scene() -> (World, Person, PeerActor, Value) {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let acme = world.instance(ACME);
    let (ada, mal) = (acme.register("ada").await, world.peer("peer.test").actor("mal"));
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = mal.peer().received_of_type("Follow").remove(0);
    mal.deliver(acme, &mal.activity("Accept", follow)).await;
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    let post = ada.post_status("Ada's own").await;
    let uri = post["uri"].as_str().unwrap();
    mal.deliver(acme, &mal.activity("Like", uri)).await;
    let mut boost = mal.activity("Announce", uri);
    boost["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
    mal.deliver(acme, &boost).await;
    let mut reply = mal.note("An answer");
    reply["inReplyTo"] = json!(uri);
    mal.deliver(acme, &mal.create(&reply)).await;
    mal.deliver(acme, &mal.create(&mal.note("On its own"))).await;
    world.settle().await;
    let seen = ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    assert_eq!(COUNTS.map(|count| seen[count].as_i64()), [Some(1); 3], "{}", seen.body);
    assert_eq!(follow_counts(&ada).await, [1, 1]);
    (world, ada, mal, post)
}

async fn follow_counts(person: &Person) -> [i64; 2] {
    let me = person.get("/api/v1/accounts/verify_credentials").await.expect(200);
    ["followers_count", "following_count"].map(|count| me[count].as_i64().unwrap())
}

async fn assert_gone(world: &World, ada: &Person, post: &Value) {
    let seen = ada.get(&format!("/api/v1/statuses/{}", id(post))).await.expect(200);
    assert_eq!(COUNTS.map(|count| seen[count].as_i64()), [Some(0); 3], "{}", seen.body);
    assert_eq!(follow_counts(ada).await, [0, 0]);
    assert_eq!(ada.home_texts().await, ["Ada's own"]);
    assert_eq!(world.instance(ACME).count("SELECT count(*) FROM accounts WHERE username = 'mal'").await, 0);
}

/// F31
#[tokio::test(flavor = "multi_thread")]
async fn who_deletes_their_account_elsewhere_is_counted_nowhere_any_more() {
    let (world, ada, mal, post) = scene().await;
    let acme = world.instance(ACME);
    // What others wrote in answer stays.
    let answered = ada.home().await.into_iter().find(|one| one["content"] == "<p>On its own</p>").unwrap();
    let own =
        ada.post_status_with(json!({"status": "@mal@peer.test But why?", "in_reply_to_id": answered["id"]})).await;
    let mut remote = acme.listen(&ada.token, "public:remote").await;
    mal.deliver(acme, &mal.activity("Delete", mal.uri.as_str())).await;
    world.settle().await;
    while remote.expect("delete").await != answered["id"] {}
    ada.delete(&format!("/api/v1/statuses/{}", id(&own))).await.expect(200);
    assert_gone(&world, &ada, &post).await;
    // Its key is gone, too: nothing is taken from it any more.
    mal.peer().forget(&mal.uri);
    mal.post(acme, &mal.activity("Like", post["uri"].as_str().unwrap())).await.expect(401);
    world.finish().await;
}

/// F16, F31
#[tokio::test(flavor = "multi_thread")]
async fn a_departure_that_is_cut_short_goes_on_where_it_stopped() {
    let (mut world, ada, mal, post) = scene().await;
    world.expect_warning("account_deleted");
    let acme = world.instance(ACME);
    // When half is done: posts are taken out first, favourites last.
    acme.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
         CREATE TRIGGER refuse BEFORE DELETE ON favourites FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    .await;
    mal.deliver(acme, &mal.activity("Delete", mal.uri.as_str())).await;
    world.settle().await;
    // Nobody sees it any more, and nothing is taken from it; that it goes may be said again.
    assert_eq!(ada.home_texts().await, ["Ada's own"]);
    let seen = ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    assert_eq!(COUNTS.map(|count| seen[count].as_i64()), [Some(1), Some(0), Some(0)], "{}", seen.body);
    mal.post(acme, &mal.activity("Follow", ada.account.uri.as_str())).await.expect(403);
    mal.post(acme, &mal.activity("Delete", mal.uri.as_str())).await.expect(202);
    ada.get("/api/v1/accounts/lookup?acct=mal@peer.test").await.expect(404);
    acme.sql("DROP TRIGGER refuse ON favourites; DROP FUNCTION refuse").await;
    world.advance(TimeDelta::minutes(1)).await;
    assert_gone(&world, &ada, &post).await;
    world.finish().await;
}
