//! What is peculiar to other programs, in their own shapes, through the door (tests/fixtures/README.md says where they are from). What makes
//! sense is shown; what does not changes nothing, and is no failure of ours.

use serde_json::{Value, json};

use super::{ACME, id, relationship};
use crate::support::{PeerActor, Person, World, plain};

const PEER: &str = "peer.test";

/// Ada at Acme, her post, and a peer.
async fn scene() -> (World, Person, Value) {
    let world = World::builder().instance(ACME).peer(PEER).start().await;
    let ada = world.instance(ACME).register("ada").await;
    let post = ada.post_status("Hello").await;
    world.settle().await;
    (world, ada, post)
}

/// A fixture that comes from our peer, with other ids put in place of those that it has.
fn shape(software: &str, name: &str, put: &[(&str, &str)]) -> Value {
    let path = format!("{}/tests/fixtures/{software}/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let mut text = std::fs::read_to_string(path).unwrap();
    let host = if software == "gotosocial" { "gts" } else { software };
    let (theirs, ours) = (format!("https://{host}.example"), "https://acme.test");
    for (from, to) in put.iter().copied().chain([(theirs.as_str(), "http://peer.test"), (ours, "http://acme.test")]) {
        text = text.replace(from, to);
    }
    serde_json::from_str(&text).unwrap()
}

async fn follow(world: &World, by: &Person, actor: &PeerActor) {
    by.follow(&actor.handle()).await;
    world.settle().await;
    let follow = actor.peer().received_of_type("Follow").pop().expect("it was asked");
    send(world, actor, &actor.activity("Accept", follow)).await;
}

async fn send(world: &World, by: &PeerActor, activity: &Value) {
    by.deliver(world.instance(ACME), activity).await;
    world.settle().await;
}

/// A post as somebody sees it, if it is here.
async fn find(person: &Person, object: &Value) -> Option<Value> {
    let uri: String = url::form_urlencoded::byte_serialize(object["id"].as_str().unwrap().as_bytes()).collect();
    let found = person.get(&format!("/api/v2/search?type=statuses&q={uri}")).await.expect(200);
    found["statuses"].as_array().unwrap().first().cloned()
}

fn text(status: &Value) -> String {
    plain(status["content"].as_str().unwrap())
}

async fn favourites(person: &Person, post: &Value) -> Value {
    person.get(&format!("/api/v1/statuses/{}", id(post))).await.expect(200)["favourites_count"].clone()
}

/// F37, F38, F42
#[tokio::test(flavor = "multi_thread")]
async fn lemmy() {
    let (world, ada, _) = scene().await;
    let peer = world.peer(PEER);
    let (rust, eve, moderator) = (peer.group("rust"), peer.actor("eve"), peer.actor("mod"));
    follow(&world, &ada, &rust).await;
    let put = [
        ("https://lemmy.example/c/rust", rust.uri.as_str()),
        ("https://lemmy.example/u/eve", eve.uri.as_str()),
        ("https://lemmy.example/u/mod", moderator.uri.as_str()),
    ];
    let shape = |name| shape("lemmy", name, &put);
    let page = shape("note");
    peer.serve(page.clone());
    send(&world, &rust, &shape("announce_create")).await;
    let seen = find(&ada, &page).await.unwrap();
    assert!(text(&seen).starts_with("A title & more"), "{seen}");
    assert_eq!(seen["account"]["acct"], "eve@peer.test");
    // A vote is nothing that could be fetched.
    let asked = peer.asked().len();
    send(&world, &rust, &shape("announce_dislike")).await;
    assert_eq!(peer.asked()[asked..], Vec::<String>::new());
    // What moderators delete goes when its own server says so, too.
    let mut delete = shape("announce_delete");
    send(&world, &rust, &delete).await;
    assert!(find(&ada, &page).await.is_some());
    peer.forget(page["id"].as_str().unwrap());
    delete["id"] = json!(peer.mint("activities"));
    send(&world, &rust, &delete).await;
    assert!(find(&ada, &page).await.is_none());
    send(&world, &eve, &shape("private_message")).await;
    let conversations = ada.get("/api/v1/conversations").await.expect(200);
    assert_eq!(text(&conversations[0]["last_status"]).trim(), "For you alone");
    world.finish().await;
}

/// F36, F192, F227
#[tokio::test(flavor = "multi_thread")]
async fn misskey() {
    let (world, ada, post) = scene().await;
    let peer = world.peer(PEER);
    let dan = peer.actor("dan");
    follow(&world, &ada, &dan).await;
    let put = [
        ("https://misskey.example/users/9abc", dan.uri.as_str()),
        ("https://acme.test/users/ada/statuses/1", post["uri"].as_str().unwrap()),
    ];
    let shape = |name| shape("misskey", name, &put);
    send(&world, &dan, &shape("like")).await;
    assert_eq!(favourites(&ada, &post).await, 1);
    let (quote, reply, question) = (shape("quote"), shape("reply"), shape("question"));
    // The embedded parent is a hint.
    let mut parent = dan.note("What was answered");
    parent["id"] = reply["inReplyTo"]["id"].clone();
    peer.serve(parent.clone());
    for note in [&quote, &reply, &question] {
        send(&world, &dan, &dan.create(note)).await;
    }
    let seen = find(&ada, &quote).await.unwrap();
    assert_eq!((&seen["spoiler_text"], &seen["sensitive"], &seen["quote"]), (&json!(""), &json!(true), &Value::Null));
    assert!(text(&seen).contains("See this") && text(&seen).contains(post["uri"].as_str().unwrap()), "{seen}");
    let (seen, parent) = (find(&ada, &reply).await.unwrap(), find(&ada, &parent).await.unwrap());
    assert_eq!((&seen["in_reply_to_id"], text(&parent)), (&parent["id"], "What was answered".into()));
    let poll = find(&ada, &question).await.unwrap()["poll"].clone();
    assert_eq!((&poll["multiple"], &poll["expires_at"]), (&json!(true), &Value::Null));
    let votes = "SELECT sum(v.one)::bigint FROM polls p CROSS JOIN unnest(p.votes) AS v (one)";
    assert_eq!(world.instance(ACME).count(votes).await, 3);
    world.finish().await;
}

/// F36
#[tokio::test(flavor = "multi_thread")]
async fn pleroma() {
    let (world, ada, post) = scene().await;
    let fay = world.peer(PEER).actor("fay");
    let put = [
        ("https://pleroma.example/users/fay", fay.uri.as_str()),
        ("https://acme.test/users/ada/statuses/1", post["uri"].as_str().unwrap()),
    ];
    send(&world, &fay, &shape("pleroma", "emoji_react", &put)).await;
    assert_eq!(favourites(&ada, &post).await, 1);
    // Our actors do not say that they accept chats.
    send(&world, &fay, &shape("pleroma", "chat_message", &put)).await;
    assert_eq!(world.instance(ACME).count("SELECT count(*) FROM statuses").await, 1);
    world.finish().await;
}

/// F37, F323
#[tokio::test(flavor = "multi_thread")]
async fn peertube() {
    let (world, ada, _) = scene().await;
    let peer = world.peer(PEER);
    let (pia, films) = (peer.actor("pia"), peer.group("films"));
    follow(&world, &ada, &films).await;
    let put = [
        ("https://peertube.example/accounts/pia", pia.uri.as_str()),
        ("https://peertube.example/video-channels/films", films.uri.as_str()),
    ];
    let shape = |name| shape("peertube", name, &put);
    let (mut create, video) = (shape("create"), shape("video"));
    create["object"] = video.clone();
    peer.serve(video.clone());
    send(&world, &pia, &create).await;
    assert!(find(&ada, &video).await.is_none(), "it is for those who follow the account");
    send(&world, &films, &shape("announce")).await;
    let boost = ada.home().await[0].clone();
    assert_eq!(
        (&boost["account"]["acct"], &boost["reblog"]["account"]["acct"]),
        (&json!("films@peer.test"), &json!("pia@peer.test"))
    );
    assert!(text(&boost["reblog"]).starts_with("How film works"), "{boost}");
    let comment = shape("comment");
    send(&world, &pia, &pia.create(&comment)).await;
    let seen = find(&ada, &comment).await.unwrap();
    assert_eq!((text(&seen).as_str(), &seen["in_reply_to_id"]), ("1 < 2, **really**", &boost["reblog"]["id"]));
    send(&world, &pia, &shape("view")).await;
    world.finish().await;
}

/// F28, F37, F323
#[tokio::test(flavor = "multi_thread")]
async fn mobilizon() {
    let (world, ada, post) = scene().await;
    let peer = world.peer(PEER);
    let (mo, guild) = (peer.actor("mo"), peer.group("guild"));
    follow(&world, &ada, &guild).await;
    let put = [
        ("https://mobilizon.example/@guild", guild.uri.as_str()),
        ("https://mobilizon.example/@mo", mo.uri.as_str()),
        ("https://acme.test/users/ada/statuses/1", post["uri"].as_str().unwrap()),
    ];
    let shape = |name| shape("mobilizon", name, &put);
    let (mut create, event) = (shape("create"), shape("event"));
    create["object"] = event.clone();
    peer.serve(event.clone());
    send(&world, &mo, &create).await;
    assert!(find(&ada, &event).await.is_none(), "somebody says that it is the group's");
    send(&world, &guild, &shape("announce")).await;
    let seen = find(&ada, &event).await.unwrap();
    assert!(text(&seen).starts_with("An evening2026-09-10 18:30–22:00"), "{seen}");
    assert_eq!(seen["account"]["acct"], "guild@peer.test");
    // Nobody can take part in a post.
    send(&world, &mo, &shape("join")).await;
    world.finish().await;
}

/// F30, F38, F323
#[tokio::test(flavor = "multi_thread")]
async fn wordpress() {
    let (world, ada, _) = scene().await;
    let peer = world.peer(PEER);
    let (will, blog) = (peer.actor("will"), peer.group("blog"));
    follow(&world, &ada, &will).await;
    follow(&world, &ada, &blog).await;
    let put = [
        ("https://wordpress.example/?author=1", will.uri.as_str()),
        ("https://wordpress.example/?author=0", blog.uri.as_str()),
    ];
    let shape = |name| shape("wordpress", name, &put);
    let mut article = shape("article");
    peer.serve(article.clone());
    send(&world, &will, &will.create(&article)).await;
    let seen = find(&ada, &article).await.unwrap();
    assert!(text(&seen).starts_with("A titleFirst"), "{seen}");
    assert_eq!((&seen["spoiler_text"], seen["media_attachments"].as_array().unwrap().len()), (&json!(""), 1));
    assert!(!text(&seen).contains("Short"), "a preview is for those who show no articles");
    article["name"] = json!("A better title");
    article["updated"] = json!("2026-10-12T12:20:14Z");
    peer.serve(article.clone());
    send(&world, &blog, &shape("announce_update")).await;
    let seen = find(&ada, &article).await.unwrap();
    assert!(text(&seen).starts_with("A better titleFirst"), "{seen}");
    world.finish().await;
}

/// F34, F36
#[tokio::test(flavor = "multi_thread")]
async fn friendica() {
    let (world, ada, post) = scene().await;
    let fritz = world.peer(PEER).actor("fritz");
    let put = [
        ("https://friendica.example/profile/fritz", fritz.uri.as_str()),
        ("https://acme.test/users/ada/statuses/1", post["uri"].as_str().unwrap()),
    ];
    for name in ["like", "dislike", "follow_post"] {
        send(&world, &fritz, &shape("friendica", name, &put)).await;
    }
    assert_eq!(favourites(&ada, &post).await, 1);
    assert_eq!(world.instance(ACME).count("SELECT count(*) FROM follows").await, 0, "a post cannot be followed");
    world.finish().await;
}

/// F33
#[tokio::test(flavor = "multi_thread")]
async fn gotosocial() {
    let (world, ada, post) = scene().await;
    let cara = world.peer(PEER).actor("cara");
    follow(&world, &ada, &cara).await;
    let put = [
        ("https://gts.example/users/cara", cara.uri.as_str()),
        ("https://acme.test/users/ada/statuses/1", post["uri"].as_str().unwrap()),
    ];
    // Whoever may see a post of ours may answer it: nobody has to ask.
    let request = shape("gotosocial", "reply_request", &put);
    send(&world, &cara, &request).await;
    assert!(find(&ada, &request["instrument"]).await.is_none(), "a wish is no reply");
    // What they let in, or not, of ours stays here.
    for name in ["accept_reply", "reject_reply"] {
        send(&world, &cara, &shape("gotosocial", name, &put)).await;
    }
    ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    let cara_here = ada.resolve(&cara.handle()).await;
    assert_eq!(relationship(&ada, id(&cara_here)).await["following"], true);
    world.finish().await;
}

/// F144
#[tokio::test(flavor = "multi_thread")]
async fn pixelfed() {
    let (world, ada, post) = scene().await;
    let pip = world.peer(PEER).actor("pip");
    follow(&world, &ada, &pip).await;
    let put = [
        ("https://pixelfed.example/users/pip", pip.uri.as_str()),
        ("https://acme.test/users/ada/statuses/1", post["uri"].as_str().unwrap()),
    ];
    let shape = |name| shape("pixelfed", name, &put);
    // What is there for a day alone, behind an address that is a secret, is not fetched.
    let asked = world.peer(PEER).asked().len();
    for name in ["story", "story_reaction"] {
        send(&world, &pip, &shape(name)).await;
    }
    assert_eq!(world.peer(PEER).asked().len(), asked);
    let mut note = shape("note");
    note["capabilities"]["reply"] = json!("[]");
    send(&world, &pip, &pip.create(&note)).await;
    let seen = find(&ada, &note).await.unwrap();
    assert_eq!(seen["media_attachments"].as_array().unwrap().len(), 2);
    assert_eq!(favourites(&ada, &post).await, 0);
    world.finish().await;
}
