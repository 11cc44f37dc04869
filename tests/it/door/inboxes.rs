//! What is the same at every door: all inboxes are one, each address may send so much, a key may be a document of its own.

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ACME, Scene};
use crate::support::{PeerActor, World};

async fn favourites(scene: &Scene) -> i64 {
    scene.world.settle().await;
    scene.acme().count("SELECT count(*) FROM favourites").await
}

/// F6
#[tokio::test(flavor = "multi_thread")]
async fn all_inboxes_are_one() {
    let scene = Scene::set().await;
    for (number, path) in ["/inbox", "/users/ada/inbox", "/actor/inbox"].into_iter().enumerate() {
        let post = scene.ada.post_status("Like me").await;
        let like = scene.mal.activity("Like", post["uri"].clone());
        for again in [path, "/inbox"] {
            scene.mal.letter(&like).post(scene.acme(), again).await.expect(202);
        }
        assert_eq!(favourites(&scene).await, i64::try_from(number).unwrap() + 1, "{path}");
    }
    scene.acme().get_activity("/users/ada/inbox").await.expect(405);
    scene.world.finish().await;
}

/// F12
#[tokio::test(flavor = "multi_thread")]
async fn an_address_may_send_so_many_activities_a_minute() {
    let world =
        World::builder().instance(ACME).peer("peer.test").configure(|config| config.limits.inbox = 3).start().await;
    let mal = world.peer("peer.test").actor("mal");
    let mut answers = Vec::new();
    for _ in 0..5 {
        let answer = mal.post(world.instance(ACME), &mal.activity("Like", "http://acme.test/nothing")).await;
        if answer.status == 429 {
            assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
        }
        answers.push(answer.status);
    }
    assert_eq!(answers, [202, 202, 202, 429, 429]);
    world.finish().await;
}

/// F404
#[tokio::test(flavor = "multi_thread")]
async fn a_host_may_send_so_many_activities_a_minute_from_however_many_addresses() {
    let world = World::builder()
        .instance(ACME)
        .peer("peer.test")
        .peer("other.test")
        .configure(|config| config.limits.inbox = 2)
        .start()
        .await;
    let (mal, oz) = (world.peer("peer.test").actor("mal"), world.peer("other.test").actor("oz"));
    let eve = world.peer("peer.test").actor("eve");
    let send = async |by: &PeerActor, address: usize, broken: bool| {
        let mut letter = by.letter(&by.activity("Like", "http://acme.test/nothing"));
        letter.with.push(("x-forwarded-for", format!("203.0.113.{address}")));
        if broken {
            letter.key = eve.letter(&json!({})).key;
        }
        letter.post(world.instance(ACME), "/inbox").await
    };
    // What somebody else signs in the name of a host does not count as its own.
    assert_eq!(send(&mal, 1, false).await.status, 202);
    for address in 10..20 {
        assert_eq!(send(&mal, address, true).await.status, 401);
    }
    for address in 2..7 {
        assert_eq!(send(&mal, address, false).await.status, 202);
    }
    let over = send(&mal, 7, false).await;
    assert_eq!(over.status, 429);
    assert!(over.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    assert_eq!(send(&oz, 8, false).await.status, 202);
    world.settle().await;
    world.finish().await;
}

/// F402
#[tokio::test(flavor = "multi_thread")]
async fn no_more_wait_for_the_keys_of_one_host_than_it_may_hold_up() {
    let scene = Scene::set().await;
    let acme = scene.acme();
    let senders: Vec<PeerActor> = (0..40).map(|number| scene.peer().actor(&format!("a{number}"))).collect();
    let likes: Vec<Value> = senders.iter().map(|sender| sender.activity("Like", scene.uri())).collect();
    let sends = senders.iter().zip(&likes);
    scene.peer().hold();
    let mut answers: FuturesUnordered<_> = sends.map(|(sender, like)| sender.post(acme, like)).collect();
    for _ in 0..8 {
        let answer = answers.next().await.unwrap();
        assert_eq!(answer.status, 429, "{}", answer.body);
        assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    }
    // Whose key is known need not wait.
    scene.mal.deliver(acme, &scene.mal.activity("Like", scene.uri())).await;
    scene.peer().release();
    // Who had a place at their host is answered; the others as far as they did not wait for too long.
    let rest: Vec<u16> = answers.map(|answer| answer.status).collect().await;
    assert!(rest.iter().all(|status| matches!(status, 202 | 429)), "{rest:?}");
    assert!(rest.iter().filter(|status| **status == 202).count() >= 8, "{rest:?}");
    // Those who wait for one actor wait a little, and not for as long as its server likes.
    let kim = scene.peer().actor("kim");
    let likes: Vec<Value> = (0..3).map(|_| kim.activity("Like", scene.uri())).collect();
    scene.peer().hold();
    let mut answers: FuturesUnordered<_> = likes.iter().map(|like| kim.post(acme, like)).collect();
    for _ in 0..2 {
        assert_eq!(answers.next().await.unwrap().status, 429);
    }
    scene.peer().release();
    assert_eq!(answers.next().await.unwrap().status, 202);
    drop(answers);
    scene.world.finish().await;
}

/// Lets an actor have its key at an address of its own.
async fn move_key(scene: &Scene, actor: &PeerActor, document: impl Fn(&str, &Value) -> Value) -> String {
    let served = scene.acme().http.get(&actor.uri).send().await.unwrap().text().await.unwrap();
    let mut whole: Value = serde_json::from_str(&served).unwrap();
    let key_id = format!("{}/main-key", actor.uri);
    whole["publicKey"]["id"] = json!(key_id);
    actor.peer().serve(whole.clone());
    let path = url::Url::parse(&key_id).unwrap().path().to_owned();
    actor.peer().answer_at(&path, document(&key_id, &whole));
    key_id
}

async fn like_with(scene: &Scene, actor: &PeerActor, key_id: &str) -> u16 {
    let mut letter = actor.letter(&actor.activity("Like", scene.uri()));
    letter.key_id = key_id.to_owned();
    letter.post(scene.acme(), "/inbox").await.status
}

/// F2, F26
#[tokio::test(flavor = "multi_thread")]
async fn a_key_may_be_a_document_of_its_own() {
    let scene = Scene::set().await;
    // As GoToSocial has it, at whose key there is a part of the actor; and as a document that names its owner.
    let cara = scene.peer().actor("cara");
    let part = |_: &str, actor: &Value| json!({"id": actor["id"], "type": "Person", "publicKey": actor["publicKey"]});
    let at = move_key(&scene, &cara, part).await;
    assert_eq!(like_with(&scene, &cara, &at).await, 202);
    assert_eq!(favourites(&scene).await, 1);
    let dan = scene.peer().actor("dan");
    let at = move_key(&scene, &dan, |at, actor| json!({"id": at, "type": "Key", "owner": actor["id"]})).await;
    assert_eq!(like_with(&scene, &dan, &at).await, 202);
    assert_eq!(favourites(&scene).await, 2);
    // A key that names somebody who does not name it, or is elsewhere, is nobody's.
    let eve = &scene.eve;
    for (name, owner) in [("one", scene.mal.uri.clone()), ("two", scene.oz.uri.clone())] {
        let at = scene.peer().url(&format!("/keys/{name}"));
        scene.peer().serve(json!({"id": at, "type": "Key", "owner": owner}));
        assert_eq!(like_with(&scene, eve, &at).await, 401, "{name}");
    }
    assert_eq!(favourites(&scene).await, 2);
    scene.world.finish().await;
}

/// F27, F342
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_fit_is_not_fetched_at_a_strangers_will() {
    let scene = Scene::set().await;
    let cara = scene.peer().actor("cara");
    let part = |_: &str, actor: &Value| json!({"id": actor["id"], "type": "Person", "publicKey": actor["publicKey"]});
    let at = move_key(&scene, &cara, part).await;
    assert_eq!(like_with(&scene, &cara, &at).await, 202);
    let asked = || scene.peer().asked().iter().filter(|path| *path == "/users/cara/main-key").count();
    let forge = async || {
        for _ in 0..4 {
            assert_eq!(like_with(&scene, &scene.eve, &at).await, 401);
        }
        asked()
    };
    assert_eq!(asked(), 1);
    // Once more, since the key may have changed a moment ago.
    assert_eq!(forge().await, 2);
    scene.world.clock.advance(TimeDelta::seconds(30));
    assert_eq!(forge().await, 2);
    scene.world.clock.advance(TimeDelta::minutes(6));
    assert_eq!(forge().await, 4);
    // Whose key it is goes on.
    let like = cara.activity("Like", scene.uri());
    let mut letter = cara.letter(&like);
    letter.key_id.clone_from(&at);
    letter.post(scene.acme(), "/inbox").await.expect(202);
    scene.world.finish().await;
}

/// F5
#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_had_is_not_asked_for_again_at_once() {
    let scene = Scene::set().await;
    let kim = scene.peer().actor("kim");
    let like = kim.activity("Like", scene.uri());
    let asked = || scene.peer().asked().iter().filter(|path| *path == "/users/kim").count();
    scene.peer().break_down(500);
    for _ in 0..3 {
        kim.post(scene.acme(), &like).await.expect(401);
    }
    assert_eq!(asked(), 1);
    scene.peer().break_down(None);
    kim.post(scene.acme(), &like).await.expect(401);
    scene.world.clock.advance(TimeDelta::minutes(6));
    kim.post(scene.acme(), &like).await.expect(202);
    assert_eq!((asked(), favourites(&scene).await), (2, 1));
    scene.world.finish().await;
}

/// F29
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_here_has_to_do_with_is_not_kept() {
    let scene = Scene::set().await;
    let kept = async || {
        scene.world.settle().await;
        scene.acme().count("SELECT count(*) FROM statuses WHERE NOT local").await
    };
    let send = async |note: &Value| scene.eve.deliver(scene.acme(), &scene.eve.create(note)).await;
    send(&scene.eve.note("To whom it may concern")).await;
    let mut tagged = scene.eve.note("Named, and not addressed");
    tagged["tag"] = json!([{"type": "Mention", "href": scene.ada.account.uri}]);
    send(&tagged).await;
    assert_eq!(kept().await, 0);
    let mut reply = scene.eve.note("A reply");
    reply["inReplyTo"] = json!(scene.uri());
    send(&reply).await;
    let mut named = scene.eve.note("Named");
    named["tag"] = json!([{"type": "Mention", "href": scene.ada.account.uri}]);
    named["cc"] = json!([scene.ada.account.uri]);
    send(&named).await;
    assert_eq!(kept().await, 2);
    scene.ada.follow(&scene.eve.handle()).await;
    let accepted = json!({"type": "Follow", "actor": scene.ada.account.uri, "object": scene.eve.uri});
    scene.eve.deliver(scene.acme(), &scene.eve.activity("Accept", accepted)).await;
    scene.world.settle().await;
    send(&scene.eve.note("Followed")).await;
    assert_eq!(kept().await, 3);
    scene.world.finish().await;
}

/// F322
#[tokio::test(flavor = "multi_thread")]
async fn an_activity_has_so_much_time_to_arrive() {
    let world = World::start([ACME]).await;
    let address = world.instance(ACME).app.config.server.listen[0];
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /inbox HTTP/1.1\r\nhost: acme.test\r\ncontent-type: application/activity+json\r\n\
                content-length: 1000\r\n\r\n{\"type\"";
    stream.write_all(head.as_bytes()).await.unwrap();
    // Nothing more comes; ten seconds later there is an answer.
    let mut answer = vec![0; 12];
    let read = stream.read_exact(&mut answer);
    tokio::time::timeout(std::time::Duration::from_secs(60), read).await.expect("an answer").unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 408");
    world.finish().await;
}
