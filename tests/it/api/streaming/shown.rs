//! What comes by itself: nothing of whom one hides, and of media what has some.

use pollen::base::id::NotificationId;
use pollen::db::changes::Change;
use serde_json::{Value, json};

use super::ACME;
use crate::media::picture;
use crate::support::{Heard, Listening, Person, World};

fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

/// The streams on which somebody who listens to many hears this post next, each once, and nothing else before.
async fn hears(socket: &mut Listening, post: &Value, streams: usize) -> Vec<String> {
    let mut heard = Vec::new();
    for _ in 0..streams {
        match socket.next().await {
            Heard::Event { stream, event, payload } if payload["id"] == post["id"] => {
                assert_eq!(event, "update");
                heard.push(stream[0].clone());
            }
            other => panic!("{other:?} before {post}"),
        }
    }
    heard.sort();
    heard
}

/// Listens to home, with notifications, to the public timeline and to a hashtag.
async fn listen(world: &World, person: &Person) -> Listening {
    let mut socket = world.instance(ACME).listen(&person.token, "user").await;
    for stream in ["public", "hashtag"] {
        socket.say(json!({"type": "subscribe", "stream": stream, "tag": "til"})).await;
    }
    socket.settled().await;
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_comes_of_whom_one_hides() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    let mut told = acme.listen(&ada.token, "user:notification").await;
    ben.post_status_with(json!({"status": "Hello @ada", "visibility": "direct"})).await;
    let notification = told.expect("notification").await;
    let notification = NotificationId(id(&notification).parse().unwrap());
    let mut socket = listen(&world, &ada).await;
    for (hide, show) in [("mute", "unmute"), ("block", "unblock")] {
        ada.follow("@ben").await;
        ada.follow("@cyd").await;
        let post = ben.post_status("His #til").await;
        assert_eq!(hears(&mut socket, &post, 3).await, ["hashtag", "public", "user"], "before the {hide}");
        ada.post(&format!("/api/v1/accounts/{}/{hide}", ben.id()), json!({})).await.expect(200);
        ben.post_status("Hidden #til").await;
        ben.post_status("Hidden, @ada #til").await;
        cyd.post(&format!("/api/v1/statuses/{}/reblog", id(&post)), json!({})).await.expect(200);
        cyd.post_status("Naming @ben #til").await;
        // What was told before, told once more.
        acme.app.announce(Change::Notified(ada.account.id, notification));
        let last = cyd.post_status("Hers #til").await;
        assert_eq!(hears(&mut socket, &last, 3).await, ["hashtag", "public", "user"], "{hide}");
        ada.post(&format!("/api/v1/accounts/{}/{show}", ben.id()), json!({})).await.expect(200);
        let again = ben.post_status("Shown again #til").await;
        // A block ends the follow.
        let expected: &[&str] = if hide == "mute" { &["hashtag", "public", "user"] } else { &["hashtag", "public"] };
        assert_eq!(hears(&mut socket, &again, expected.len()).await, expected, "{show}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_comes_of_a_domain_that_one_shut_out() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let acme = world.instance(ACME);
    let (ada, cyd) = (acme.register("ada").await, acme.register("cyd").await);
    let eve = world.peer("peer.test").actor("eve");
    cyd.follow(&eve.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    eve.deliver(acme, &eve.activity("Accept", follow)).await;
    let mut adas = acme.listen(&ada.token, "public").await;
    let mut cyds = acme.listen(&cyd.token, "public").await;
    ada.post("/api/v1/domain_blocks", json!({"domain": "peer.test"})).await.expect(200);
    let note = eve.note("From elsewhere");
    eve.deliver(acme, &eve.create(&note)).await;
    world.settle().await;
    assert_eq!(cyds.expect("update").await["uri"], note["id"]);
    let last = cyd.post_status("From here").await;
    assert_eq!(adas.expect("update").await["id"], last["id"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_of_media_tell_of_posts_that_have_some() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let mut sockets = Vec::new();
    for name in ["public:media", "public:local:media"] {
        sockets.push(acme.listen(&ada.token, name).await);
    }
    let mut remote = acme.listen(&ada.token, "public:remote:media").await;
    let (_, _, mut events) = acme.events("/api/v1/streaming/public?only_media=true", Some(&ada.token)).await;
    ada.post_status("\"media_attachments\":[{ in words").await;
    let post = ada.post_status_with(json!({"status": "A picture", "media_ids": [picture(&ada).await]})).await;
    for socket in &mut sockets {
        let told = socket.expect("update").await;
        assert_eq!((&told["id"], &told["media_attachments"]), (&post["id"], &post["media_attachments"]));
    }
    assert_eq!(events.next().await.unwrap().1["id"], post["id"]);
    ada.delete(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    for socket in &mut sockets {
        assert_eq!(socket.expect("delete").await, post["id"]);
    }
    // Nothing of it came here before this answer.
    remote.settled().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_below_a_post_or_goes_from_it_is_told() {
    let builder = World::builder().instance(ACME).peer("pages.test");
    let world = builder.configure(|config| config.posts.preview_cards = true).start().await;
    let acme = world.instance(ACME);
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    ada.follow("@ben").await;
    let page = world.peer("pages.test").serve_file("/page", "text/html", b"<title>A page</title>");
    let mut home = acme.listen(&ada.token, "user").await;
    let post = ben.post_status(&format!("Look: {page}")).await;
    assert_eq!(home.expect("update").await["card"], json!(null));
    world.settle().await;
    let told = home.expect("status.update").await;
    assert_eq!((&told["id"], &told["card"]["title"]), (&post["id"], &json!("A page")));
    let quoted = cyd.post_status("A find").await;
    let quoting = ben.post_status_with(json!({"status": "This!", "quoted_status_id": quoted["id"]})).await;
    assert_eq!(home.expect("update").await["quote"]["quoted_status"]["id"], quoted["id"]);
    cyd.delete(&format!("/api/v1/statuses/{}", id(&quoted))).await.expect(200);
    let told = home.expect("status.update").await;
    assert_eq!((&told["id"], &told["quote"]["state"]), (&quoting["id"], &json!("deleted")));
    let quoted = cyd.post_status("Another find").await;
    let quoting = ben.post_status_with(json!({"status": "This, too!", "quoted_status_id": quoted["id"]})).await;
    home.expect("update").await;
    let path = format!("/api/v1/statuses/{}/quotes/{}/revoke", id(&quoted), id(&quoting));
    cyd.post(&path, json!({})).await.expect(200);
    let told = home.expect("status.update").await;
    assert_eq!((&told["id"], &told["quote"]["state"]), (&quoting["id"], &json!("revoked")));
    world.finish().await;
}
