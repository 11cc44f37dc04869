//! Polls as clients make them, vote in them, and are told of their end.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused, refused_with_token};
use crate::support::media::png;
use crate::support::{Instance, Part, Person, With, World};

const ACME: &str = "acme.test";

/// A poll that is open for an hour, and its post.
async fn ask(person: &Person, options: &[&str], more: Value) -> Value {
    let mut poll = json!({"options": options, "expires_in": 3600});
    poll.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    person.post_status_with(json!({"status": "Which?", "poll": poll})).await
}

fn path(post: &Value) -> String {
    format!("/api/v1/polls/{}", post["poll"]["id"].as_str().expect("a poll"))
}

fn post_path(post: &Value) -> String {
    format!("/api/v1/statuses/{}", post["id"].as_str().unwrap())
}

async fn vote(person: &Person, post: &Value, choices: Value) -> Value {
    person.post(&format!("{}/votes", path(post)), json!({"choices": choices})).await.expect(200).json
}

fn counts(poll: &Value) -> Vec<Option<i64>> {
    poll["options"].as_array().unwrap().iter().map(|option| option["votes_count"].as_i64()).collect()
}

/// Type and post of what somebody was told.
async fn told(person: &Person) -> Vec<(String, String)> {
    let found = person.get("/api/v1/notifications").await.expect(200);
    let of = |one: &Value| {
        (one["type"].as_str().unwrap().to_owned(), one["status"]["id"].as_str().unwrap_or_default().to_owned())
    };
    found.list().iter().map(of).collect()
}

/// Where everybody sees the numbers as they grow. Where they do not: `policy::counts`.
async fn counting() -> World {
    World::builder().instance(ACME).configure(|config| config.culture.show_counts = true).start().await
}

async fn three(world: &World) -> (&Instance, Person, Person, Person) {
    let acme = world.instance(ACME);
    (acme, acme.register("ada").await, acme.register("ben").await, acme.register("cleo").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_is_voted_in_until_it_ends() {
    let world = counting().await;
    let (acme, ada, ben, cleo) = three(&world).await;
    let form = [
        ("status", "Where to?"),
        ("poll[options][]", " Rome "),
        ("poll[options][]", "Oslo"),
        ("poll[options][]", "1999"),
        ("poll[expires_in]", "86400"),
        ("poll[multiple]", "false"),
        ("poll[hide_totals]", "0"),
    ];
    let post = ada.post_form("/api/v1/statuses", &form).await.expect(200).json;
    let poll = &post["poll"];
    let titles: Vec<&str> =
        poll["options"].as_array().unwrap().iter().map(|option| option["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Rome", "Oslo", "1999"]);
    assert_eq!((&poll["multiple"], &poll["expired"], &poll["votes_count"]), (&json!(false), &json!(false), &json!(0)));
    assert_eq!((&poll["voted"], &poll["own_votes"]), (&json!(true), &json!([])), "one's own, as in Mastodon");
    let ends: chrono::DateTime<chrono::Utc> = poll["expires_at"].as_str().unwrap().parse().unwrap();
    assert!((ends - world.clock.now() - TimeDelta::days(1)).abs() < TimeDelta::minutes(1), "{ends}");
    let stranger = acme.get(&path(&post)).await.expect(200).json;
    assert_eq!((&stranger["voted"], &stranger["own_votes"]), (&json!(null), &json!(null)));
    assert_eq!(ben.get(&path(&post)).await.expect(200)["voted"], json!(false));
    let after = vote(&ben, &post, json!([1])).await;
    assert_eq!(counts(&after), [Some(0), Some(1), Some(0)]);
    assert_eq!((&after["voted"], &after["own_votes"]), (&json!(true), &json!([1])));
    let form = [("choices[]", "0")];
    cleo.post_form(&format!("{}/votes", path(&post)), &form).await.expect(200);
    let seen = ben.get(&post_path(&post)).await.expect(200);
    assert_eq!(counts(&seen["poll"]), [Some(1), Some(1), Some(0)]);
    assert_eq!((&seen["poll"]["votes_count"], &seen["poll"]["voters_count"]), (&json!(2), &json!(2)));
    assert_eq!(seen["poll"]["own_votes"], json!([1]), "each viewer has their own");
    let boost = cleo.post(&format!("{}/reblog", post_path(&post)), json!({})).await.expect(200);
    assert_eq!((&boost["poll"], &boost["reblog"]["poll"]["own_votes"]), (&json!(null), &json!([0])));
    world.advance(TimeDelta::hours(23)).await;
    assert_eq!(told(&ben).await.len(), 0);
    world.advance(TimeDelta::hours(2)).await;
    let end = ("poll".to_owned(), post["id"].as_str().unwrap().to_owned());
    assert_eq!(told(&ada).await[0], end);
    assert_eq!((told(&ben).await, told(&cleo).await), (vec![end.clone()], vec![end]));
    let over = ben.get(&path(&post)).await.expect(200).json;
    assert_eq!((&over["expired"], &over["own_votes"]), (&json!(true), &json!([1])));
    let late = With { json: Some(json!({"choices": [0]})), ..With::default() };
    refused(&acme.register("dan").await, Method::POST, &format!("{}/votes", path(&post)), late, 422).await;
    // A job may run twice.
    let id = post["poll"]["id"].as_str().unwrap();
    acme.sql(&format!(
        "INSERT INTO jobs (id, kind, payload, run_at, created_at)
         SELECT 5, 'poll_ended', json_build_object('poll_id', id::text, 'account_id', '{}',
             'at', (extract(epoch FROM expires_at) * 1000000)::bigint)::text, now(), now() FROM polls WHERE id = {id}",
        ada.id()
    ))
    .await;
    world.settle().await;
    assert_eq!(told(&ben).await.len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_tell_of_votes_together() {
    let world = counting().await;
    let (acme, ada, ben, cleo) = three(&world).await;
    ben.follow("@ada").await;
    let post = ask(&ada, &["a", "b"], json!({})).await;
    world.settle().await;
    let mut stream = acme.listen(&ben.token, "user").await;
    for (voter, choice) in [(&ben, 0), (&cleo, 1)] {
        vote(voter, &post, json!([choice])).await;
    }
    world.advance(TimeDelta::minutes(4)).await;
    let told = stream.expect("status.update").await;
    assert_eq!((counts(&told["poll"]), &told["poll"]["own_votes"]), (vec![Some(1), Some(1)], &json!([0])));
    assert_eq!(told["edited_at"], json!(null));
    world.advance(TimeDelta::hours(1)).await;
    // In either order.
    let heard = [stream.next().await, stream.next().await];
    let kinds = format!("{heard:?}");
    assert!(kinds.contains("notification") && kinds.contains("status.update"), "{kinds}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_read_what_a_poll_asks() {
    let world = counting().await;
    let (_, ada, ben, _) = three(&world).await;
    let post = ask(&ada, &["Rome", "Oslo"], json!({})).await;
    let filter = json!({"title": "North", "context": ["home"], "keywords_attributes": [{"keyword": "oslo"}]});
    ben.post("/api/v2/filters", filter).await.expect(200);
    let seen = ben.get(&post_path(&post)).await.expect(200);
    assert_eq!(seen["filtered"][0]["keyword_matches"], json!(["oslo"]));
    world.advance(TimeDelta::hours(2)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_results_show_at_the_end() {
    let world = counting().await;
    let (acme, ada, ben, _) = three(&world).await;
    let post = ask(&ada, &["Yes", "No <b>"], json!({"hide_totals": "true", "multiple": "on"})).await;
    let after = vote(&ben, &post, json!(["0", 1, "1"])).await;
    assert_eq!(counts(&after), [None, None]);
    assert_eq!((&after["votes_count"], &after["voters_count"]), (&json!(2), &json!(1)));
    assert_eq!((&after["own_votes"], &after["multiple"]), (&json!([0, 1]), &json!(true)));
    assert_eq!(counts(&ada.get(&path(&post)).await.expect(200).json), [None, None], "not for their author either");
    let url = post["url"].as_str().unwrap();
    let page = acme.get(url).await.expect(200).body;
    assert!(page.contains("No &lt;b&gt;") && page.contains("1 person voted"), "{page}");
    assert!(!page.contains("<meter"), "{page}");
    world.advance(TimeDelta::hours(2)).await;
    assert_eq!(counts(&acme.get(&path(&post)).await.expect(200).json), [Some(1), Some(1)]);
    let page = acme.get(url).await.expect(200).body;
    assert!(page.contains("<meter min=\"0\" max=\"100\" value=\"100\"") && page.contains("(1 vote)"), "{page}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_poll_is_refused() {
    let world = counting().await;
    let (acme, ada, _, _) = three(&world).await;
    let limits = acme.get("/api/v2/instance").await.expect(200)["configuration"]["polls"].clone();
    let most = |name: &str| limits[name].as_u64().unwrap();
    let size = |name: &str| usize::try_from(most(name)).unwrap();
    let (options, letters) = (size("max_options"), size("max_characters_per_option"));
    let list = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
    for right in [
        json!({"options": list(options), "expires_in": limits["min_expiration"]}),
        json!({"options": ["é".repeat(letters), "b"], "expires_in": limits["max_expiration"]}),
        json!({"options": {"0": "a", "1": "b"}, "expires_in": "3600", "multiple": null}),
        json!({"options": [1, 2], "expires_in": 3600}),
        json!({"options": ["a", "", "b", " ", ""], "expires_in": 3600}),
    ] {
        ada.post("/api/v1/statuses", json!({"status": "x", "poll": right})).await.expect(200);
    }
    for none in [json!(null), json!({}), json!("")] {
        let post = ada.post_status_with(json!({"status": "x", "poll": none})).await;
        assert_eq!(post["poll"], json!(null));
    }
    let picture = png(8, 6);
    let parts = [Part::file("file", &picture)];
    let file = ada.send(Method::POST, "/api/v2/media", With { parts: &parts, ..With::default() }).await.expect(200);
    for (wrong, says) in [
        (json!({"poll": {"options": ["a"], "expires_in": 3600}}), "poll[options]"),
        (json!({"poll": {"options": [], "expires_in": 3600}}), "poll[options]"),
        (json!({"poll": {"options": list(options + 1), "expires_in": 3600}}), "poll[options]"),
        (json!({"poll": {"options": ["a", " "], "expires_in": 3600}}), "poll[options]"),
        (json!({"poll": {"options": ["a", "a "], "expires_in": 3600}}), "differ"),
        (json!({"poll": {"options": ["x".repeat(letters + 1), "b"], "expires_in": 3600}}), "50 characters"),
        (json!({"poll": {"options": ["a", ["b"]], "expires_in": 3600}}), "poll[options]"),
        (json!({"poll": {"options": ["a", "b"]}}), "poll[expires_in]"),
        (json!({"poll": {"options": ["a", "b"], "expires_in": most("min_expiration") - 1}}), "poll[expires_in]"),
        (json!({"poll": {"options": ["a", "b"], "expires_in": most("max_expiration") + 1}}), "poll[expires_in]"),
        (json!({"poll": {"options": ["a", "b"], "expires_in": "soon"}}), "poll"),
        (json!({"poll": 5}), "poll"),
        (json!({"poll": {"options": ["a", "b"], "expires_in": 3600}, "media_ids": [file["id"]]}), "media_ids"),
        (json!({"poll": {"options": ["a", "b"], "expires_in": 3600}, "status": ""}), "blank"),
    ] {
        let mut draft = json!({"status": "x"});
        draft.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let with = With { json: Some(draft), ..With::default() };
        let answer = refused(&ada, Method::POST, "/api/v1/statuses", with, 422).await;
        assert!(answer.text("error").contains(says), "{wrong}: {}", answer.body);
    }
    world.advance(TimeDelta::days(40)).await;
    world.finish().await;
}

/// F197
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_given_once_by_whoever_may_see_the_post() {
    let world = counting().await;
    let (acme, ada, ben, cleo) = three(&world).await;
    ben.follow("@ada").await;
    let one = ada
        .post_status_with(json!({"status": "Us", "visibility": "private",
        "poll": {"options": ["a", "b"], "expires_in": 3600}}))
        .await;
    let many = ask(&ada, &["a", "b", "c"], json!({"multiple": true})).await;
    let choose = |choices: Value| With { json: Some(json!({"choices": choices})), ..With::default() };
    // To those who may not see the post, there is no poll.
    cleo.get(&path(&one)).await.expect(404);
    acme.get(&path(&one)).await.expect(404);
    ada.get(&path(&one)).await.expect(200);
    refused(&cleo, Method::POST, &format!("{}/votes", path(&one)), choose(json!([0])), 404).await;
    for id in NO_IDS {
        ben.get(&format!("/api/v1/polls/{id}")).await.expect(404);
        refused(&ben, Method::POST, &format!("/api/v1/polls/{id}/votes"), choose(json!([0])), 404).await;
    }
    let votes = format!("{}/votes", path(&one));
    for wrong in [json!([]), json!([2]), json!([-1]), json!(["x"]), json!([0, 1]), json!([0.5]), json!([u64::MAX])] {
        let answer = refused(&ben, Method::POST, &votes, choose(wrong.clone()), 422).await;
        assert!(answer.text("error").contains("choices"), "{wrong}: {}", answer.body);
    }
    let own = refused(&ada, Method::POST, &votes, choose(json!([0])), 422).await;
    assert!(own.text("error").contains("own poll"), "{}", own.body);
    refused(&ben.with_scopes("read").await, Method::POST, &votes, choose(json!([0])), 403).await;
    refused_with_token(acme, Method::POST, &votes, choose(json!([0])), 401).await;
    let blind = ben.with_scopes("write").await;
    blind.get(&path(&one)).await.expect(404);
    vote(&ben, &one, json!([0])).await;
    for again in [json!([0]), json!([1])] {
        let answer = refused(&ben, Method::POST, &votes, choose(again), 422).await;
        assert!(answer.text("error").contains("already"), "{}", answer.body);
    }
    // Where several can be chosen, one may add to what one chose.
    vote(&ben, &many, json!([0])).await;
    refused(&ben, Method::POST, &format!("{}/votes", path(&many)), choose(json!([1, 0])), 422).await;
    let more = vote(&ben, &many, json!([2])).await;
    assert_eq!((counts(&more), &more["own_votes"]), (vec![Some(1), Some(0), Some(1)], &json!([0, 2])));
    assert_eq!((&more["votes_count"], &more["voters_count"]), (&json!(2), &json!(1)));
    ada.delete(&post_path(&many)).await.expect(200);
    ben.get(&path(&many)).await.expect(404);
    world.advance(TimeDelta::hours(2)).await;
    assert_eq!(told(&ben).await.len(), 1, "of the one that is there");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_changes_a_poll_voids_its_votes() {
    let world = counting().await;
    let (acme, ada, ben, _) = three(&world).await;
    let post = ask(&ada, &["a", "b"], json!({})).await;
    vote(&ben, &post, json!([1])).await;
    let edit = async |change: Value| ada.put(&post_path(&post), change).await.expect(200).json["poll"].clone();
    let same = json!({"options": ["a", "b"], "expires_in": 7200});
    for change in [json!({"status": "Which one?"}), json!({"status": "Which one?", "poll": same})] {
        let poll = edit(change).await;
        assert_eq!((&poll["id"], counts(&poll)), (&post["poll"]["id"], vec![Some(0), Some(1)]));
    }
    world.advance(TimeDelta::minutes(90)).await;
    assert!(told(&ben).await.is_empty(), "it ends later now");
    let poll = edit(json!({"status": "Which one?", "poll": {"options": ["a", "c"], "expires_in": 3600}})).await;
    assert_eq!((counts(&poll), &poll["voters_count"]), (vec![Some(0), Some(0)], &json!(0)));
    assert_eq!(vote(&ben, &post, json!([0])).await["own_votes"], json!([0]), "who voted before votes anew");
    let file = {
        let picture = png(8, 6);
        let parts = [Part::file("file", &picture)];
        ada.send(Method::POST, "/api/v2/media", With { parts: &parts, ..With::default() }).await.expect(200).text("id")
    };
    let with_file = With { json: Some(json!({"status": "x", "media_ids": [file]})), ..With::default() };
    refused(&ada, Method::PUT, &post_path(&post), with_file, 422).await;
    assert_eq!(edit(json!({"status": "Never mind", "poll": null})).await, json!(null));
    assert_eq!(acme.count("SELECT count(*) FROM poll_votes").await, 0);
    let history = ben.get(&format!("{}/history", post_path(&post))).await.expect(200);
    let asked =
        |one: &Value| one["poll"]["options"].as_array().map(|all| all.iter().map(|o| o["title"].clone()).collect());
    let asked: Vec<Option<Vec<Value>>> = history.list().iter().map(asked).collect();
    let (first, second) = (Some(vec![json!("a"), json!("b")]), Some(vec![json!("a"), json!("c")]));
    assert_eq!(asked, [first.clone(), first.clone(), first, second, None]);
    let poll = edit(json!({"status": "After all", "poll": {"options": ["x", "y"], "expires_in": 300}})).await;
    assert_eq!(counts(&poll), [Some(0), Some(0)]);
    world.advance(TimeDelta::days(1)).await;
    assert_eq!(told(&ada).await.len(), 1, "of the poll that was there at its end");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_poll_is_open_from_when_it_appears() {
    let world = counting().await;
    let (_, ada, ben, _) = three(&world).await;
    let at = (world.clock.now() + TimeDelta::hours(2)).to_rfc3339();
    let poll = json!({"options": ["a", "b"], "expires_in": "600", "multiple": true});
    let draft = json!({"status": "Later", "scheduled_at": at, "poll": poll});
    let waiting = ada.post("/api/v1/statuses", draft).await.expect(200);
    let kept = json!({"options": ["a", "b"], "expires_in": 600, "multiple": true, "hide_totals": false});
    assert_eq!(waiting["params"]["poll"], kept);
    let wrong = json!({"status": "Later", "scheduled_at": at, "poll": {"options": ["a"], "expires_in": 600}});
    ada.post("/api/v1/statuses", wrong).await.expect(422);
    world.advance(TimeDelta::hours(2)).await;
    let post = ada.home().await.remove(0);
    assert_eq!(vote(&ben, &post, json!([0, 1])).await["own_votes"], json!([0, 1]));
    world.advance(TimeDelta::minutes(11)).await;
    assert_eq!(told(&ben).await.len(), 1);
    world.finish().await;
}
