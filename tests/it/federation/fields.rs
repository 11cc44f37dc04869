//! Fields of profiles whose pages link back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACME, GLOBEX};
use crate::support::World;

/// F310, F311
#[tokio::test(flavor = "multi_thread")]
async fn a_field_is_verified_when_its_page_links_back() {
    let world = World::builder().instance(ACME).instance(GLOBEX).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let (ada, ben) = (acme.register("ada").await, world.instance(GLOBEX).register("ben").await);
    let links = format!("<p>Hi</p><a href='{}/' rel='nofollow me'>Ada</a>", ada.account.url);
    let mine = peer.serve_file("/mine", "text/html", links.as_bytes());
    let others = peer.serve_file("/others", "text/html", b"<a rel=me href='http://acme.test/@eve'>Eve</a>");
    let plain = links.replace("me'>", "x'>");
    let unmarked = peer.serve_file("/unmarked", "text/html", plain.as_bytes());
    let fields = |values: &[&str]| {
        let fields: Vec<Value> = values.iter().map(|value| json!({"name": "Site", "value": value})).collect();
        json!({"fields_attributes": fields})
    };
    let verified = async |fields: Value| -> Vec<bool> {
        ada.patch("/api/v1/accounts/update_credentials", fields).await.expect(200);
        world.settle().await;
        let seen = ada.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(200);
        seen["fields"].as_array().unwrap().iter().map(|field| field["verified_at"].is_string()).collect()
    };
    let within = format!("my page: {mine}");
    let all = fields(&[&mine, &others, &unmarked, &within, "text"]);
    assert_eq!(verified(all).await, [true, false, false, false, false]);
    // It stays while the field does, whatever becomes of the others or of the page.
    peer.serve_file("/mine", "text/html", b"nothing");
    assert_eq!(verified(fields(&[&others, &mine])).await, [false, true]);
    assert_eq!(verified(fields(&["another text"])).await, [false]);
    assert_eq!(verified(fields(&[&mine])).await, [false]);
    // What another server says of that is not taken over: we ask ourselves.
    peer.serve_file("/mine", "text/html", links.as_bytes());
    assert_eq!(verified(fields(&[&mine, &others])).await, [true, false]);
    let asked = || peer.asked().iter().filter(|path| *path == "/mine").count();
    let before = asked();
    ben.resolve("@ada@acme.test").await;
    world.settle().await;
    assert_eq!(asked(), before, "nobody there follows her");
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    let seen = ben.resolve("@ada@acme.test").await;
    assert_eq!((seen["fields"][0]["verified_at"].is_string(), &seen["fields"][1]["verified_at"]), (true, &Value::Null));
    let before = asked();
    world.advance(TimeDelta::hours(25)).await;
    ben.resolve("@ada@acme.test").await;
    world.settle().await;
    let seen = ben.resolve("@ada@acme.test").await;
    assert_eq!((asked(), seen["fields"][0]["verified_at"].is_string()), (before, true));
    world.finish().await;
}

/// F310
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_verified_by_what_links_to_somebody_else() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let ada = acme.register("ada").await;
    let mal = peer.actor("mal");
    let own = peer.serve_file("/own", "text/html", format!("<a rel=me href='{}'>Mal</a>", mal.uri).as_bytes());
    let others = peer.serve_file("/others", "text/html", b"<a rel=me href='http://famous.test/@eve'>Eve</a>");
    let field =
        |url: &str| json!({"type": "PropertyValue", "name": "Site", "value": format!("<a href='{url}'>{url}</a>")});
    let path = url::Url::parse(&mal.uri).unwrap().path().to_owned();
    peer.change(&path, "url", "http://famous.test/@eve");
    peer.change(&path, "attachment", json!([field(&own), field(&others)]));
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = peer.received_of_type("Follow").remove(0);
    let accept = mal.activity("Accept", follow);
    mal.deliver(acme, &accept).await;
    world.settle().await;
    let seen = ada.resolve(&mal.handle()).await;
    let verified: Vec<bool> =
        seen["fields"].as_array().unwrap().iter().map(|field| field["verified_at"].is_string()).collect();
    assert_eq!(verified, [true, false], "{seen}");
    // Accepting again has no page asked again.
    let asked = || peer.asked().iter().filter(|path| *path == "/others").count();
    let before = asked();
    let mut again = accept.clone();
    again["id"] = json!(peer.mint("accepts"));
    mal.deliver(acme, &again).await;
    world.settle().await;
    assert_eq!(asked(), before);
    world.finish().await;
}

/// F310, F311
#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_changes_often_is_looked_at_in_its_last_form_and_seldom() {
    let world = World::builder().instance(ACME).peer("peer.test").start().await;
    let (acme, peer) = (world.instance(ACME), world.peer("peer.test"));
    let ada = acme.register("ada").await;
    let mal = peer.actor("mal");
    ada.follow(&mal.handle()).await;
    world.settle().await;
    mal.deliver(acme, &mal.activity("Accept", peer.received_of_type("Follow").remove(0))).await;
    world.settle().await;
    let page = format!("<a rel=me href='{}'>Mal</a>", mal.uri);
    let edit = async |place: &str| {
        let link = peer.serve_file(place, "text/html", page.as_bytes());
        let value = format!("<a href='{link}'>{link}</a>");
        peer.change("/users/mal", "attachment", json!([{"type": "PropertyValue", "name": "Site", "value": value}]));
        mal.deliver(acme, &mal.activity("Update", mal.uri.as_str())).await;
        world.settle().await;
    };
    let verified = async || {
        let seen = ada.resolve(&mal.handle()).await;
        seen["fields"][0]["verified_at"].is_string()
    };
    let asked = |place: &str| peer.asked().iter().filter(|path| *path == place).count();
    edit("/one").await;
    assert!(verified().await);
    for place in ["/two", "/three", "/four"] {
        edit(place).await;
    }
    assert!(!verified().await);
    world.advance(TimeDelta::minutes(6)).await;
    assert!(verified().await);
    assert_eq!(["/one", "/two", "/three", "/four"].map(asked), [1, 0, 0, 1]);
    // Of many pages the first four.
    let field = |place: &String| {
        let link = peer.serve_file(place, "text/html", page.as_bytes());
        json!({"type": "PropertyValue", "name": "Site", "value": format!("<a href='{link}'>{link}</a>")})
    };
    let places: Vec<String> = (0..8).map(|number| format!("/many/{number}")).collect();
    peer.change("/users/mal", "attachment", places.iter().map(field).collect::<Vec<Value>>());
    mal.deliver(acme, &mal.activity("Update", mal.uri.as_str())).await;
    world.advance(TimeDelta::minutes(6)).await;
    assert_eq!(places.iter().map(|place| asked(place)).collect::<Vec<_>>(), [1, 1, 1, 1, 0, 0, 0, 0]);
    world.finish().await;
}
