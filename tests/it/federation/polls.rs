//! Polls between companies: asked here and answered there, and the other way round.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACME, GLOBEX, ada_and_ben, id, newest, notification_types};
use crate::support::{PeerActor, Person, World};

fn counts(poll: &Value) -> Vec<i64> {
    poll["options"].as_array().expect("a poll").iter().map(|option| option["votes_count"].as_i64().unwrap()).collect()
}

fn path(post: &Value) -> String {
    format!("/api/v1/polls/{}", id(&post["poll"]))
}

async fn vote(person: &Person, post: &Value, choices: Value) -> Value {
    person.post(&format!("{}/votes", path(post)), json!({"choices": choices})).await.expect(200).json
}

/// Ben at Globex follows Ada at Acme; everybody sees the numbers as they grow.
async fn counting() -> (World, Person, Person) {
    let builder = World::builder().instance(ACME).instance(GLOBEX);
    let world = builder.configure(|config| config.culture.show_counts = true).start().await;
    let (ada, ben) = (world.instance(ACME).register("ada").await, world.instance(GLOBEX).register("ben").await);
    ben.follow("@ada@acme.test").await;
    world.settle().await;
    (world, ada, ben)
}

/// F190, F191
#[tokio::test(flavor = "multi_thread")]
async fn how_many_voted_is_told_at_the_end() {
    let (world, ada, ben) = ada_and_ben().await;
    let cy = world.instance(GLOBEX).register("cy").await;
    let poll = json!({"options": ["Rome", "Oslo"], "expires_in": 3600});
    let post = ada.post_status_with(json!({"status": "Where?", "poll": poll})).await;
    world.settle().await;
    let there = newest(&ben).await;
    for (person, choice) in [(&ben, 0), (&cy, 1)] {
        vote(person, &there, json!([choice])).await;
    }
    world.settle().await;
    assert_eq!(counts(&ada.get(&path(&post)).await.expect(200).json), [1, 1], "the author sees it");
    world.advance(TimeDelta::minutes(10)).await;
    let updates = "SELECT count(*) FROM outgoing_activities WHERE body LIKE '%\"type\":\"Update\"%'";
    assert_eq!(world.instance(ACME).count(updates).await, 0, "not even that somebody voted is told");
    let document = world.instance(ACME).get_activity(post["uri"].as_str().unwrap()).await.expect(200);
    let told = (&document["oneOf"][0]["replies"]["totalItems"], &document["votersCount"]);
    assert_eq!(told, (&json!(null), &json!(null)), "{}", document.body);
    let open = ben.get(&path(&there)).await.expect(200);
    assert_eq!((&open["options"][0]["votes_count"], &open["own_votes"]), (&json!(null), &json!([0])));
    assert_eq!((&open["votes_count"], &open["voted"]), (&json!(1), &json!(true)));
    world.advance(TimeDelta::hours(2)).await;
    assert_eq!(world.instance(ACME).count(updates).await, 1);
    let over = ben.get(&path(&there)).await.expect(200).json;
    assert_eq!((counts(&over), &over["voters_count"]), (vec![1, 1], &json!(2)));
    world.finish().await;
}

/// F191
#[tokio::test(flavor = "multi_thread")]
async fn people_of_two_companies_vote_in_one_poll() {
    let (world, ada, ben) = counting().await;
    let cy = world.instance(GLOBEX).register("cy").await;
    let dan = world.instance(ACME).register("dan").await;
    let poll = json!({"options": ["Rome", "Oslo"], "expires_in": 3600, "multiple": true});
    let post = ada.post_status_with(json!({"status": "Where?", "poll": poll})).await;
    world.settle().await;
    let there = newest(&ben).await;
    assert_eq!((&there["poll"]["expires_at"], &there["poll"]["multiple"]), (&post["poll"]["expires_at"], &json!(true)));
    assert_eq!(counts(&there["poll"]), [0, 0]);
    let voted = vote(&ben, &there, json!([0, 1])).await;
    assert_eq!((counts(&voted), &voted["own_votes"]), (vec![1, 1], &json!([0, 1])));
    vote(&cy, &there, json!([1])).await;
    vote(&dan, &post, json!([1])).await;
    world.settle().await;
    let here = ada.get(&path(&post)).await.expect(200).json;
    assert_eq!((counts(&here), &here["voters_count"]), (vec![1, 3], &json!(3)));
    assert!(notification_types(&ada).await.iter().all(|kind| kind == "follow"), "a vote is no mention");
    assert_eq!(world.instance(ACME).count("SELECT count(*) FROM statuses").await, 1, "nor a post");
    // All that came together goes out together.
    assert_eq!(counts(&ben.get(&path(&there)).await.expect(200).json), [1, 2], "Dan's vote is not known there yet");
    world.advance(TimeDelta::minutes(4)).await;
    assert_eq!(counts(&ben.get(&path(&there)).await.expect(200).json), [1, 3]);
    let updates = "SELECT count(*) FROM outgoing_activities WHERE body LIKE '%\"type\":\"Update\"%'";
    assert_eq!(world.instance(ACME).count(updates).await, 1);
    world.advance(TimeDelta::hours(2)).await;
    assert_eq!(world.instance(ACME).count(updates).await, 2, "once more at the end");
    let over = cy.get(&path(&there)).await.expect(200).json;
    assert_eq!((&over["expired"], counts(&over), &over["own_votes"]), (&json!(true), vec![1, 3], &json!([1])));
    for person in [&ada, &ben, &cy, &dan] {
        assert!(notification_types(person).await.contains(&"poll".to_owned()));
    }
    world.finish().await;
}

/// F193
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_poll_is_voted_in_anew_everywhere() {
    let (world, ada, ben) = counting().await;
    let poll = |options: [&str; 2]| json!({"status": "x", "poll": {"options": options, "expires_in": 3600}});
    let post = ada.post_status_with(poll(["a", "b"])).await;
    world.settle().await;
    let there = newest(&ben).await;
    vote(&ben, &there, json!([0])).await;
    world.settle().await;
    ada.put(&format!("/api/v1/statuses/{}", id(&post)), poll(["a", "c"])).await.expect(200);
    world.settle().await;
    let changed = ben.get(&path(&there)).await.expect(200).json;
    assert_eq!((counts(&changed), &changed["own_votes"]), (vec![0, 0], &json!([])));
    assert_eq!(changed["options"][1]["title"], "c");
    vote(&ben, &there, json!([1])).await;
    world.settle().await;
    assert_eq!(counts(&ada.get(&path(&post)).await.expect(200).json), [0, 1]);
    let history = ben.get(&format!("/api/v1/statuses/{}/history", id(&there))).await.expect(200);
    assert_eq!(history[0]["poll"]["options"][1]["title"], "b");
    world.advance(TimeDelta::hours(2)).await;
    world.finish().await;
}

/// Ada at Acme, who follows Mal on a peer.
async fn scene() -> (World, Person, PeerActor) {
    let builder = World::builder().instance(ACME).peer("peer.test");
    let world = builder.configure(|config| config.culture.show_counts = true).start().await;
    let ada = world.instance(ACME).register("ada").await;
    let mal = world.peer("peer.test").actor("mal");
    ada.follow(&mal.handle()).await;
    world.settle().await;
    let follow = world.peer("peer.test").received_of_type("Follow").remove(0);
    mal.deliver(world.instance(ACME), &mal.activity("Accept", follow)).await;
    world.settle().await;
    (world, ada, mal)
}

/// A question as Mastodon sends it: votes so far, by option.
fn question(world: &World, by: &PeerActor, votes: &[(&str, i64)]) -> Value {
    let mut question = by.note("Which?");
    question["type"] = "Question".into();
    question["oneOf"] = with_votes(votes);
    question["votersCount"] = votes.iter().map(|(_, votes)| votes).sum::<i64>().into();
    question["endTime"] = (world.clock.now() + TimeDelta::days(1)).to_rfc3339().into();
    world.peer("peer.test").serve(question.clone());
    question
}

fn with_votes(votes: &[(&str, i64)]) -> Value {
    let option = |(name, votes): &(&str, i64)| json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}});
    votes.iter().map(option).collect()
}

/// F192, F193, F197
#[tokio::test(flavor = "multi_thread")]
async fn a_question_from_elsewhere_is_a_poll() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let asked = question(&world, &mal, &[("Yes & no", 5), ("No", 2)]);
    mal.deliver(acme, &mal.create(&asked)).await;
    world.settle().await;
    let post = newest(&ada).await;
    assert_eq!((counts(&post["poll"]), &post["poll"]["voters_count"]), (vec![5, 2], &json!(7)));
    assert_eq!(counts(&vote(&ada, &post, json!([0])).await), [6, 2]);
    world.settle().await;
    let sent = world.peer("peer.test").received_of_type("Create");
    let [create] = sent.as_slice() else { panic!("{sent:?}") };
    let note = &create["object"];
    assert_eq!((&create["to"], &note["to"], &create["cc"]), (&json!([mal.uri]), &json!([mal.uri]), &json!(null)));
    assert_eq!((&note["name"], &note["inReplyTo"], &note["type"]), (&json!("Yes & no"), &asked["id"], &json!("Note")));
    assert_eq!((&note["attributedTo"], &note["content"]), (&json!(ada.account.uri), &json!(null)));
    assert_eq!(world.peer("peer.test").received().last().unwrap().path, "/users/mal/inbox");
    // New numbers are no edit; Mastodon sends no `updated` with them.
    let update = async |question: &Value| {
        mal.deliver(acme, &mal.activity("Update", question.clone())).await;
        world.settle().await;
        ada.get(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200).json
    };
    let mut later = asked.clone();
    later["oneOf"] = with_votes(&[("Yes & no", 8), ("No", 3)]);
    let seen = update(&later).await;
    assert_eq!((counts(&seen["poll"]), &seen["edited_at"]), (vec![8, 3], &json!(null)));
    assert_eq!(seen["poll"]["own_votes"], json!([0]));
    // Other options are, and void the votes.
    later["oneOf"] = with_votes(&[("Yes", 0), ("No", 0)]);
    let seen = update(&later).await;
    assert_eq!((counts(&seen["poll"]), &seen["poll"]["own_votes"]), (vec![0, 0], &json!([])));
    assert!(seen["edited_at"].is_string());
    vote(&ada, &post, json!([1])).await;
    // It ends before its time.
    later["closed"] = world.clock.now().to_rfc3339().into();
    later["oneOf"] = with_votes(&[("Yes", 4), ("No", 9)]);
    world.peer("peer.test").serve(later.clone());
    let seen = update(&later).await;
    assert_eq!((&seen["poll"]["expired"], counts(&seen["poll"])), (&json!(true), vec![4, 9]));
    assert_eq!(notification_types(&ada).await, ["poll"]);
    // A poll that is taken off is gone; the post stays.
    later["oneOf"] = json!([]);
    let seen = update(&later).await;
    assert_eq!(seen["poll"], json!(null));
    world.advance(TimeDelta::days(2)).await;
    assert_eq!(notification_types(&ada).await, ["poll"]);
    world.finish().await;
}

/// F192
#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_makes_no_sense_is_a_post_to_read() {
    let (world, ada, mal) = scene().await;
    let many: Vec<Value> = (0..500).map(|n| json!({"type": "Note", "name": n.to_string()})).collect();
    for options in [json!(many), json!(5), json!([{"name": "a"}, {"name": "a"}]), json!([{"name": "x".repeat(9999)}])] {
        let mut asked = question(&world, &mal, &[]);
        asked["oneOf"] = options;
        asked["votersCount"] = json!("many");
        mal.deliver(world.instance(ACME), &mal.create(&asked)).await;
        world.settle().await;
        let post = newest(&ada).await;
        assert_eq!((&post["uri"], &post["poll"]), (&asked["id"], &json!(null)));
        let content = post["content"].as_str().unwrap();
        assert!(content.contains("Which?") && content.contains(asked["id"].as_str().unwrap()), "{content}");
    }
    let mut odd = question(&world, &mal, &[("a", 1), ("b", -7)]);
    odd["oneOf"][0]["replies"]["totalItems"] = json!(1e300);
    odd["endTime"] = json!("whenever");
    odd["closed"] = json!([5]);
    mal.deliver(world.instance(ACME), &mal.create(&odd)).await;
    world.settle().await;
    let poll = newest(&ada).await["poll"].clone();
    assert_eq!((counts(&poll), &poll["expires_at"], &poll["expired"]), (vec![0, 0], &json!(null), &json!(false)));
    world.finish().await;
}

/// F194
#[tokio::test(flavor = "multi_thread")]
async fn old_numbers_are_read_again_when_somebody_looks() {
    let (world, ada, mal) = scene().await;
    let acme = world.instance(ACME);
    let mut asked = question(&world, &mal, &[("a", 1), ("b", 0)]);
    mal.deliver(acme, &mal.create(&asked)).await;
    world.settle().await;
    let post = newest(&ada).await;
    let place = url::Url::parse(asked["id"].as_str().unwrap()).unwrap().path().to_owned();
    let asked_for = || world.peer("peer.test").asked().iter().filter(|path| **path == place).count();
    let look = async || {
        let seen = counts(&ada.get(&path(&post)).await.expect(200).json);
        world.settle().await;
        seen
    };
    asked["oneOf"] = with_votes(&[("a", 4), ("b", 2)]);
    world.peer("peer.test").serve(asked);
    assert_eq!((look().await, asked_for()), (vec![1, 0], 0), "they are new");
    world.advance(TimeDelta::minutes(6)).await;
    acme.get(&path(&post)).await.expect(200);
    world.settle().await;
    assert_eq!(asked_for(), 0, "strangers make us ask nobody");
    assert_eq!(look().await, [1, 0]);
    assert_eq!((look().await, asked_for()), (vec![4, 2], 1), "once in some minutes");
    world.advance(TimeDelta::minutes(6)).await;
    world.peer("peer.test").break_down(500);
    assert_eq!((look().await, asked_for()), (vec![4, 2], 2));
    world.peer("peer.test").break_down(None);
    world.advance(TimeDelta::days(2)).await;
    look().await;
    assert_eq!((look().await, asked_for()), (vec![4, 2], 3), "after the end once more");
    world.advance(TimeDelta::days(2)).await;
    look().await;
    assert_eq!(asked_for(), 3);
    world.finish().await;
}

/// F49, F190, F191
#[tokio::test(flavor = "multi_thread")]
async fn a_poll_of_ours_is_a_question() {
    let builder = World::builder().instance(ACME).peer("peer.test");
    let world = builder.configure(|config| config.culture.show_counts = true).start().await;
    let acme = world.instance(ACME);
    let ada = acme.register("ada").await;
    let (mal, pat) = (world.peer("peer.test").actor("mal"), world.peer("peer.test").actor("pat"));
    mal.deliver(acme, &mal.activity("Follow", ada.account.uri.as_str())).await;
    world.settle().await;
    let poll = json!({"options": ["a", "b"], "expires_in": 3600, "hide_totals": true});
    let post = ada.post_status_with(json!({"status": "Which? #question", "poll": poll})).await;
    world.settle().await;
    let sent = world.peer("peer.test").received_of_type("Create").remove(0);
    assert_eq!(sent["@context"][2]["votersCount"], "toot:votersCount");
    let question = &sent["object"];
    assert_eq!((&question["type"], &question["votersCount"]), (&json!("Question"), &json!(0)));
    assert_eq!(question["oneOf"][1], json!({"type": "Note", "name": "b", "replies": {"type": "Collection"}}));
    assert_eq!(question["schema:additionalType"], "schema:Question", "the learning kind stays");
    assert_eq!((question["endTime"].is_string(), &question["closed"]), (true, &json!(null)));
    // Pat, who only came by, votes too.
    for (voter, name) in [(&mal, "b"), (&pat, "a")] {
        let vote = json!({"id": voter.peer().mint("votes"), "type": "Note", "name": name, "to": [ada.account.uri],
            "attributedTo": voter.uri, "inReplyTo": post["uri"]});
        voter.deliver(acme, &voter.activity("Create", vote)).await;
    }
    world.settle().await;
    assert_eq!(ada.get(&path(&post)).await.expect(200)["votes_count"], 2);
    assert!(world.peer("peer.test").received_of_type("Update").is_empty());
    world.advance(TimeDelta::minutes(4)).await;
    let update = world.peer("peer.test").received_of_type("Update").remove(0);
    assert_eq!((&update["object"]["votersCount"], &update["actor"]), (&json!(2), &json!(ada.account.uri)));
    assert_eq!(update["object"]["updated"], json!(null), "it was not edited");
    world.advance(TimeDelta::hours(1)).await;
    let updates = world.peer("peer.test").received_of_type("Update");
    assert_eq!(updates.len(), 2);
    let last = &updates[1]["object"];
    assert_eq!((&last["closed"], &last["oneOf"][1]["replies"]["totalItems"]), (&last["endTime"], &json!(1)));
    world.finish().await;
}
