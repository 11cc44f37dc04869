//! Every way in which what strangers send makes us fetch something, each led to where we must not go: nobody is asked there.

use serde_json::{Value, json};

use super::{ACME, id};
use crate::support::{ACTIVITY, Instance, Peer, PeerActor, Person, World};

/// Ada at Acme, who follows Mal on a peer.
struct Scene {
    world: World,
    ada: Person,
    mal: PeerActor,
}

impl Scene {
    async fn set() -> Self {
        let config = |config: &mut pollen::config::Config| config.posts.preview_cards = true;
        let world = World::builder().instance(ACME).peer("peer.test").configure(config).start().await;
        let ada = world.instance(ACME).register("ada").await;
        let mal = world.peer("peer.test").actor("mal");
        ada.follow(&mal.handle()).await;
        world.settle().await;
        let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
        mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
        world.settle().await;
        Self { world, ada, mal }
    }

    fn acme(&self) -> &Instance {
        self.world.instance(ACME)
    }

    fn peer(&self) -> &Peer {
        self.world.peer("peer.test")
    }

    /// An address that leads on to one that we don't speak to.
    fn trap(&self, way: &str) -> String {
        self.peer().redirect(&format!("/way/{way}"), &format!("http://user@peer.test/trap/{way}"))
    }

    /// The way was tried, and nobody was asked at its end.
    #[track_caller]
    fn assert_shut(&self, way: &str) {
        let asked = self.peer().asked();
        let tried = asked.iter().any(|path| *path == format!("/way/{way}"));
        assert!(tried, "{way} was not tried: {asked:?}");
        assert!(!asked.iter().any(|path| path.contains("/trap")), "{way}: {asked:?}");
    }

    async fn send(&self, activity: &Value) {
        self.mal.deliver(self.acme(), activity).await;
        self.world.settle().await;
    }

    /// Sends a note with something more to it; what Ada sees.
    async fn arrive(&self, more: Value) -> Value {
        let mut note = self.mal.note("Look");
        note.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.peer().serve(note.clone());
        self.send(&self.mal.create(&note)).await;
        let query: String = url::form_urlencoded::byte_serialize(note["id"].as_str().unwrap().as_bytes()).collect();
        let found = self.ada.get(&format!("/api/v2/search?type=statuses&q={query}")).await.expect(200);
        found["statuses"][0].clone()
    }

    async fn search(&self, text: &str) {
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        self.ada.get(&format!("/api/v2/search?resolve=true&q={query}")).await.expect(200);
        self.world.settle().await;
    }
}

/// F61, F63
#[tokio::test(flavor = "multi_thread")]
async fn keys_actors_objects_and_names_lead_nowhere_else() {
    let scene = Scene::set().await;
    let like = scene.mal.activity("Like", "http://acme.test/nothing");
    for way in ["actor", "key"] {
        let mut letter = scene.mal.letter(&like);
        letter.key_id = scene.trap(way) + if way == "actor" { "#main-key" } else { "" };
        letter.post(scene.acme(), "/inbox").await.expect(401);
        scene.assert_shut(way);
    }
    scene.send(&scene.mal.activity("Announce", scene.trap("object"))).await;
    scene.assert_shut("object");
    scene.search(&scene.trap("searched")).await;
    scene.assert_shut("searched");
    let finger = "/.well-known/webfinger?resource=acct%3Akim%40peer.test";
    scene.peer().redirect(finger, &scene.trap("finger"));
    scene.search("@kim@peer.test").await;
    scene.assert_shut("finger");
    let kim = scene.peer().actor("kim");
    scene.peer().redirect(finger, "http://user@peer.test/trap/finger");
    let answer = json!({"subject": "acct:lee@peer.test", "links": [{"rel": "self", "type": ACTIVITY, "href": scene.trap("named")}]});
    scene.peer().answer_at("/.well-known/webfinger?resource=acct%3Alee%40peer.test", answer);
    scene.search("@lee@peer.test").await;
    scene.assert_shut("named");
    scene.search(&kim.uri).await;
    let mut moved = scene.mal.activity("Move", scene.mal.uri.as_str());
    moved["target"] = json!(scene.trap("target"));
    scene.send(&moved).await;
    scene.assert_shut("target");
    scene.world.finish().await;
}

/// F61, F62, F63
#[tokio::test(flavor = "multi_thread")]
async fn threads_quotes_and_collections_lead_nowhere_else() {
    let scene = Scene::set().await;
    scene.arrive(json!({"inReplyTo": scene.trap("parent")})).await;
    scene.assert_shut("parent");
    scene.arrive(json!({"quote": scene.trap("quote")})).await;
    scene.assert_shut("quote");
    let quoted = scene.mal.note("Quoted")["id"].clone();
    let eve = scene.peer().actor("eve");
    let theirs = eve.note("Hers")["id"].clone();
    scene.arrive(json!({"quote": theirs, "quoteAuthorization": scene.trap("stamp")})).await;
    scene.assert_shut("stamp");
    for name in ["context", "replies"] {
        let seen = scene.arrive(json!({name: scene.trap(name)})).await;
        scene.ada.get(&format!("/api/v1/statuses/{}/context", id(&seen))).await.expect(200);
        scene.world.settle().await;
        scene.assert_shut(name);
    }
    let items = json!([scene.trap("item"), "http://user@peer.test/trap/item", "http://10.1.2.3/trap", quoted]);
    let collection = scene.peer().url("/listed");
    scene.peer().serve(
        json!({"id": collection, "type": "Collection", "items": items, "next": "http://user@peer.test/trap/next"}),
    );
    let seen = scene.arrive(json!({"replies": collection})).await;
    scene.ada.get(&format!("/api/v1/statuses/{}/context", id(&seen))).await.expect(200);
    scene.world.settle().await;
    scene.assert_shut("item");
    for name in ["featured", "featuredCollections"] {
        let actor = scene.peer().actor(&format!("with{}", name.to_lowercase()));
        let path = url::Url::parse(&actor.uri).unwrap().path().to_owned();
        scene.peer().change(&path, name, scene.trap(name));
        scene.ada.resolve(&actor.handle()).await;
        scene.world.settle().await;
        scene.assert_shut(name);
    }
    let mut note = scene.mal.note("For followers");
    note["to"] = json!([format!("{}/followers", scene.mal.uri)]);
    let mut letter = scene.mal.letter(&scene.mal.create(&note));
    let header = format!(
        "collectionId=\"{}/followers\", url=\"{}\", digest=\"{}\"",
        scene.mal.uri,
        scene.trap("followers"),
        "00".repeat(32)
    );
    letter.with = vec![("collection-synchronization", header)];
    letter.post(scene.acme(), "/inbox").await.expect(202);
    scene.world.settle().await;
    scene.assert_shut("followers");
    scene.world.finish().await;
}

/// F61, F79, F310
#[tokio::test(flavor = "multi_thread")]
async fn pictures_files_and_pages_lead_nowhere_else() {
    let scene = Scene::set().await;
    let attachment = json!([{"type": "Document", "mediaType": "image/png", "url": scene.trap("file")}]);
    let tag = json!([{"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": scene.trap("emoji")}}]);
    let seen = scene.arrive(json!({"attachment": attachment, "tag": tag, "content": "<p>A :blob:</p>"})).await;
    for (way, url) in [("file", &seen["media_attachments"][0]["url"]), ("emoji", &seen["emojis"][0]["url"])] {
        scene.acme().get(url.as_str().unwrap()).await.expect(404);
        scene.assert_shut(way);
    }
    let actor = scene.peer().actor("kim");
    for (name, way) in [("icon", "avatar"), ("image", "header")] {
        scene.peer().change("/users/kim", name, json!({"type": "Image", "url": scene.trap(way)}));
    }
    let link = format!("<a href=\"{0}\" rel=\"me\">{0}</a>", scene.trap("field"));
    scene.peer().change("/users/kim", "attachment", json!([{"type": "PropertyValue", "name": "Site", "value": link}]));
    let seen = scene.ada.resolve(&actor.handle()).await;
    for way in ["avatar", "header"] {
        scene.acme().get(seen[way].as_str().unwrap()).await.expect(404);
        scene.assert_shut(way);
    }
    scene.ada.follow(&actor.handle()).await;
    let accepted = json!({"type": "Follow", "actor": scene.ada.account.uri, "object": actor.uri});
    actor.deliver(scene.acme(), &actor.activity("Accept", accepted)).await;
    scene.world.settle().await;
    scene.assert_shut("field");
    let content = format!("<p><a href=\"{0}\">{0}</a></p>", scene.trap("page"));
    let seen = scene.arrive(json!({"content": content})).await;
    assert_eq!(seen["card"], Value::Null);
    scene.assert_shut("page");
    let page = format!(
        "<title>x</title><meta property=\"og:image\" content=\"{}\">
        <link rel=\"alternate\" type=\"application/json+oembed\" href=\"{}\">",
        scene.trap("picture"),
        scene.trap("oembed")
    );
    let page = scene.peer().serve_file("/page", "text/html", page.as_bytes());
    scene.arrive(json!({"content": format!("<p><a href=\"{page}\">{page}</a></p>")})).await;
    scene.assert_shut("picture");
    scene.assert_shut("oembed");
    scene.world.finish().await;
}
