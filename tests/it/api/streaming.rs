//! Streams: what comes, to whom, in which form, and when it ends. Who may see which post on them is in `policy`.

mod ends;
mod shown;

use std::time::Duration;

use pollen::base::id::StatusId;
use pollen::db::changes::Change;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Heard, Instance, Person, World};

const ACME: &str = "acme.test";

/// The post as the API shows it to this person.
async fn shown(person: &Person, post: &Value) -> Value {
    person.get(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200).json
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_stream_tells_what_the_home_timeline_shows() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    ada.follow("@ben").await;
    let mut stream = acme.listen(&ada.token, "user").await;
    cyd.post_status("By somebody whom she does not follow").await;
    let other = cyd.post_status("Boosted").await;
    ben.post_status_with(json!({"status": "@cyd only", "visibility": "direct"})).await;
    ben.post_status_with(json!({"status": "A reply to somebody", "in_reply_to_id": other["id"]})).await;
    let post = ben.post_status("A post #til").await;
    let heard = stream.next().await;
    assert!(matches!(&heard, Heard::Event { stream, .. } if *stream == ["user"]), "{heard:?}");
    assert_eq!(heard.expect("update"), shown(&ada, &post).await);
    let boost = ben.post(&format!("/api/v1/statuses/{}/reblog", other["id"].as_str().unwrap()), json!({})).await.json;
    assert_eq!(stream.expect("update").await, shown(&ada, &boost).await);
    ben.post(&format!("/api/v1/statuses/{}/unreblog", other["id"].as_str().unwrap()), json!({})).await.expect(200);
    assert_eq!(stream.expect("delete").await, boost["id"]);
    let own = ada.post_status("Her own").await;
    assert_eq!(stream.expect("update").await["id"], own["id"]);
    ben.delete(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(stream.expect("delete").await, post["id"]);
    let home = ada.home().await;
    assert_eq!(home.iter().map(|status| &status["id"]).collect::<Vec<_>>(), [&own["id"]]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_boosted_leaves_with_the_post() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    ada.follow("@ben").await;
    let post = cyd.post_status("Boosted").await;
    let id = post["id"].as_str().unwrap();
    let boost = ben.post(&format!("/api/v1/statuses/{id}/reblog"), json!({})).await.expect(200).json;
    let mut stream = acme.listen(&ada.token, "user").await;
    cyd.delete(&format!("/api/v1/statuses/{id}")).await.expect(200);
    assert_eq!(stream.expect("delete").await, boost["id"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_and_deletes_from_elsewhere_are_told() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let eve = world.peer("peer.test").actor("eve");
    ada.follow(&eve.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    eve.deliver(acme, &eve.activity("Accept", follow)).await;
    world.settle().await;
    let mut home = acme.listen(&ada.token, "user").await;
    let mut remote = acme.listen(&ada.token, "public:remote").await;
    let mut note = eve.note("First");
    eve.deliver(acme, &eve.create(&note)).await;
    world.settle().await;
    let told = home.expect("update").await;
    assert_eq!(told["uri"], note["id"]);
    assert_eq!(remote.expect("update").await, told);
    note["content"] = "<p>Second</p>".into();
    note["updated"] = world.clock.now().to_rfc3339().into();
    eve.deliver(acme, &eve.activity("Update", note.clone())).await;
    world.settle().await;
    let edited = home.expect("status.update").await;
    assert_eq!((&edited["id"], edited["content"].as_str().unwrap()), (&told["id"], "<p>Second</p>"));
    assert_eq!(remote.expect("status.update").await, edited);
    eve.deliver(acme, &eve.activity("Delete", note["id"].clone())).await;
    world.settle().await;
    assert_eq!(home.expect("delete").await, told["id"]);
    assert_eq!(remote.expect("delete").await, told["id"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_come_with_the_home_or_alone_as_the_token_allows() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let [all, posts, told] = ["read", "read:statuses", "read:notifications"].map(|scopes| ada.with_scopes(scopes));
    let (all, posts, told) = tokio::join!(all, posts, told);
    let mut home = acme.listen(&all.token, "user").await;
    let mut only_posts = acme.listen(&posts.token, "user").await;
    let mut only_told = acme.listen(&told.token, "user:notification").await;
    ben.post_status("Hello @ada").await;
    let list = ada.get("/api/v1/notifications").await.expect(200);
    assert_eq!(home.expect("notification").await, list[0]);
    assert_eq!(only_told.expect("notification").await, list[0]);
    let own = ada.post_status("Her own").await;
    assert_eq!(home.expect("update").await["id"], own["id"]);
    assert_eq!(only_posts.expect("update").await["id"], own["id"]);
    ben.follow("@ada").await;
    assert_eq!(only_told.expect("notification").await["type"], "follow");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn public_streams_tell_what_the_public_timelines_show() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    // Whoever may not read posts as themselves is shown them as a stranger is.
    let narrow = ada.with_scopes("write:lists").await;
    let token = narrow.token.clone();
    let mut streams = Vec::new();
    for name in ["public", "public:local", "hashtag&tag=Rust", "hashtag:local&tag=%23rust"] {
        streams.push((name, acme.listen(&token, name).await));
    }
    let mut quiet = Vec::new();
    for name in ["public:remote", "public:media", "public:local:media", "public:remote:media", "hashtag&tag=go"] {
        quiet.push((name, acme.listen(&token, name).await));
    }
    for visibility in ["unlisted", "private", "direct"] {
        ben.post_status_with(json!({"status": "Not for all #rust", "visibility": visibility})).await;
    }
    let post = ben.post_status("For all #rust").await;
    for (name, stream) in &mut streams {
        let heard = stream.next().await;
        let label: Vec<String> = match &heard {
            Heard::Event { stream, .. } => stream.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(label[0], name.split('&').next().unwrap());
        assert_eq!(
            label.get(1).map(String::as_str),
            name.split_once("tag=").map(|(_, tag)| if tag == "Rust" { "Rust" } else { "#rust" })
        );
        assert_eq!(heard.expect("update"), shown(&narrow, &post).await, "{name}");
    }
    ben.post_status_with(json!({"status": "A reply #rust", "in_reply_to_id": post["id"]})).await;
    let second = ada.post_status("Last #rust #go").await;
    for (name, stream) in &mut streams {
        if name.starts_with("public") {
            assert_eq!(stream.expect("update").await["in_reply_to_id"], post["id"], "one's own thread shows");
        } else {
            assert_eq!(stream.expect("update").await["in_reply_to_id"], post["id"]);
        }
        assert_eq!(stream.expect("update").await["id"], second["id"], "{name}");
    }
    for (name, stream) in &mut quiet {
        if *name == "hashtag&tag=go" {
            assert_eq!(stream.expect("update").await["id"], second["id"]);
        }
        stream.settled().await;
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_socket_carries_many_streams() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let mut socket = acme.listen_with("", &[("authorization", &format!("Bearer {}", ada.token))]).await.unwrap();
    let refusals = [
        (json!({"type": "subscribe", "stream": "x"}), json!({"error": "Unknown stream type", "status": 400})),
        (
            json!({"type": "subscribe", "stream": "hashtag"}),
            json!({"error": "Missing tag name parameter", "status": 400}),
        ),
        (
            json!({"type": "subscribe", "stream": "list"}),
            json!({"error": "Missing list name parameter", "status": 400}),
        ),
        (
            json!({"type": "subscribe", "stream": "list", "list": "1"}),
            json!({"error": "Not authorized to stream this list", "status": 401}),
        ),
        (json!({"type": "unsubscribe", "stream": "x"}), json!({"error": "Error unsubscribing from channel"})),
    ];
    for (order, answer) in refusals {
        socket.say(order).await;
        assert_eq!(socket.next().await, Heard::Other(answer));
    }
    for nonsense in ["", "{", "[]", "{\"type\": 1}", "{\"type\": \"dance\"}", "{\"stream\": \"user\"}"] {
        socket.say_raw(Message::text(nonsense)).await;
    }
    socket.say(json!({"type": "subscribe", "stream": "user"})).await;
    socket.say(json!({"type": "subscribe", "stream": "user"})).await;
    socket.say(json!({"type": "subscribe", "stream": "public:local"})).await;
    socket.say(json!({"type": "subscribe", "stream": ["hashtag"], "tag": "til"})).await;
    socket.settled().await;
    ada.post_status("One #til").await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        match socket.next().await {
            Heard::Event { stream, .. } => streams.push(stream.join(" ")),
            other => panic!("{other:?}"),
        }
    }
    streams.sort();
    assert_eq!(streams, ["hashtag til", "public:local", "user"]);
    socket.say(json!({"type": "unsubscribe", "stream": "user"})).await;
    socket.say(json!({"type": "unsubscribe", "stream": "hashtag", "tag": "TIL"})).await;
    socket.settled().await;
    let second = ada.post_status("Two #til").await;
    let heard = socket.next().await;
    assert!(matches!(&heard, Heard::Event { stream, .. } if *stream == ["public:local"]), "{heard:?}");
    assert_eq!(heard.expect("update")["id"], second["id"]);
    socket.settled().await;
    socket.say_raw(Message::binary(vec![1])).await;
    assert!(matches!(socket.next().await, Heard::Closed(1003, _)));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_opens_with_a_persons_token_in_any_of_three_places() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let refused = async |query: &str, headers: &[(&str, &str)]| match acme.listen_with(query, headers).await {
        Ok(_) => panic!("{query} was let in"),
        Err((status, body)) => (status, serde_json::from_str::<Value>(&body).unwrap()["error"].clone()),
    };
    assert_eq!(refused("?stream=public", &[]).await, (401, json!("Missing access token")));
    assert_eq!(refused("?stream=public&access_token=x", &[]).await, (401, json!("Invalid access token")));
    let app = acme.app_token("read").await;
    assert_eq!(refused(&format!("?access_token={app}"), &[]).await, (401, json!("Invalid access token")));
    acme.get(&format!("/api/v1/streaming?access_token={}", ada.token)).await.expect(400);
    // As a browser does it: the protocol must be taken.
    let mut by_protocol =
        acme.listen_with("?stream=user", &[("sec-websocket-protocol", ada.token.as_str())]).await.unwrap();
    let mut by_header =
        acme.listen_with("/?stream=user", &[("authorization", &format!("Bearer {}", ada.token))]).await.unwrap();
    let mut by_query = acme.listen(&ada.token, "user").await;
    let post = ada.post_status("Hello").await;
    for stream in [&mut by_protocol, &mut by_header, &mut by_query] {
        assert_eq!(stream.expect("update").await["id"], post["id"]);
    }
    let narrow = ada.with_scopes("read:statuses").await;
    let mut socket = acme.listen(&narrow.token, "user:notification").await;
    let scopes = json!({"error": "Access token does not have the required scopes", "status": 401});
    assert_eq!(socket.next().await, Heard::Other(scopes.clone()));
    let mut socket = acme.listen(&ada.with_scopes("read:notifications").await.token, "user").await;
    assert_eq!(socket.next().await, Heard::Other(scopes.clone()));
    socket.say(json!({"type": "subscribe", "stream": "direct"})).await;
    assert_eq!(socket.next().await, Heard::Other(scopes));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_over_plain_http_too() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    assert_eq!(acme.get("/api/v1/streaming/health").await.expect(200).body, "OK");
    let mut open = Vec::new();
    for path in ["user", "public", "public/local", "hashtag?tag=til", "hashtag/local?tag=til"] {
        let (status, kind, mut events) = acme.events(&format!("/api/v1/streaming/{path}"), Some(&ada.token)).await;
        assert_eq!((status, kind.as_str()), (200, "text/event-stream"), "{path}");
        assert_eq!(events.up_to("\n").await.as_deref(), Some(":)\n"), "{path}");
        open.push((path, events));
    }
    for path in ["user/notification", "public/remote", "public?only_media=true", "direct"] {
        let (status, ..) = acme.events(&format!("/api/v1/streaming/{path}"), Some(&ada.token)).await;
        assert_eq!(status, 200, "{path}");
    }
    let post = ada.post_status("Hello #til").await;
    for (path, events) in &mut open {
        assert_eq!(events.next().await, Some(("update".into(), shown(&ada, &post).await)), "{path}");
    }
    ada.delete(&format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())).await.expect(200);
    for (path, events) in &mut open {
        assert_eq!(events.next().await, Some(("delete".into(), post["id"].clone())), "{path}");
    }
    let narrow = ben.with_scopes("write").await;
    for (path, token, status, error) in [
        ("user", None, 401, "Missing access token"),
        ("public", None, 401, "Missing access token"),
        ("user", Some("x"), 401, "Invalid access token"),
        ("user", Some(narrow.token.as_str()), 401, "Access token does not have the required scopes"),
        ("user/notification", Some(narrow.token.as_str()), 401, "Access token does not have the required scopes"),
        ("hashtag", Some(narrow.token.as_str()), 400, "Missing tag name parameter"),
        ("list", Some(ada.token.as_str()), 400, "Missing list name parameter"),
        ("list?list=1", Some(ada.token.as_str()), 401, "Not authorized to stream this list"),
        ("nonsense", Some(ada.token.as_str()), 400, "Unknown stream type"),
    ] {
        let (found, _, events) = acme.events(&format!("/api/v1/streaming/{path}"), token).await;
        let said: Value = serde_json::from_str(&events.rest().await).unwrap();
        assert_eq!((found, said["error"].as_str().unwrap()), (status, error), "{path}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_filters_changed_is_told_alone() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let (mut socket, mut bens) = (acme.listen(&ada.token, "user").await, acme.listen(&ben.token, "user").await);
    let (_, _, mut events) = acme.events("/api/v1/streaming/user", Some(&ada.token)).await;
    acme.app.announce(Change::FiltersChanged(ada.account.id));
    assert_eq!(socket.expect("filters_changed").await, Value::Null);
    assert!(events.up_to("\n\n").await.unwrap().ends_with("event: filters_changed\ndata: undefined\n\n"));
    let keyword = json!({"title": "News", "context": ["home"], "keywords_attributes": [{"keyword": "news"}]});
    let filter = ada.post("/api/v2/filters", keyword).await.expect(200).text("id");
    socket.expect("filters_changed").await;
    ada.delete(&format!("/api/v2/filters/{filter}")).await.expect(200);
    socket.expect("filters_changed").await;
    let old = ada.post("/api/v1/filters", json!({"phrase": "news", "context": ["home"]})).await.expect(200).text("id");
    socket.expect("filters_changed").await;
    ada.delete(&format!("/api/v1/filters/{old}")).await.expect(200);
    socket.expect("filters_changed").await;
    let own = ben.post_status("His own").await;
    assert_eq!(bens.expect("update").await["id"], own["id"], "he hears nothing of hers");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_writes_is_told_by_another() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let other: Instance = acme.twin().await;
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.follow("@ben").await;
    let mut stream = other.listen(&ada.token, "user").await;
    let mut here = acme.listen(&ada.token, "user").await;
    let post = ben.post_status("Hello @ada").await;
    for stream in [&mut stream, &mut here] {
        let mut heard = [stream.next().await, stream.next().await];
        heard.sort_by_key(|heard| matches!(heard, Heard::Event { event, .. } if event == "notification"));
        let [update, notification] = heard;
        assert_eq!(update.expect("update"), shown(&ada, &post).await);
        assert_eq!(notification.expect("notification")["status"]["id"], post["id"]);
    }
    // As many as don't fit into one message of Postgres, told at once.
    for n in 0..2000 {
        acme.app.announce(Change::Published(StatusId(1 << 62 | n)));
    }
    let post = ben.post_status("After many changes to what is not there").await;
    assert_eq!(stream.expect("update").await["id"], post["id"]);
    // A connection that is lost is opened anew, and nothing but what happened meanwhile is missed.
    acme.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    )
    .await;
    let mut heard = None;
    for _ in 0..30 {
        ben.post_status("Do you hear me?").await;
        heard = stream.within(Duration::from_secs(1)).await;
        if heard.is_some() {
            break;
        }
    }
    heard.expect("the other process hears again").expect("update");
    world.finish().await;
}
