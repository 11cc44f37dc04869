//! Whom one could follow, and the directory.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::{NewPerson, Person, With, World};

const ACME: &str = "acme.test";

async fn offers(person: &Person, yes: bool) {
    person.patch("/api/v1/accounts/update_credentials", json!({"discoverable": yes})).await.expect(200);
}

async fn suggested(person: &Person) -> Vec<(String, Vec<String>)> {
    let found = person.get("/api/v2/suggestions").await.expect(200);
    let texts = |list: &Value| list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let one = |one: &Value| (one["account"]["username"].as_str().unwrap().to_owned(), texts(&one["sources"]));
    let mut found: Vec<_> = found.list().iter().map(one).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_have_a_reason_and_tell_of_nobody_in_particular() {
    let world = World::builder().instance(ACME).configure(|config| config.culture.show_counts = true).start().await;
    let acme = world.instance(ACME);
    let mut people = Vec::new();
    for name in ["ada", "ben", "cleo", "dan", "eve", "fay", "gil", "hal", "ivy"] {
        people.push(acme.register(name).await);
    }
    let admin = acme.register_with(NewPerson { username: "chief", role: "admin", ..NewPerson::default() }).await;
    let [ada, ben, cleo, dan, eve, fay, gil, hal, ivy] = &people[..] else { unreachable!() };
    offers(hal, false).await;
    assert!(suggested(ada).await.is_empty());
    for (by, whom) in [(ada, ben), (ada, cleo), (ben, dan), (cleo, dan), (ben, eve), (ben, hal), (cleo, hal)] {
        by.follow(&whom.handle()).await;
    }
    for (person, tags) in [(ada, "tools wood paint"), (cleo, "tools wood paint")] {
        for tag in tags.split(' ') {
            person.post(&format!("/api/v1/tags/{tag}/follow"), json!({})).await.expect(200);
        }
    }
    for (person, text) in [(fay, "My #tools"), (fay, "Some #wood"), (eve, "A #tools"), (hal, "#tools"), (hal, "#wood")]
    {
        person.post_status(text).await;
    }
    ivy.post("/api/v1/tags/paint/feature", json!({})).await.expect(200);
    admin.follow(&gil.handle()).await;
    admin.post(&format!("/api/v1/accounts/{}/endorse", gil.id()), json!({})).await.expect(200);
    let reasons = |name: &str, reason: &str| (name.to_owned(), vec![reason.to_owned()]);
    let expected = [
        reasons("dan", "friends_of_friends"),
        reasons("fay", "similar_to_recently_followed"),
        reasons("gil", "featured"),
        reasons("ivy", "similar_to_recently_followed"),
    ];
    assert_eq!(suggested(ada).await, expected, "eve by one alone, and hal does not want to be found");
    let found = ada.get("/api/v2/suggestions").await.expect(200);
    let of = |name: &str| found.list().iter().find(|one| one["account"]["username"] == name).unwrap()["source"].clone();
    assert_eq!((of("gil"), of("dan")), (json!("staff"), json!("past_interactions")));
    assert_eq!(ada.get("/api/v1/suggestions").await.expect(200).list().len(), 4);
    assert_eq!(ada.get("/api/v1/suggestions?limit=2").await.expect(200).list().len(), 2);
    // Not this one, for good.
    ada.delete(&format!("/api/v1/suggestions/{}", dan.id())).await.expect(200);
    ada.delete(&format!("/api/v1/suggestions/{}", dan.id())).await.expect(200);
    assert_eq!(suggested(ada).await, expected[1..]);
    ada.post(&format!("/api/v1/accounts/{}/mute", fay.id()), json!({})).await.expect(200);
    gil.post(&format!("/api/v1/accounts/{}/block", ada.id()), json!({})).await.expect(200);
    assert_eq!(suggested(ada).await, expected[3..]);
    acme.sql("UPDATE accounts SET moved_to_uri = 'http://x.test/y' WHERE username = 'ivy'").await;
    assert!(suggested(ada).await.is_empty());
    acme.sql("UPDATE accounts SET moved_to_uri = NULL, suspended_at = now() WHERE username = 'ivy'").await;
    assert!(suggested(ada).await.is_empty());
    acme.sql("UPDATE accounts SET suspended_at = NULL WHERE username = 'ivy'").await;
    ada.follow(&ivy.handle()).await;
    assert!(suggested(ada).await.is_empty(), "whom one follows is not suggested");
    for id in NO_IDS {
        refused(ada, Method::DELETE, &format!("/api/v1/suggestions/{id}"), With::default(), 404).await;
    }
    let path = format!("/api/v1/suggestions/{}", eve.id());
    refused(&ada.with_scopes("read").await, Method::DELETE, &path, With::default(), 403).await;
    refused_with_token(acme, Method::DELETE, &path, With::default(), 401).await;
    ada.with_scopes("write").await.get("/api/v2/suggestions").await.expect(403);
    acme.get("/api/v1/suggestions").await.expect(401);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_are_made_of_what_is_public_alone() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let (dan, eve, fay) = (acme.register("dan").await, acme.register("eve").await, acme.register("fay").await);
    let owner = acme.register_with(NewPerson { username: "chief", role: "owner", ..NewPerson::default() }).await;
    // Whoever follows exactly two would read out that each of them follows dan, and that eve follows both hashtags.
    for (by, whom) in [(&ada, &ben), (&ada, &cleo), (&ben, &dan), (&cleo, &dan)] {
        by.follow(&whom.handle()).await;
    }
    for person in [&ada, &eve] {
        for tag in ["tools", "wood"] {
            person.post(&format!("/api/v1/tags/{tag}/follow"), json!({})).await.expect(200);
        }
    }
    for audience in ["unlisted", "private", "direct"] {
        fay.post_status_with(json!({"status": "@ada #tools and #wood", "visibility": audience})).await;
    }
    assert!(suggested(&ada).await.is_empty());
    fay.post_status("#tools and #wood").await;
    owner.follow(&dan.handle()).await;
    owner.post(&format!("/api/v1/accounts/{}/endorse", dan.id()), json!({})).await.expect(200);
    let found = suggested(&ada).await;
    let names: Vec<(&str, &str)> = found.iter().map(|(name, why)| (name.as_str(), why[0].as_str())).collect();
    assert_eq!(names, [("dan", "featured"), ("fay", "similar_to_recently_followed")]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_lists_those_who_want_to_be_found() {
    let world = World::start([ACME, "globex.test"]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
    let zoe = world.instance("globex.test").register("zoe").await;
    ada.resolve(&zoe.handle()).await;
    offers(&cleo, false).await;
    for person in [&ada, &ben] {
        person.post_status("Here I am").await;
    }
    cleo.post_status("And here am I").await;
    let names = async |query: &str| -> Vec<String> {
        let found = acme.get(&format!("/api/v1/directory{query}")).await.expect(200);
        found.list().iter().map(|account| account["acct"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, ["ben", "ada"]);
    ada.post_status("Once more").await;
    assert_eq!(names("?order=active&local=true").await, ["ada", "ben"]);
    assert_eq!(names("?order=new&local=1").await, ["ben", "ada"]);
    assert_eq!(names("?order=new").await, ["zoe@globex.test", "ben", "ada"]);
    assert_eq!(names("?order=new&limit=1&offset=1").await, ["ben"]);
    assert!(names("?offset=9999999").await.is_empty());
    acme.get("/api/v1/directory?limit=x").await.expect(400);
    // Whom one hides, and oneself, are not for oneself.
    ada.post(&format!("/api/v1/accounts/{}/block", ben.id()), json!({})).await.expect(200);
    for person in [&ada, &ben] {
        assert!(person.get("/api/v1/directory").await.expect(200).list().is_empty());
    }
    acme.sql("UPDATE accounts SET silenced_at = now() WHERE username = 'ben'").await;
    assert_eq!(names("").await, ["ada"]);
    world.finish().await;
}
