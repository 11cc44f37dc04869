//! Quotes between companies, with consent, and what forgers make of it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACME, GLOBEX, id, newest, notification_types};
use crate::support::{PeerActor, Person, World};

const INITECH: &str = "initech.test";
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

async fn state(person: &Person, post: &Value) -> Value {
    let seen = person.get(&format!("/api/v1/statuses/{}", id(post))).await.expect(200);
    match seen["quote"]["quoted_status"].is_object() {
        true => assert!(["accepted", "muted_account"].contains(&seen["quote"]["state"].as_str().unwrap())),
        false => assert_ne!(seen["quote"]["state"], "accepted", "{}", seen.body),
    }
    seen["quote"]["state"].clone()
}

/// F220, F221, F222, F225
#[tokio::test(flavor = "multi_thread")]
async fn a_quote_is_asked_for_and_seen_in_three_companies_until_it_is_taken_back() {
    let world = World::start([ACME, GLOBEX, INITECH]).await;
    let ada = world.instance(ACME).register("ada").await;
    let ben = world.instance(GLOBEX).register("ben").await;
    let cy = world.instance(INITECH).register("cy").await;
    ben.follow("@ada@acme.test").await;
    cy.follow("@ben@globex.test").await;
    world.settle().await;
    let post = ada.post_status("A find").await;
    world.settle().await;
    let at_globex = newest(&ben).await;
    assert_eq!(
        at_globex["quote_approval"],
        json!({"automatic": ["public"], "manual": [], "current_user": "automatic"})
    );
    let quoting = ben.post_status_with(json!({"status": "Look", "quoted_status_id": id(&at_globex)})).await;
    assert_eq!(quoting["quote"], json!({"state": "pending", "quoted_status": null}));
    world.settle().await;
    assert_eq!(state(&ben, &quoting).await, "accepted");
    let at_initech = newest(&cy).await;
    assert_eq!(at_initech["quote"]["quoted_status"]["uri"], post["uri"]);
    assert_eq!(notification_types(&ada).await, ["quote", "follow"]);
    let list = ada.get(&format!("/api/v1/statuses/{}/quotes", id(&post))).await.expect(200);
    assert_eq!((&list[0]["uri"], list[0]["quote"]["state"].as_str()), (&quoting["uri"], Some("accepted")));
    assert_eq!(ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200)["quotes_count"], 1);

    let note = world.instance(GLOBEX).get_activity(quoting["uri"].as_str().unwrap()).await.expect(200);
    for name in ["quote", "quoteUri", "_misskey_quote"] {
        assert_eq!(note[name], post["uri"], "{name}");
    }
    assert_eq!(note["tag"][0]["href"], post["uri"]);
    let stamp_uri = note.text("quoteAuthorization");
    let stamp = world.instance(ACME).get_activity(&stamp_uri).await.expect(200);
    assert_eq!((&stamp["interactingObject"], &stamp["interactionTarget"]), (&quoting["uri"], &post["uri"]));
    assert_eq!((&stamp["type"], &stamp["attributedTo"]), (&json!("QuoteAuthorization"), &json!(ada.account.uri)));
    world.instance(ACME).get_activity(&stamp_uri.replace("ada", "nobody")).await.expect(404);

    let path = format!("/api/v1/statuses/{}/quotes/{}/revoke", id(&post), id(&list[0]));
    assert_eq!(ada.post(&path, json!({})).await.expect(200)["quote"]["state"], "revoked");
    world.settle().await;
    world.instance(ACME).get_activity(&stamp_uri).await.expect(404);
    assert_eq!(state(&ben, &quoting).await, "revoked");
    assert_ne!(state(&cy, &at_initech).await, "accepted");
    let note = world.instance(GLOBEX).get_activity(quoting["uri"].as_str().unwrap()).await.expect(200);
    assert_eq!(note["quoteAuthorization"], json!(null));
    // By a policy that changed, the client is told at once.
    let path = format!("/api/v1/statuses/{}/interaction_policy", id(&post));
    ada.put(&path, json!({"quote_approval_policy": "nobody"})).await.expect(200);
    world.settle().await;
    ben.post("/api/v1/statuses", json!({"status": "x", "quoted_status_id": id(&at_globex)})).await.expect(422);
    world.finish().await;
}

/// Ada, who follows Mal on a peer; Eve beside Mal, and Pat on another server.
struct Scene {
    world: World,
    ada: Person,
    mal: PeerActor,
    eve: PeerActor,
    pat: PeerActor,
}

async fn scene() -> Scene {
    let world = World::builder().instance(ACME).peer("peer.test").peer("other.test").start().await;
    let ada = world.instance(ACME).register("ada").await;
    let (mal, eve) = (world.peer("peer.test").actor("mal"), world.peer("peer.test").actor("eve"));
    let pat = world.peer("other.test").actor("pat");
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
    world.settle().await;
    Scene { world, ada, mal, eve, pat }
}

impl Scene {
    async fn deliver(&self, by: &PeerActor, activity: &Value) {
        by.deliver(self.world.instance(ACME), activity).await;
        self.world.settle().await;
    }

    /// A note of Mal's that quotes, as Ada sees it.
    async fn quoted_by_mal(&self, said: Value) -> (Value, Value) {
        let mut note = self.mal.note("Look at this");
        note.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        self.mal.peer().serve(note.clone());
        self.deliver(&self.mal, &self.mal.create(&note)).await;
        (note, newest(&self.ada).await)
    }

    fn stamp(&self, by: &PeerActor, quoted: &Value, note: &Value) -> Value {
        let stamp = json!({
            "@context": "https://www.w3.org/ns/activitystreams", "id": by.peer().mint("stamps"),
            "type": "QuoteAuthorization", "attributedTo": by.uri,
            "interactionTarget": quoted["id"], "interactingObject": note["id"],
        });
        by.peer().serve(stamp.clone());
        stamp
    }

    async fn update(&self, note: &Value) {
        self.mal.peer().serve(note.clone());
        self.deliver(&self.mal, &self.mal.activity("Update", note.clone())).await;
    }

    fn request(&self, by: &PeerActor, quoted: &Value, note: &Value) -> Value {
        let mut request = by.activity("QuoteRequest", quoted["uri"].clone());
        request["instrument"] = note.clone();
        request
    }

    fn answers(&self, kind: &str) -> Vec<Value> {
        let all = self.world.peer("peer.test").received_of_type(kind);
        all.into_iter().filter(|answer| answer["object"]["type"] == "QuoteRequest").collect()
    }
}

/// F223, F228
#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_answers_by_their_policy() {
    let scene = scene().await;
    let Scene { world, ada, mal, eve, .. } = &scene;
    let post = ada.post_status("A find").await;
    let (note, seen) = scene.quoted_by_mal(json!({"quote": post["uri"]})).await;
    assert_eq!(state(ada, &seen).await, "pending");
    // Not for somebody else's post, nor for one that quotes nothing.
    scene.deliver(eve, &scene.request(eve, &post, &note)).await;
    let bare = mal.note("no quote");
    scene.deliver(mal, &scene.request(mal, &post, &bare)).await;
    assert_eq!(state(ada, &seen).await, "pending");
    assert!(scene.answers("Accept").is_empty());
    let request = scene.request(mal, &post, &note);
    for _ in 0..2 {
        scene.deliver(mal, &request).await;
    }
    assert_eq!(state(ada, &seen).await, "accepted");
    let [accept] = scene.answers("Accept").try_into().expect("one answer");
    assert_eq!((&accept["object"]["id"], &accept["actor"]), (&request["id"], &json!(ada.account.uri)));
    let stamp = mal.get(world.instance(ACME), accept["result"].as_str().unwrap()).await.expect(200);
    assert_eq!(stamp["interactingObject"], note["id"]);
    assert_eq!(notification_types(ada).await, ["quote"]);
    // A request comes before the post, from somebody whom nobody follows.
    let mut new = eve.note("Me too");
    new["quote"] = post["uri"].clone();
    scene.deliver(eve, &scene.request(eve, &post, &new)).await;
    assert_eq!(notification_types(ada).await, ["quote", "quote"]);
    // What was taken back stays so.
    let path = format!("/api/v1/statuses/{}/quotes/{}/revoke", id(&post), id(&seen));
    ada.post(&path, json!({})).await.expect(200);
    world.settle().await;
    let gone = world.peer("peer.test").received_of_type("Delete");
    assert_eq!(gone.last().unwrap()["object"], json!({"id": accept["result"], "type": "QuoteAuthorization"}));
    scene.deliver(mal, &scene.request(mal, &post, &note)).await;
    assert_eq!((state(ada, &seen).await, scene.answers("Reject").len()), (json!("revoked"), 1));
    // Nobody may: a refusal, and the quote is shown as refused.
    let mine = ada.post_status_with(json!({"status": "mine", "quote_approval_policy": "nobody"})).await;
    let (note, seen) = scene.quoted_by_mal(json!({"quote": mine["uri"]})).await;
    scene.deliver(mal, &scene.request(mal, &mine, &note)).await;
    assert_eq!((state(ada, &seen).await, scene.answers("Reject").len()), (json!("rejected"), 2));
    // Of what they cannot see, there is not even that.
    let private = ada.post_status_with(json!({"status": "for few", "visibility": "private"})).await;
    let (note, seen) = scene.quoted_by_mal(json!({"quote": private["uri"]})).await;
    scene.deliver(mal, &scene.request(mal, &private, &note)).await;
    assert_eq!((state(ada, &seen).await, scene.answers("Reject").len()), (json!("unauthorized"), 2));
    scene.world.finish().await;
}

/// F222, F224, F229
#[tokio::test(flavor = "multi_thread")]
async fn only_who_was_asked_says_yes_or_no() {
    let scene = scene().await;
    let Scene { world, ada, mal, eve, pat } = &scene;
    let mut find = mal.note("Mal's find");
    find["interactionPolicy"] = json!({"canQuote": {"manualApproval": [PUBLIC]}});
    scene.deliver(mal, &mal.create(&find)).await;
    let theirs = newest(ada).await;
    assert_eq!(theirs["quote_approval"], json!({"automatic": [], "manual": ["public"], "current_user": "manual"}));
    let quote = async || ada.post_status_with(json!({"status": "Look", "quoted_status_id": id(&theirs)})).await;
    let quoting = quote().await;
    world.settle().await;
    let request = world.peer("peer.test").received_of_type("QuoteRequest").remove(0);
    assert_eq!((&request["object"], &request["actor"]), (&find["id"], &json!(ada.account.uri)));
    assert_eq!((&request["instrument"]["id"], &request["instrument"]["quote"]), (&quoting["uri"], &find["id"]));
    let accept = |by: &PeerActor, stamp: &str| {
        let mut accept = by.activity("Accept", request.clone());
        accept["result"] = stamp.into();
        accept
    };
    let (good, bad) = ("http://peer.test/stamps/good", "http://other.test/stamps/bad");
    for (by, stamp) in [(eve, good), (pat, bad), (mal, bad)] {
        scene.deliver(by, &accept(by, stamp)).await;
    }
    let without_stamp = mal.activity("Accept", request["id"].clone());
    for (by, activity) in [(mal, without_stamp), (eve, eve.activity("Reject", request["id"].clone()))] {
        scene.deliver(by, &activity).await;
    }
    assert_eq!(state(ada, &quoting).await, "pending");
    scene.deliver(mal, &accept(mal, good)).await;
    assert_eq!(state(ada, &quoting).await, "accepted");
    let note = world.instance(ACME).get_activity(quoting["uri"].as_str().unwrap()).await.expect(200);
    assert_eq!(note["quoteAuthorization"], good);
    for by in [eve, pat] {
        scene.deliver(by, &by.activity("Delete", good)).await;
    }
    assert_eq!(state(ada, &quoting).await, "accepted");
    scene.deliver(mal, &mal.activity("Delete", json!({"id": good, "type": "QuoteAuthorization"}))).await;
    assert_eq!(state(ada, &quoting).await, "revoked");
    scene.deliver(mal, &accept(mal, good)).await;
    assert_eq!(state(ada, &quoting).await, "revoked");
    let again = quote().await;
    world.settle().await;
    let request = world.peer("peer.test").received_of_type("QuoteRequest").remove(1);
    scene.deliver(mal, &mal.activity("Reject", request["id"].clone())).await;
    assert_eq!(state(ada, &again).await, "rejected");
    // Whoever was asked has the post, and is told of its end.
    ada.delete(&format!("/api/v1/statuses/{}", id(&again))).await.expect(200);
    world.settle().await;
    let ends = world.peer("peer.test").received_of_type("Delete");
    assert!(ends.iter().any(|end| end["object"]["id"] == again["uri"]));
    // What its author does not let others quote is refused before anybody is asked.
    let closed = mal.note("closed");
    scene.deliver(mal, &mal.create(&closed)).await;
    let closed = newest(ada).await;
    ada.post("/api/v1/statuses", json!({"status": "x", "quoted_status_id": id(&closed)})).await.expect(422);
    scene.world.finish().await;
}

/// F226, F229
#[tokio::test(flavor = "multi_thread")]
async fn a_stamp_holds_when_the_quoted_author_gave_it_for_this_quote() {
    let scene = scene().await;
    let Scene { world, ada, mal, eve, pat } = &scene;
    let find = pat.note("Pat's find");
    let (mut note, seen) = scene.quoted_by_mal(json!({"quote": find["id"]})).await;
    assert_eq!(state(ada, &seen).await, "pending");
    assert_eq!(world.instance(ACME).count("SELECT count(*) FROM statuses WHERE content LIKE '%find%'").await, 1);
    let mut wrong = vec![scene.stamp(mal, &find, &note), scene.stamp(pat, &json!({"id": mal.uri}), &note)];
    wrong.push(scene.stamp(pat, &find, &find));
    let mut by_other = scene.stamp(pat, &find, &note);
    by_other["attributedTo"] = format!("{}x", pat.uri).into();
    pat.peer().serve(by_other.clone());
    wrong.push(by_other);
    for stamp in wrong {
        note["quoteAuthorization"] = stamp["id"].clone();
        scene.update(&note).await;
        assert_eq!(state(ada, &seen).await, "pending", "{stamp}");
    }
    let stamp = scene.stamp(pat, &find, &note);
    note["quoteAuthorization"] = stamp["id"].clone();
    scene.update(&note).await;
    assert_eq!(state(ada, &seen).await, "accepted");
    let seen = ada.get(&format!("/api/v1/statuses/{}", id(&seen))).await.expect(200).json;
    assert_eq!((&seen["quote"]["quoted_status"]["uri"], &seen["edited_at"]), (&find["id"], &json!(null)));
    // Taken back by who gave it, and by nobody else.
    scene.deliver(eve, &eve.activity("Delete", stamp["id"].clone())).await;
    assert_eq!(state(ada, &seen).await, "accepted");
    pat.peer().forget(stamp["id"].as_str().unwrap());
    scene.deliver(pat, &pat.activity("Delete", stamp["id"].clone())).await;
    assert_eq!(state(ada, &seen).await, "revoked");
    // A stamp that is not there any more is none; without the quote there is nothing to say.
    let (_, lost) = scene.quoted_by_mal(json!({"quote": find["id"], "quoteAuthorization": stamp["id"]})).await;
    assert_eq!(state(ada, &lost).await, "rejected");
    note.as_object_mut().unwrap().remove("quote");
    scene.update(&note).await;
    assert_eq!(state(ada, &seen).await, json!(null));
    scene.world.finish().await;
}

/// F227
#[tokio::test(flavor = "multi_thread")]
async fn quotes_from_before_there_was_consent_are_links() {
    let scene = scene().await;
    let Scene { ada, mal, .. } = &scene;
    let post = ada.post_status("A find").await;
    let link = json!([{"type": "Link", "href": post["uri"], "rel": "https://misskey-hub.net/ns#_misskey_quote"}]);
    for said in [json!({"quoteUri": post["uri"]}), json!({"_misskey_quote": post["uri"]}), json!({"tag": link})] {
        let (note, seen) = scene.quoted_by_mal(said.clone()).await;
        assert_eq!(state(ada, &seen).await, json!(null), "{said}");
        // Who then asks is answered like others.
        scene.deliver(mal, &scene.request(mal, &post, &note)).await;
        assert_eq!(state(ada, &seen).await, "accepted", "{said}");
    }
    // One's own one may quote in any words, but messages.
    let own = mal.note("mine");
    let (_, seen) = scene.quoted_by_mal(json!({"quoteUrl": own["id"]})).await;
    assert_eq!(state(ada, &seen).await, "accepted");
    let (_, seen) = scene.quoted_by_mal(json!({"quote": {"type": "Tombstone"}})).await;
    assert_eq!(state(ada, &seen).await, "deleted");
    let (_, seen) = scene.quoted_by_mal(json!({"quote": 5, "quoteUri": "nonsense", "interactionPolicy": [7]})).await;
    assert_eq!(state(ada, &seen).await, json!(null));
    scene.world.finish().await;
}

/// F343
#[tokio::test(flavor = "multi_thread")]
async fn a_stamp_that_is_gone_without_a_word_is_missed_within_a_week() {
    let scene = scene().await;
    let Scene { world, ada, pat, .. } = &scene;
    let acme = world.instance(ACME);
    let find = pat.note("Pat's find");
    let (mut note, seen) = scene.quoted_by_mal(json!({"quote": find["id"]})).await;
    let stamp = scene.stamp(pat, &find, &note);
    note["quoteAuthorization"] = stamp["id"].clone();
    scene.update(&note).await;
    assert_eq!(state(ada, &seen).await, "accepted");
    let path = url::Url::parse(stamp["id"].as_str().unwrap()).unwrap().path().to_owned();
    let asked = || pat.peer().asked().iter().filter(|asked| **asked == path).count();
    let look = async |days: i64| {
        let before = asked();
        world.advance(TimeDelta::days(days)).await;
        pollen::housekeeping::sweep(&acme.app).await.unwrap();
        world.settle().await;
        (asked() - before, state(ada, &seen).await)
    };
    assert_eq!(look(1).await, (0, json!("accepted")));
    assert_eq!(look(7).await, (1, json!("accepted")));
    // Who does not answer has not taken it back.
    pat.peer().break_down(500);
    assert_eq!(look(8).await, (1, json!("accepted")));
    assert_eq!(look(0).await, (0, json!("accepted")));
    pat.peer().break_down(None);
    pat.peer().forget(stamp["id"].as_str().unwrap());
    assert_eq!(look(8).await, (1, json!("revoked")));
    assert_eq!(look(8).await, (0, json!("revoked")));
    scene.world.finish().await;
}
