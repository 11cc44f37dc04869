//! Pages that a process keeps: they are used, and never from before a change, whichever process made it.

use std::pin::Pin;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Instance, Person, With, World};

const ACME: &str = "acme.test";

type Work<'w> = Pin<Box<dyn Future<Output = ()> + 'w>>;

/// One process that changes things, another that keeps pages, and people.
struct Stage {
    acme: Instance,
    other: Instance,
    world: World,
    ada: Person,
    ben: Person,
    cleo: Person,
    list: String,
}

impl Stage {
    async fn set() -> Self {
        let world = World::start([ACME]).await;
        let acme = world.instance(ACME).clone();
        let other = acme.twin().await;
        let (ada, ben, cleo) = (acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await);
        ada.follow("@ben").await;
        let list = ada.post("/api/v1/lists", json!({"title": "List"})).await.expect(200).text("id");
        let stage = Self { acme, other, world, ada, ben, cleo, list };
        stage.until_it_reads().await;
        stage
    }

    /// Until the other process reads what changed: it begins to after it serves.
    async fn until_it_reads(&self) {
        while self.other.app.freshness.catch_up().await.is_none() {
            tokio::task::yield_now().await;
        }
    }

    /// What the other process shows Ada, its status with it.
    async fn look(&self, path: &str) -> (u16, String) {
        let with = With { token: Some(&self.ada.token), ..With::default() };
        let answer = self.other.send(Method::GET, path, with).await;
        (answer.status, answer.body)
    }

    async fn look_at_all(&self) -> [(u16, String); 3] {
        let list = format!("/api/v1/timelines/list/{}", self.list);
        [
            self.look("/api/v1/timelines/home").await,
            self.look("/api/v1/timelines/home?limit=2").await,
            self.look(&list).await,
        ]
    }

    async fn forget(&self) {
        self.acme.sql("INSERT INTO row_changes (subject) VALUES (0)").await;
    }

    /// Something that shows on Ada's pages: at once, and as if nothing had been kept.
    async fn shows(&self, what: &str, work: impl Future<Output = ()>) {
        let before = self.look_at_all().await;
        assert_eq!(self.look_at_all().await, before, "before: {what}");
        work.await;
        let after = self.look_at_all().await;
        assert_ne!(after, before, "{what} does not show");
        self.forget().await;
        assert_eq!(self.look_at_all().await, after, "after: {what}");
    }

    async fn act(&self, path: String, body: Value) {
        self.ada.post(&path, body).await.expect(200);
    }
}

fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_posts_shows_at_once() {
    let stage = Stage::set().await;
    let (ben, cleo) = (&stage.ben, &stage.cleo);
    let post = ben.post_status("First words").await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let cleos = cleo.post_status("Of a stranger").await;
    let cleos_path = format!("/api/v1/statuses/{}", id(&cleos));
    let poll = json!({"status": "Which?", "poll": {"options": ["a", "b"], "expires_in": 3600}});
    let poll = ben.post_status_with(poll).await;
    let choices = format!("/api/v1/polls/{}/votes", poll["poll"]["id"].as_str().unwrap());
    ben.post(&format!("{cleos_path}/reblog"), json!({})).await.expect(200);
    for action in ["favourite", "bookmark", "mute", "reblog"] {
        stage.shows(action, stage.act(format!("{path}/{action}"), json!({}))).await;
        stage.shows(action, stage.act(format!("{path}/un{action}"), json!({}))).await;
        stage.shows(action, stage.act(format!("{cleos_path}/{action}"), json!({}))).await;
    }
    stage.shows("a vote", stage.act(choices.clone(), json!({"choices": [0]}))).await;
    let edit = async |person: &Person, path: &str| {
        person.put(path, json!({"status": "Other words"})).await.expect(200);
    };
    let post_by = async |person: &Person, draft: Value| drop(person.post_status_with(draft).await);
    stage.shows("an edit", edit(ben, &path)).await;
    stage.shows("an edit of what was boosted", edit(cleo, &cleos_path)).await;
    stage.shows("a reply", post_by(ben, json!({"status": "More", "in_reply_to_id": id(&post)}))).await;
    stage.shows("a post", post_by(ben, json!({"status": "New"}))).await;
    stage.shows("a message", post_by(&stage.ada, json!({"status": "@ben A word", "visibility": "direct"}))).await;
    stage.shows("the end of a poll", async { stage.world.clock.advance(TimeDelta::hours(2)) }).await;
    let delete = async |person: &Person, path: &str| drop(person.delete(path).await.expect(200));
    stage.shows("a post that goes", delete(ben, &path)).await;
    stage.shows("a boosted post that goes", delete(cleo, &cleos_path)).await;
    stage.world.settle().await;
    stage.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_between_people_shows_at_once() {
    let stage = Stage::set().await;
    let (ada, ben, cleo) = (&stage.ada, &stage.ben, &stage.cleo);
    ben.post_status("By Ben, of football").await;
    ben.post_status_with(json!({"status": "For followers", "visibility": "private"})).await;
    let cleos = cleo.post_status("By Cleo #topic").await;
    ben.post(&format!("/api/v1/statuses/{}/reblog", id(&cleos)), json!({})).await.expect(200);
    let of = |person: &Person, verb: &str| format!("/api/v1/accounts/{}/{verb}", person.id());
    let (bens, cleos) = (ben.id(), cleo.id());
    let list = stage.list.clone();
    let steps: Vec<(&str, Work<'_>)> = vec![
        (
            "a member of a list",
            Box::pin(stage.act(format!("/api/v1/lists/{list}/accounts"), json!({"account_ids": [bens]}))),
        ),
        (
            "an exclusive list",
            Box::pin(async {
                let body = json!({"title": "List", "exclusive": true});
                ada.put(&format!("/api/v1/lists/{list}"), body).await.expect(200);
            }),
        ),
        ("a list that is not", Box::pin(stage.delete_list())),
        (
            "a filter",
            Box::pin(async {
                let filter = json!({"title": "Sport", "context": ["home"], "expires_in": 600, "keywords_attributes": [{"keyword": "football"}]});
                ada.post("/api/v2/filters", filter).await.expect(200);
            }),
        ),
        ("the end of a filter", Box::pin(async { stage.world.clock.advance(TimeDelta::minutes(11)) })),
        (
            "a hashtag to follow",
            Box::pin(async {
                ben.post(&of(cleo, "block"), json!({})).await.expect(200);
                stage.act("/api/v1/tags/topic/follow".into(), json!({})).await;
            }),
        ),
        ("a post with the hashtag", Box::pin(async { drop(cleo.post_status("More #topic").await) })),
        ("a mute", Box::pin(stage.act(of(cleo, "mute"), json!({"duration": 600})))),
        ("the end of a mute", Box::pin(async { stage.world.clock.advance(TimeDelta::minutes(11)) })),
        ("a block", Box::pin(stage.act(of(cleo, "block"), json!({})))),
        ("the end of a block", Box::pin(stage.act(of(cleo, "unblock"), json!({})))),
        (
            "somebody suspended",
            Box::pin(stage.acme_sql(format!("UPDATE accounts SET suspended_at = now() WHERE id = {cleos}"))),
        ),
        (
            "a name",
            Box::pin(async {
                ben.patch("/api/v1/accounts/update_credentials", json!({"display_name": "Benjamin"})).await.expect(200);
            }),
        ),
        (
            "no boosts",
            Box::pin(async {
                ben.post_status("Last").await;
                stage.act(of(ben, "follow"), json!({"reblogs": false})).await;
            }),
        ),
        ("a follower removed", Box::pin(stage.post_as(ben, of(ada, "remove_from_followers")))),
        ("a follow", Box::pin(stage.act(of(ben, "follow"), json!({})))),
        ("being blocked", Box::pin(stage.post_as(ben, of(ada, "block")))),
    ];
    for (what, work) in steps {
        stage.shows(what, work).await;
    }
    stage.world.settle().await;
    stage.world.finish().await;
}

impl Stage {
    async fn post_as(&self, person: &Person, path: String) {
        person.post(&path, json!({})).await.expect(200);
    }

    async fn delete_list(&self) {
        self.ada.delete(&format!("/api/v1/lists/{}", self.list)).await.expect(200);
    }

    async fn acme_sql(&self, statement: String) {
        self.acme.sql(&statement).await;
    }
}

/// Another process knows at once what a token is worth.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ended_ends_everywhere_at_once() {
    let stage = Stage::set().await;
    let again = stage.ada.with_scopes("read").await;
    let with = |person: &Person| {
        let token = person.token.clone();
        let other = &stage.other;
        async move {
            let with = With { token: Some(&token), ..With::default() };
            other.send(Method::GET, "/api/v1/timelines/home", with).await.status
        }
    };
    assert_eq!((with(&stage.ada).await, with(&again).await), (200, 200));
    assert_eq!((with(&stage.ada).await, with(&again).await), (200, 200));
    stage
        .acme
        .sql(&format!("DELETE FROM oauth_tokens WHERE account_id = {} AND scopes = 'read'", stage.ada.id()))
        .await;
    assert_eq!((with(&stage.ada).await, with(&again).await), (200, 401));
    for (end, begin) in [
        (
            "UPDATE users SET disabled_at = now() WHERE account_id = $",
            "UPDATE users SET disabled_at = NULL WHERE account_id = $",
        ),
        (
            "UPDATE accounts SET suspended_at = now() WHERE id = $",
            "UPDATE accounts SET suspended_at = NULL WHERE id = $",
        ),
    ] {
        stage.acme.sql(&end.replace('$', &stage.ada.id())).await;
        assert_eq!(with(&stage.ada).await, 401, "{end}");
        stage.acme.sql(&begin.replace('$', &stage.ada.id())).await;
        assert_eq!(with(&stage.ada).await, 200, "{begin}");
    }
    stage.world.finish().await;
}

/// As after a restore from another server, whose transactions had higher numbers.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_another_server_are_forgotten() {
    let stage = Stage::set().await;
    stage.acme.sql("INSERT INTO row_changes SELECT 1000000000000 + n, n FROM generate_series(1, 10) n").await;
    let third = stage.acme.twin().await;
    while third.app.freshness.catch_up().await.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.acme.count("SELECT count(*) FROM row_changes WHERE xid > 1000000000000").await, 0);
    stage.world.finish().await;
}

/// Were rows to change without a word, this build would notice: so every other test here shows that none does.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_kept_and_is_held_against_the_database() {
    let mut stage = Stage::set().await;
    let post = stage.ben.post_status("First words").await;
    assert_eq!(stage.look_at_all().await, stage.look_at_all().await);
    let quietly = format!(
        "SET session_replication_role = replica; UPDATE statuses SET content = 'Others' WHERE id = {}; RESET session_replication_role",
        id(&post)
    );
    stage.acme.sql(&quietly).await;
    let (status, body) = stage.look("/api/v1/timelines/home").await;
    assert_eq!(status, 500, "{body}");
    stage.world.expect_warning("answered 500");
    stage.forget().await;
    assert!(stage.look("/api/v1/timelines/home").await.1.contains("Others"));
    stage.world.finish().await;
}
