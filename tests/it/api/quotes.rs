//! Posts that quote posts: who may, who is told, who sees what.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{refused, refused_with_token};
use crate::support::{Person, With, World};

const ACME: &str = "acme.test";

fn id(entity: &Value) -> &str {
    entity["id"].as_str().expect("an id")
}

async fn quote(person: &Person, quoted: &Value) -> Value {
    person.post_status_with(json!({"status": "Look at this", "quoted_status_id": id(quoted)})).await
}

/// A post as somebody sees it.
async fn seen(person: &Person, post: &Value) -> Value {
    person.get(&format!("/api/v1/statuses/{}", id(post))).await.expect(200).json
}

/// The state of a post's quote, and the id of what is shown of it.
async fn sight(person: &Person, post: &Value) -> (String, Value) {
    let quote = seen(person, post).await["quote"].clone();
    (quote["state"].as_str().expect("a quote").to_owned(), quote["quoted_status"]["id"].clone())
}

fn accepted(quoted: &Value) -> (String, Value) {
    ("accepted".into(), quoted["id"].clone())
}

fn without(state: &str) -> (String, Value) {
    (state.into(), Value::Null)
}

async fn told(person: &Person) -> Vec<(String, Value)> {
    let found = person.get("/api/v1/notifications").await.expect(200);
    let one = |one: &Value| (one["type"].as_str().unwrap().to_owned(), one["status"]["id"].clone());
    found.list().iter().map(one).collect()
}

async fn may_not_quote(person: &Person, quoted: &Value, draft: Value) -> String {
    let mut json = json!({"status": "x", "quoted_status_id": id(quoted)});
    json.as_object_mut().unwrap().extend(draft.as_object().unwrap().clone());
    let with = With { json: Some(json), ..With::default() };
    refused(person, Method::POST, "/api/v1/statuses", with, 422).await.text("error")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_quoted_is_shown_with_the_post_and_its_author_is_told() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    let post = ada.post_status("A find").await;
    assert_eq!(seen(&ben, &post).await["quote_approval"]["current_user"], "automatic");
    let quoting = quote(&ben, &post).await;
    assert_eq!(quoting["quote"]["state"], "accepted");
    assert_eq!(quoting["quote"]["quoted_status"]["content"], post["content"]);
    // For those who don't know quotes.
    let text = quoting["content"].as_str().unwrap();
    assert!(text.starts_with("<p class=\"quote-inline\">RE: <a href") && text.contains(post["url"].as_str().unwrap()));
    assert_eq!(told(&ada).await, [("quote".to_owned(), quoting["id"].clone())]);
    assert_eq!(sight(&cy, &quoting).await, accepted(&post));
    for (person, count) in [(&ada, 1), (&ben, 1), (&cy, 0)] {
        assert_eq!(seen(person, &post).await["quotes_count"], count, "{}", person.handle());
    }
    // What stands in what is quoted is only named.
    let outer = quote(&cy, &quoting).await;
    let inner = &outer["quote"]["quoted_status"]["quote"];
    assert_eq!((&inner["state"], &inner["quoted_status_id"]), (&json!("accepted"), &post["id"]));
    assert_eq!(inner["quoted_status"], json!(null));
    let home = ben.home().await;
    assert_eq!(home.iter().find(|one| one["id"] == quoting["id"]).unwrap()["quote"]["quoted_status"]["id"], post["id"]);
    let found = ben.get("/api/v2/search?type=statuses&q=from:me+has:quote").await.expect(200);
    assert_eq!(found["statuses"][0]["id"], quoting["id"]);
    assert!(
        cy.get("/api/v2/search?type=statuses&q=from:me+-has:quote+look").await.expect(200)["statuses"][0].is_null()
    );
    let html = With { accept: Some("text/html"), ..With::default() };
    let page = acme.send(Method::GET, &format!("/@ben/{}", id(&quoting)), html).await.expect(200).body;
    assert!(page.contains("<blockquote class=\"quoted\"") && page.contains("A find") && !page.contains("quote-inline"));

    let by = |what: &str| format!("/api/v1/accounts/{}/{what}", ada.id());
    cy.post(&by("mute"), json!({})).await.expect(200);
    assert_eq!(sight(&cy, &quoting).await, ("muted_account".into(), post["id"].clone()));
    cy.post(&by("unmute"), json!({})).await.expect(200);
    cy.post(&by("block"), json!({})).await.expect(200);
    assert_eq!(sight(&cy, &quoting).await, without("blocked_account"));
    cy.post(&by("unblock"), json!({})).await.expect(200);
    ada.post(&format!("/api/v1/accounts/{}/block", cy.id()), json!({})).await.expect(200);
    assert_eq!(sight(&cy, &quoting).await, without("unauthorized"));
    assert_eq!(seen(&cy, &outer).await["quote"]["quoted_status"]["quote"]["quoted_status_id"], json!(null));
    ben.delete(&format!("/api/v1/statuses/{}", id(&quoting))).await.expect(200);
    assert_eq!(seen(&ada, &post).await["quotes_count"], 0);
    assert_eq!(sight(&cy, &outer).await, without("deleted"));
    world.finish().await;
}

/// F221
#[tokio::test(flavor = "multi_thread")]
async fn who_may_quote_is_for_the_author_to_say() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = async |draft: Value| {
        let mut json = json!({"status": "@ben mine"});
        json.as_object_mut().unwrap().extend(draft.as_object().unwrap().clone());
        ada.post_status_with(json).await
    };
    let nobody = post(json!({"quote_approval_policy": "nobody"})).await;
    assert_eq!(nobody["quote_approval"], json!({"automatic": [], "manual": [], "current_user": "automatic"}));
    assert!(may_not_quote(&ben, &nobody, json!({})).await.contains("quoted_status_id"));
    assert_eq!(quote(&ada, &nobody).await["quote"]["state"], "accepted", "the author may");
    assert!(told(&ada).await.is_empty(), "and is not told of it");
    let followers = post(json!({"quote_approval_policy": "followers"})).await;
    may_not_quote(&ben, &followers, json!({})).await;
    ben.follow("@ada").await;
    assert_eq!(seen(&ben, &followers).await["quote_approval"]["current_user"], "automatic");
    quote(&ben, &followers).await;
    // What is for the few nobody else quotes, whatever was said.
    for visibility in ["private", "direct"] {
        let few = post(json!({"visibility": visibility, "quote_approval_policy": "public"})).await;
        assert_eq!(few["quote_approval"]["automatic"], json!([]));
        assert_eq!(seen(&ben, &few).await["quote_approval"]["current_user"], "denied");
        may_not_quote(&ben, &few, json!({})).await;
        if visibility == "private" {
            assert_eq!(quote(&ada, &few).await["visibility"], "private", "and its author for the same few");
        } else {
            may_not_quote(&ada, &few, json!({})).await;
        }
    }
    let cys = acme.register("cy").await.post_status_with(json!({"status": "x", "visibility": "private"})).await;
    let unseen = With { json: Some(json!({"status": "x", "quoted_status_id": id(&cys)})), ..With::default() };
    refused(&ben, Method::POST, "/api/v1/statuses", unseen, 404).await;
    // A message quotes somebody whom it names.
    let open = post(json!({})).await;
    may_not_quote(&ben, &open, json!({"visibility": "direct"})).await;
    let message = json!({"status": "@ada this?", "visibility": "direct", "quoted_status_id": id(&open)});
    assert_eq!(ben.post_status_with(message).await["quote"]["state"], "accepted");
    assert_eq!(seen(&ada, &open).await["quotes_count"], 0, "messages are not counted");
    // Whoever is quoted sees where, also among followers.
    let among = json!({"status": "hm", "visibility": "private", "quoted_status_id": id(&open)});
    let among = ben.post_status_with(among).await;
    assert_eq!(sight(&ada, &among).await, accepted(&open));

    let path = format!("/api/v1/statuses/{}/interaction_policy", id(&open));
    let changed = ada.put(&path, json!({"quote_approval_policy": "nobody"})).await.expect(200);
    assert_eq!((&changed["quote_approval"]["automatic"], &changed["edited_at"]), (&json!([]), &json!(null)));
    may_not_quote(&ben, &open, json!({})).await;
    assert_eq!(sight(&ada, &among).await, accepted(&open), "what was quoted before stays");
    let wrong = With { json: Some(json!({"quote_approval_policy": "some"})), ..With::default() };
    refused(&ada, Method::PUT, &path, wrong, 422).await;
    let policy = || With { json: Some(json!({"quote_approval_policy": "public"})), ..With::default() };
    refused(&ben, Method::PUT, &path, policy(), 404).await;
    refused(&ada.with_scopes("read").await, Method::PUT, &path, policy(), 403).await;
    refused_with_token(acme, Method::PUT, &path, policy(), 401).await;
    let edit = json!({"status": "@ben mine", "quote_approval_policy": "followers"});
    let edited = ada.put(&format!("/api/v1/statuses/{}", id(&open)), edit).await.expect(200);
    assert_eq!((&edited["quote_approval"]["automatic"], &edited["edited_at"]), (&json!(["followers"]), &json!(null)));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_usual_policy_and_scheduled_quotes_are_kept() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let open = ada.post_status("for all").await;
    let changed = ada.patch("/api/v1/accounts/update_credentials", json!({"source": {"quote_policy": "followers"}}));
    assert_eq!(changed.await.expect(200)["source"]["quote_policy"], "followers");
    let preferences = ada.get("/api/v1/preferences").await.expect(200);
    assert_eq!(preferences["posting:default:quote_policy"], "followers");
    let wrong = With { json: Some(json!({"source": {"quote_policy": "all"}})), ..With::default() };
    refused(&ada, Method::PATCH, "/api/v1/accounts/update_credentials", wrong, 422).await;
    assert_eq!(ada.post_status("x").await["quote_approval"]["automatic"], json!(["followers"]));
    assert_eq!(seen(&ada, &open).await["quote_approval"]["automatic"], json!(["public"]));
    ada.put(&format!("/api/v1/statuses/{}/interaction_policy", id(&open)), json!({})).await.expect(200);
    assert_eq!(seen(&ada, &open).await["quote_approval"]["automatic"], json!(["followers"]));
    ada.put(&format!("/api/v1/statuses/{}/interaction_policy", id(&open)), json!({"quote_approval_policy": "public"}))
        .await
        .expect(200);

    let at = (world.clock.now() + TimeDelta::hours(1)).to_rfc3339();
    let draft = json!({"status": "later", "quoted_status_id": id(&open), "quote_approval_policy": "nobody", "scheduled_at": at});
    let scheduled = ben.post("/api/v1/statuses", draft).await.expect(200);
    assert_eq!(scheduled["params"]["quoted_status_id"], open["id"]);
    assert_eq!(scheduled["params"]["quote_approval_policy"], "nobody");
    world.advance(TimeDelta::hours(2)).await;
    let published = ben.home().await.remove(0);
    assert_eq!(
        (&published["quote"]["state"], &published["quote_approval"]["automatic"]),
        (&json!("accepted"), &json!([]))
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_can_be_taken_back_by_who_is_quoted() {
    let world = World::start([ACME]).await;
    let acme = world.instance(ACME);
    let (ada, ben, cy) = (acme.register("ada").await, acme.register("ben").await, acme.register("cy").await);
    let post = ada.post_status("A find").await;
    let mut quotes = Vec::new();
    for person in [&ben, &cy] {
        quotes.push(quote(person, &post).await);
    }
    let among = json!({"status": "x", "visibility": "private", "quoted_status_id": id(&post)});
    let among = cy.post_status_with(among).await;
    let list = format!("/api/v1/statuses/{}/quotes", id(&post));
    assert_eq!(ben.get(&list).await.expect(200).ids(), [id(&quotes[1]), id(&quotes[0])]);
    let all = ada.get(&format!("{list}?limit=2")).await.expect(200);
    assert_eq!(all.ids(), [id(&among), id(&quotes[1])]);
    let next = all.link("next").expect("another page");
    assert_eq!(
        ada.get(next.strip_prefix("http://acme.test").unwrap_or(&next)).await.expect(200).ids(),
        [id(&quotes[0])]
    );
    acme.get(&list).await.expect(401);
    ada.with_scopes("write").await.get(&list).await.expect(403);
    ada.get("/api/v1/statuses/1/quotes").await.expect(404);

    let revoke = |quoting: &Value| format!("/api/v1/statuses/{}/quotes/{}/revoke", id(&post), id(quoting));
    let nothing = || With { json: Some(json!({})), ..With::default() };
    refused(&ben, Method::POST, &revoke(&quotes[0]), nothing(), 404).await;
    refused(&ada, Method::POST, &revoke(&post), nothing(), 404).await;
    refused(&ada.with_scopes("read").await, Method::POST, &revoke(&quotes[0]), nothing(), 403).await;
    refused_with_token(acme, Method::POST, &revoke(&quotes[0]), nothing(), 401).await;
    for _ in 0..2 {
        let revoked = ada.post(&revoke(&quotes[0]), json!({})).await.expect(200);
        assert_eq!(revoked["quote"], json!({"state": "revoked", "quoted_status": null}));
    }
    assert_eq!(sight(&ben, &quotes[0]).await, without("revoked"));
    assert_eq!(ben.get(&list).await.expect(200).ids(), [id(&quotes[1])]);
    assert_eq!(seen(&ada, &post).await["quotes_count"], 1);
    // Who still quotes it is told of an edit, once, with their own post.
    for text in ["A better find", "The best find"] {
        ada.put(&format!("/api/v1/statuses/{}", id(&post)), json!({"status": text})).await.expect(200);
    }
    let told: Vec<_> = told(&cy).await.into_iter().filter(|(_, post)| *post == quotes[1]["id"]).collect();
    assert_eq!(told, [("quoted_update".to_owned(), quotes[1]["id"].clone())]);
    assert!(self::told(&ben).await.is_empty());
    // An edit of a quote keeps it, and its link.
    let path = format!("/api/v1/statuses/{}", id(&quotes[1]));
    let edited = cy.put(&path, json!({"status": "in other words"})).await.expect(200);
    assert!(edited.text("content").starts_with("<p class=\"quote-inline\">"), "{}", edited.body);
    assert_eq!(edited["quote"]["quoted_status"]["id"], post["id"]);
    let history = cy.get(&format!("{path}/history")).await.expect(200);
    for version in history.list() {
        assert_eq!(version["quote"]["quoted_status"]["id"], post["id"]);
    }
    world.finish().await;
}
