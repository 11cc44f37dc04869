//! Makes the scene: who stands how to the author, and the posts.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use pollen::accounts::sign_in;
use pollen::base::secret;
use serde_json::{Value, json};

use super::scene::{ACME, Post, VIEWERS, Viewer};
use crate::support::{Instance, PeerActor, Person, World};

/// The audiences of posts by the author that are looked at in a thread, with the `visibility` by which they come in, and
/// the number that SQL gives to those that clients cannot choose.
const AUDIENCES: [(&str, &str, i16); 7] = [
    ("public", "public", 1),
    ("unlisted", "unlisted", 2),
    ("followers", "private", 3),
    ("direct", "direct", 4),
    ("organisation", "private", 5),
    ("partners", "private", 6),
    ("group", "private", 7),
];

/// The handle, as the author's posts name people.
const NAMED: &str = "@mentioned @remote_mentioned@peer.test @blocked @blocker @remote_blocked@peer.test \
                     @remote_blocker@peer.test @shut_out@shut.test";

/// Who follows whom, asks to, has stopped to; agreements, a private group and its members.
pub async fn follow(
    world: &World,
    people: &BTreeMap<&'static str, Person>,
    actors: &BTreeMap<&'static str, PeerActor>,
) {
    let (acme, author) = (world.instance(ACME), &people["author"]);
    for name in ["follower", "former", "blocked", "blocker"] {
        people[name].follow("@author@acme.test").await;
    }
    for name in ["remote_follower", "remote_blocked", "remote_blocker", "shut_out", "suspended"] {
        let actor = &actors[name];
        actor.deliver(acme, &actor.activity("Follow", author.account.uri.as_str())).await;
    }
    let asked = people["follower"].follow("@elsewhere@peer.test").await;
    assert_eq!(asked["requested"], true);
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    let elsewhere = &actors["elsewhere"];
    elsewhere.deliver(acme, &elsewhere.activity("Accept", follow)).await;
    people["former"].post(&format!("/api/v1/accounts/{}/unfollow", author.id()), json!({})).await.expect(200);
    author.patch("/api/v1/accounts/update_credentials", json!({"locked": true})).await.expect(200);
    let asked = people["requester"].follow("@author@acme.test").await;
    assert_eq!(asked["requested"], true);
    for group in ["guild", "circle"] {
        author.post("/api/pollen/v1/groups", json!({"username": group})).await.expect(200);
    }
    let members = ["author", "member", "remote_member"].map(|name| format!("'{name}'")).join(", ");
    acme.sql(&format!(
        "UPDATE instances SET partner_from = now() - interval '1 day' WHERE domain IN ('partner.test', 'expired.test');
         UPDATE instances SET partner_until = now() - interval '1 hour' WHERE domain = 'expired.test';
         INSERT INTO audiences (id, group_account_id, created_at)
             SELECT 7, id, now() FROM accounts WHERE username = 'circle';
         INSERT INTO memberships (audience_id, account_id, created_at)
             SELECT 7, id, now() FROM accounts WHERE username IN ({members});"
    ))
    .await;
    world.settle().await;
}

/// Blocks after all was posted, so that followers and mentioned people are among the blocked.
pub async fn sever(world: &World, people: &BTreeMap<&'static str, Person>, actors: &BTreeMap<&'static str, PeerActor>) {
    let (acme, author) = (world.instance(ACME), &people["author"]);
    let remote = author.resolve(&actors["remote_blocked"].handle()).await["id"].as_str().unwrap().to_owned();
    for (by, id) in [(author, people["blocked"].id()), (author, remote), (&people["blocker"], author.id())] {
        by.post(&format!("/api/v1/accounts/{id}/block"), json!({})).await.expect(200);
    }
    author.post("/api/v1/domain_blocks", json!({"domain": "shut.test"})).await.expect(200);
    let blocker = &actors["remote_blocker"];
    blocker.deliver(acme, &blocker.activity("Block", author.account.uri.as_str())).await;
    world.settle().await;
}

/// Puts up the posts.
pub struct Stage<'a> {
    pub world: &'a World,
    pub people: &'a BTreeMap<&'static str, Person>,
    pub posts: Vec<Post>,
}

impl Stage<'_> {
    fn keep(&mut self, name: &'static str, owner: &'static str, entity: &Value, text: String, tag: String) -> &Post {
        let text_of = |key: &str| entity[key].as_str().unwrap_or_default().to_owned();
        self.posts.push(Post {
            name,
            owner,
            owner_id: self.people[owner].id(),
            id: text_of("id"),
            uri: text_of("uri"),
            url: text_of("url"),
            text,
            tag,
            is_boost: !entity["reblog"].is_null(),
            below: None,
        });
        self.posts.last().unwrap()
    }

    async fn publish(&mut self, name: &'static str, owner: &'static str, named: &str, visibility: &str, above: &str) {
        let number = self.posts.len();
        let (text, tag) = (format!("zq{number:02}zq"), format!("only{number:02}"));
        let mut draft = json!({"status": format!("{text} #{tag} #everywhere {named}"), "visibility": visibility});
        if !above.is_empty() {
            draft["in_reply_to_id"] = above.into();
        }
        let entity = self.people[owner].post_status_with(draft).await;
        self.keep(name, owner, &entity, text, tag);
    }

    async fn boost(&mut self, name: &'static str, owner: &'static str, of: &str) {
        let original = self.find(of).clone();
        let path = format!("/api/v1/statuses/{}/reblog", original.id);
        let entity = self.people[owner].post(&path, json!({})).await.expect(200).json;
        self.keep(name, owner, &entity, original.text, String::new());
    }

    fn find(&self, name: &str) -> &Post {
        self.posts.iter().find(|post| post.name == name).unwrap()
    }

    /// Returns the id of the post above those in a thread.
    pub async fn set(&mut self) -> String {
        let acme = self.world.instance(ACME);
        let author = self.people["author"].clone();
        let root = author.post_status("above all").await["id"].as_str().unwrap().to_owned();
        let mut sql = String::new();
        let mut below = Vec::new();
        for _ in AUDIENCES {
            let reply = author.post_status_with(json!({"status": "below", "in_reply_to_id": root})).await;
            below.push(reply["id"].as_str().unwrap().to_owned());
        }
        for ((name, visibility, kind), below) in AUDIENCES.into_iter().zip(below) {
            self.publish(name, "author", NAMED, visibility, &root).await;
            let post = self.posts.last_mut().unwrap();
            post.below = Some(below.clone());
            let audience = if kind == 7 { "7" } else { "NULL" };
            // Clients cannot choose all audiences yet, nor answer a narrow post widely; other servers do the latter.
            sql.push_str(&format!(
                "UPDATE statuses SET audience_kind = {kind}, audience_id = {audience} WHERE id = {0};
                 UPDATE statuses SET in_reply_to_id = {0}, in_reply_to_uri = '{1}' WHERE id = {below};",
                post.id, post.uri
            ));
        }
        acme.sql(&sql).await;
        let followers = self.find("followers").id.clone();
        self.publish("reply", "follower", "@author", "private", &followers).await;
        self.publish("public_group", "author", "@guild", "public", "").await;
        self.publish("by_suspended", "outlaw", NAMED, "public", "").await;
        // By the ids of the day after: sooner they would not come to those who have the posts.
        self.world.clock.advance(TimeDelta::hours(25));
        self.boost("boost_of_public", "follower", "public").await;
        self.boost("boost_of_unlisted", "follower", "unlisted").await;
        self.boost("own_boost_of_followers", "author", "followers").await;
        self.boost("boost_of_suspended", "author", "by_suspended").await;
        self.boost_too_widely().await;
        self.world.clock.advance(TimeDelta::hours(-25));
        self.world.instance(ACME).sql("UPDATE jobs SET run_at = now()").await;
        for (name, visibility) in [("deleted", "public"), ("deleted_direct", "direct")] {
            self.publish(name, "author", NAMED, visibility, "").await;
            let path = format!("/api/v1/statuses/{}", self.find(name).id);
            author.delete(&path).await.expect(200);
        }
        acme.sql("UPDATE accounts SET suspended_at = now() WHERE username IN ('outlaw', 'suspended')").await;
        self.world.settle().await;
        root
    }

    /// What nobody can do: a public boost of a post to followers.
    async fn boost_too_widely(&mut self) {
        let (original, number) = (self.find("followers").clone(), self.posts.len());
        let (id, owner) = (format!("9{number}"), self.people["follower"].clone());
        let uri = format!("{}/statuses/{id}/activity", owner.account.uri);
        self.world
            .instance(ACME)
            .sql(&format!(
                "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, reblog_of_id, created_at)
                 VALUES ({id}, {}, '{uri}', '{}', true, 1, {id}, {}, now())",
                owner.account.id, original.url, original.id
            ))
            .await;
        let entity = json!({"id": id, "uri": uri, "url": original.url, "reblog": {}});
        self.keep("boost_of_followers", "follower", &entity, original.text, String::new());
    }
}

/// A post on another server, to its author's followers and one person.
pub async fn from_elsewhere(world: &World, people: &BTreeMap<&'static str, Person>, actor: &PeerActor) -> Post {
    let (acme, mentioned) = (world.instance(ACME), &people["mentioned"]);
    let (text, tag) = ("zq99zq".to_owned(), "only99".to_owned());
    let mut note = actor.note(&text);
    note["to"] = json!([format!("{}/followers", actor.uri), mentioned.account.uri]);
    note["cc"] = json!([]);
    note["tag"] = json!([
        {"type": "Mention", "href": mentioned.account.uri, "name": "@mentioned@acme.test"},
        {"type": "Hashtag", "name": format!("#{tag}"), "href": "http://peer.test/tags/x"},
        {"type": "Hashtag", "name": "#everywhere", "href": "http://peer.test/tags/everywhere"},
    ]);
    actor.deliver(acme, &actor.create(&note)).await;
    world.settle().await;
    let uri = note["id"].as_str().unwrap().to_owned();
    let row = format!("FROM statuses WHERE uri = '{uri}'");
    Post {
        name: "elsewhere",
        owner: "elsewhere",
        owner_id: acme.count(&format!("SELECT account_id {row}")).await.to_string(),
        id: acme.count(&format!("SELECT id {row}")).await.to_string(),
        url: uri.clone(),
        uri,
        text,
        tag,
        is_boost: false,
        below: None,
    }
}

/// Everyone who looks, with their keys to every door.
pub async fn viewers(
    acme: &Instance,
    people: &BTreeMap<&'static str, Person>,
    actors: &BTreeMap<&'static str, PeerActor>,
) -> Vec<Viewer> {
    let hash = secret::hash(ACME).iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut viewers = Vec::new();
    for name in VIEWERS {
        let person = people.get(name).cloned();
        let mut cookie = None;
        if let Some(person) = &person {
            let session = sign_in::open_session(&acme.app, person.account.id, "Tests").await.unwrap();
            cookie = Some(format!("pollen_{hash}={session}"));
        }
        let token = match (name, &person) {
            ("scopeless", _) => Some(people["author"].with_scopes("read:filters push").await.token),
            ("application", _) => Some(acme.app_token("read write").await),
            (_, person) => person.as_ref().map(|person| person.token.clone()),
        };
        viewers.push(Viewer { name, token, cookie, actor: actors.get(name).cloned() });
    }
    viewers
}
