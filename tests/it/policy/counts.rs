//! AUDIENCE rule 8: what others did is counted for the author alone. And no count tells of posts that one may not see.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Instance, Person, World};

const ACME: &str = "acme.test";

/// Ada, whose post Ben and Cy favourite, boost and answer, and who gains a follower: all that can be counted.
struct Crowd {
    world: World,
    ada: Person,
    ben: Person,
    cy: Person,
    post: Value,
}

impl Crowd {
    async fn new(show_counts: bool) -> Self {
        let builder = World::builder().instance(ACME);
        let world = builder.configure(move |config| config.culture.show_counts = show_counts).start().await;
        let acme = world.instance(ACME);
        let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
        let post = ada.post_status("Worth it").await;
        Self { world, ada, ben, cy, post }
    }

    fn acme(&self) -> &Instance {
        self.world.instance(ACME)
    }

    fn path(&self, part: &str) -> String {
        format!("/api/v1/statuses/{}{part}", self.post["id"].as_str().unwrap())
    }

    async fn act(&self) {
        for (person, verb) in [(&self.ben, "favourite"), (&self.cy, "favourite"), (&self.cy, "reblog")] {
            person.post(&self.path(&format!("/{verb}")), json!({})).await.expect(200);
        }
        self.ben.follow("@ada@acme.test").await;
        self.ada.follow("@cy@acme.test").await;
        self.world.settle().await;
    }

    /// Everything that a stranger can read of the post and its author, by what it is.
    async fn as_a_stranger(&self) -> Vec<(String, String)> {
        let ada = self.ada.id();
        let mut found = Vec::new();
        for path in [
            self.path(""),
            self.path("/context"),
            self.path("/favourited_by"),
            self.path("/reblogged_by"),
            format!("/api/v1/accounts/{ada}"),
            format!("/api/v1/accounts?id[]={ada}"),
            "/api/v1/accounts/lookup?acct=ada".into(),
            format!("/api/v1/accounts/{ada}/statuses"),
            format!("/api/v1/accounts/{ada}/followers"),
            format!("/api/v1/accounts/{ada}/following"),
            "/api/v1/timelines/public".into(),
            "/api/v2/search?q=ada".into(),
            "/@ada".into(),
            format!("/@ada/{}", self.post["id"].as_str().unwrap()),
        ] {
            found.push((path.clone(), self.acme().get(&path).await.expect(200).body));
        }
        let note = self.post["uri"].as_str().unwrap();
        for path in [
            "/users/ada",
            "/users/ada/outbox",
            "/users/ada/outbox?page=true",
            "/users/ada/followers",
            "/users/ada/following",
            note,
        ] {
            found.push((format!("{path} (ActivityPub)"), self.acme().get_activity(path).await.expect(200).body));
        }
        found
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_read_does_not_change_by_what_others_do() {
    let crowd = Crowd::new(false).await;
    let before = crowd.as_a_stranger().await;
    crowd.act().await;
    for ((path, before), (_, after)) in before.into_iter().zip(crowd.as_a_stranger().await) {
        assert_eq!(before, after, "{path}");
        if path.contains("ActivityPub") {
            assert!(!after.contains("totalItems"), "{path}: {after}");
        }
    }
    crowd.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_author_sees_all_and_others_what_they_did() {
    let crowd = Crowd::new(false).await;
    crowd.act().await;
    let Crowd { ada, ben, cy, .. } = &crowd;
    for (person, favourites, reblogs, who_favourited, who_boosted) in [
        (ada, 2, 1, vec!["cy", "ben"], vec!["cy"]),
        (ben, 1, 0, vec!["ben"], vec![]),
        (cy, 1, 1, vec!["cy"], vec!["cy"]),
    ] {
        let name = person.handle();
        let status = person.get(&crowd.path("")).await.expect(200).json;
        let listed = person.get(&format!("/api/v1/accounts/{}/statuses", ada.id())).await.expect(200)[0].clone();
        for entity in [&status, &listed] {
            let counts = (&entity["favourites_count"], &entity["reblogs_count"]);
            assert_eq!(counts, (&json!(favourites), &json!(reblogs)), "{name}");
        }
        for (list, expected) in [("/favourited_by", who_favourited), ("/reblogged_by", who_boosted)] {
            let found = person.get(&crowd.path(list)).await.expect(200);
            let found: Vec<&str> = found.list().iter().map(|account| account["username"].as_str().unwrap()).collect();
            assert_eq!(found, expected, "{list} to {name}");
        }
        let account = person.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(200);
        let expected = if name == ada.handle() { (1, 1) } else { (0, 0) };
        let counts = (&account["followers_count"], &account["following_count"]);
        assert_eq!(counts, (&json!(expected.0), &json!(expected.1)), "Ada to {name}");
    }
    let own = ada.get("/api/v1/accounts/verify_credentials").await.expect(200);
    assert_eq!((&own["followers_count"], &own["following_count"]), (&json!(1), &json!(1)));
    crowd.world.finish().await;
}

/// Who wrote a post, wherever it stands: authors see their own counts, and nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn authors_see_their_own_counts_in_their_posts_and_others_do_not() {
    let crowd = Crowd::new(false).await;
    crowd.act().await;
    let Crowd { ada, ben, .. } = &crowd;
    let counts = |status: &Value| {
        let account = if status["reblog"].is_null() { &status["account"] } else { &status["reblog"]["account"] };
        assert_eq!(account["username"], "ada");
        (account["followers_count"].as_i64().unwrap(), account["following_count"].as_i64().unwrap())
    };
    let (mut hers, mut his) =
        (crowd.acme().listen(&ada.token, "user").await, crowd.acme().listen(&ben.token, "user").await);
    let of_ada = format!("/api/v1/accounts/{}/statuses", ada.id());
    // In both orders, and twice: home is kept.
    for (person, expected) in [(ada, (1, 1)), (ben, (0, 0)), (ada, (1, 1))] {
        let name = person.handle();
        assert_eq!(counts(&person.get(&crowd.path("")).await.expect(200).json), expected, "{name}");
        for list in ["/api/v1/timelines/home", "/api/v1/timelines/public", &of_ada] {
            let page = person.get(list).await.expect(200);
            let of_hers = |status: &&Value| status["account"]["username"] == "ada" || !status["reblog"].is_null();
            let found: Vec<_> = page.list().iter().filter(of_hers).map(counts).collect();
            assert!(!found.is_empty() && found.iter().all(|found| *found == expected), "{list} to {name}: {found:?}");
        }
    }
    let told = ada.get("/api/v1/notifications?types[]=favourite").await.expect(200);
    assert_eq!(counts(&told[0]["status"]), (1, 1));
    ada.post_status("Once more").await;
    assert_eq!(counts(&hers.expect("update").await), (1, 1));
    assert_eq!(counts(&his.expect("update").await), (0, 0));
    // What is kept of her home is not kept when she loses one.
    ben.post(&format!("/api/v1/accounts/{}/unfollow", ada.id()), json!({})).await.expect(200);
    let home = ada.home().await;
    let own = home.iter().find(|status| status["account"]["username"] == "ada").unwrap();
    assert_eq!(counts(own), (0, 1));
    crowd.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_are_counted_for_the_author_until_they_end() {
    let crowd = Crowd::new(false).await;
    let Crowd { world, ada, ben, cy, .. } = &crowd;
    let poll = json!({"options": ["Tea", "Coffee"], "expires_in": 3600, "multiple": true});
    let post = ada.post_status_with(json!({"status": "Which?", "poll": poll})).await;
    let path = format!("/api/v1/polls/{}", post["poll"]["id"].as_str().unwrap());
    let status = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let page = format!("/@ada/{}", post["id"].as_str().unwrap());
    let numbers = |poll: &Value| {
        let option = |index: usize| poll["options"][index]["votes_count"].as_i64();
        (option(0), option(1), poll["votes_count"].as_i64(), poll["voters_count"].as_i64())
    };
    for (person, choices) in [(ben, json!([0, 1])), (cy, json!([1]))] {
        person.post(&format!("{path}/votes"), json!({"choices": choices})).await.expect(200);
    }
    world.settle().await;
    let all = (Some(1), Some(2), Some(3), Some(2));
    for (person, expected) in [(ada, all), (ben, (None, None, Some(2), Some(1))), (cy, (None, None, Some(1), Some(1)))]
    {
        let name = person.handle();
        assert_eq!(numbers(&person.get(&path).await.expect(200).json), expected, "{name}");
        assert_eq!(numbers(&person.get(&status).await.expect(200)["poll"]), expected, "{name}");
    }
    let told = async || {
        let poll = crowd.acme().get(&path).await.expect(200).json;
        let document = crowd.acme().get_activity(post["uri"].as_str().unwrap()).await.expect(200).json;
        let page = crowd.acme().get(&page).await.expect(200).body;
        let on_the_wire = document["anyOf"][1]["replies"]["totalItems"].as_i64();
        (numbers(&poll), on_the_wire, document["votersCount"].as_i64(), page.contains("<meter"))
    };
    assert_eq!(told().await, ((None, None, Some(0), Some(0)), None, None, false), "strangers");
    world.advance(TimeDelta::hours(2)).await;
    assert_eq!(told().await, (all, Some(2), Some(2), true), "at the end");
    crowd.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_can_show_counts() {
    let crowd = Crowd::new(true).await;
    crowd.act().await;
    let status = crowd.acme().get(&crowd.path("")).await.expect(200);
    assert_eq!((&status["favourites_count"], &status["reblogs_count"]), (&json!(2), &json!(1)));
    assert_eq!(crowd.acme().get(&crowd.path("/favourited_by")).await.expect(200).list().len(), 2);
    let account = crowd.acme().get(&format!("/api/v1/accounts/{}", crowd.ada.id())).await.expect(200);
    assert_eq!(account["followers_count"], 1);
    crowd.world.finish().await;
}

/// How often somebody posts to the few is for nobody to see: an account's posts are counted, and the last one dated, as far
/// as anyone may see them.
#[tokio::test(flavor = "multi_thread")]
async fn an_accounts_counts_tell_nothing_of_what_it_posts_to_the_few() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    for visibility in ["public", "unlisted"] {
        ada.post_status_with(json!({"status": "for all", "visibility": visibility})).await;
    }
    let path = format!("/api/v1/accounts/{}", ada.id());
    let before = acme.get(&path).await.expect(200);
    assert_eq!(before["statuses_count"], 2);
    world.advance(TimeDelta::days(3)).await;
    let mut written = Vec::new();
    for visibility in ["private", "direct"] {
        let draft = json!({"status": "@ben for few #secret", "visibility": visibility});
        written.push(ada.post_status_with(draft).await["id"].as_str().unwrap().to_owned());
    }
    ada.post(&format!("/api/v1/statuses/{}/reblog", written[0]), json!({})).await.expect(200);
    assert_eq!(before.json, acme.get(&path).await.expect(200).json);
    assert_eq!(before["statuses_count"], ben.get(&path).await.expect(200)["statuses_count"]);
    for id in written {
        ada.delete(&format!("/api/v1/statuses/{id}")).await.expect(200);
    }
    assert_eq!(before.json, acme.get(&path).await.expect(200).json);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_suspended_account_nothing_is_counted() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    ada.post_status("once").await;
    acme.sql("UPDATE accounts SET suspended_at = now() WHERE username = 'ada'").await;
    // What is kept of an account is read again after a second.
    world.advance(TimeDelta::seconds(11)).await;
    let shown = acme.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(200);
    assert_eq!((&shown["suspended"], &shown["statuses_count"]), (&json!(true), &json!(0)));
    assert_eq!(shown["last_status_at"], Value::Null);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_notifications_of_what_may_not_be_seen_are_not_counted() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ben.follow("@ada@acme.test").await;
    ada.post_status("@ben hello").await;
    acme.sql(&format!(
        "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, created_at)
             VALUES (5, {0}, 'http://acme.test/5', '', true, 3, 5, now());
         INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at)
             VALUES (5, {1}, {0}, 'status', 5, now());",
        ada.id(),
        ben.id()
    ))
    .await;
    let unread = async |version: &str| {
        ben.get(&format!("/api/{version}/notifications/unread_count")).await.expect(200)["count"].clone()
    };
    assert_eq!((unread("v1").await, unread("v2").await), (json!(2), json!(2)));
    ben.post(&format!("/api/v1/accounts/{}/unfollow", ada.id()), json!({})).await.expect(200);
    assert_eq!(ben.get("/api/v1/notifications").await.expect(200).list().len(), 1);
    assert_eq!((unread("v1").await, unread("v2").await), (json!(1), json!(1)));
    world.finish().await;
}
