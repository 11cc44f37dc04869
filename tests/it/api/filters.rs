//! What somebody does not want to read: filters of both versions, and what they say of posts.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::{NO_IDS, refused};
use crate::support::{Person, With, World};

fn body(json: Value) -> With<'static> {
    With { json: Some(json), ..With::default() }
}

async fn make(person: &Person, draft: Value) -> Value {
    person.post("/api/v2/filters", draft).await.expect(200).json
}

fn id(entity: &Value) -> String {
    entity["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_made_changed_and_removed() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let filter = make(
        &ada,
        json!({
            "title": "Sport", "context": ["home", "public"], "filter_action": "hide", "expires_in": 3600,
            "keywords_attributes": [{"keyword": "football", "whole_word": false}, {"keyword": "golf"}, {"keyword": ""}],
        }),
    )
    .await;
    assert_eq!(filter["context"], json!(["home", "public"]));
    assert_eq!((&filter["title"], &filter["filter_action"]), (&json!("Sport"), &json!("hide")));
    assert!(filter["expires_at"].is_string());
    let keywords = filter["keywords"].as_array().unwrap();
    assert_eq!(keywords.len(), 2, "{filter}");
    assert_eq!((&keywords[0]["whole_word"], &keywords[1]["whole_word"]), (&json!(false), &json!(true)));
    let path = format!("/api/v2/filters/{}", id(&filter));
    assert_eq!(ada.get(&path).await.expect(200).json, filter);
    assert_eq!(ada.get("/api/v2/filters").await.expect(200).json, json!([filter]));

    let changes = json!({
        "title": "Games", "expires_in": null, "filter_action": "blur",
        "keywords_attributes": [
            {"id": keywords[0]["id"], "_destroy": true},
            {"id": keywords[1]["id"], "keyword": "tennis", "whole_word": false},
            {"keyword": "chess"},
        ],
    });
    let changed = ada.put(&path, changes).await.expect(200).json;
    assert_eq!((&changed["title"], &changed["filter_action"]), (&json!("Games"), &json!("blur")));
    assert_eq!((&changed["expires_at"], &changed["context"]), (&Value::Null, &filter["context"]));
    let words: Vec<&Value> = changed["keywords"].as_array().unwrap().iter().map(|one| &one["keyword"]).collect();
    assert_eq!(words, ["tennis", "chess"]);
    // As forms write it.
    let form = [
        ("title", "Forms"),
        ("context[]", "home"),
        ("context[]", "thread"),
        ("keywords_attributes[][keyword]", "one"),
        ("keywords_attributes[][whole_word]", "false"),
        ("keywords_attributes[][keyword]", "two"),
        ("keywords_attributes[][whole_word]", "true"),
    ];
    let formed = ada.post_form("/api/v2/filters", &form).await.expect(200).json;
    assert_eq!(formed["context"], json!(["home", "thread"]));
    let words: Vec<_> =
        formed["keywords"].as_array().unwrap().iter().map(|one| (&one["keyword"], &one["whole_word"])).collect();
    assert_eq!(words, [(&json!("one"), &json!(false)), (&json!("two"), &json!(true))]);

    ada.delete(&path).await.expect(200);
    refused(&ada, Method::DELETE, &path, With::default(), 404).await;
    assert_eq!(ada.get("/api/v2/filters").await.expect(200).json, json!([formed]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_filter_and_what_is_anothers_is_refused() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let good = json!({"title": "x", "context": ["home"]});
    let path = format!("/api/v2/filters/{}", id(&make(&ada, good.clone()).await));
    for wrong in [
        json!({"title": ""}),
        json!({"title": "x".repeat(257)}),
        json!({"context": []}),
        json!({"context": ["home", "everywhere"]}),
        json!({"filter_action": "burn"}),
        json!({"expires_in": -5}),
        json!({"expires_in": 10_000_000_000_i64}),
        json!({"keywords_attributes": [{"keyword": "x".repeat(513)}]}),
        json!({"keywords_attributes": [{"keyword": " ", "whole_word": true}]}),
        json!({"keywords_attributes": (0..501).map(|n| json!({"keyword": format!("w{n}")})).collect::<Vec<_>>()}),
        json!({"keywords_attributes": (0..50).map(|n| json!({"keyword": format!("{n:0>500}")})).collect::<Vec<_>>()}),
    ] {
        let mut draft = good.clone();
        draft.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        refused(&ada, Method::POST, "/api/v2/filters", body(draft), 422).await;
        refused(&ada, Method::PUT, &path, body(wrong), 422).await;
    }
    let foreign =
        make(&ben, json!({"title": "B", "context": ["home"], "keywords_attributes": [{"keyword": "b"}]})).await;
    let change = json!({"keywords_attributes": [{"id": foreign["keywords"][0]["id"], "keyword": "mine"}]});
    refused(&ada, Method::PUT, &path, body(change), 404).await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        refused(&ben, method.clone(), &path, With::default(), 404).await;
        for id in NO_IDS {
            refused(&ada, method.clone(), &format!("/api/v2/filters/{id}"), With::default(), 404).await;
        }
    }
    let reader = ada.with_scopes("read:filters").await;
    reader.get("/api/v2/filters").await.expect(200);
    refused(&reader, Method::POST, "/api/v2/filters", body(good.clone()), 403).await;
    refused(&ada.with_scopes("write:filters").await, Method::GET, &path, With::default(), 403).await;
    acme.get("/api/v2/filters").await.expect(401);
    acme.sql(&format!(
        "INSERT INTO filters (id, account_id, title, context, action, created_at)
         SELECT n, {}, 'x', '{{home}}', 'warn', now() FROM generate_series(1, 99) n",
        ada.id()
    ))
    .await;
    refused(&ada, Method::POST, "/api/v2/filters", body(good), 422).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keywords_and_posts_are_things_of_their_own() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let post = ben.post_status("Something").await;
    let secret = ben.post_status_with(json!({"status": "Secret", "visibility": "direct"})).await;
    let path = format!("/api/v2/filters/{}", id(&make(&ada, json!({"title": "x", "context": ["home"]})).await));
    let keyword = ada.post(&format!("{path}/keywords"), json!({"keyword": "word"})).await.expect(200).json;
    assert_eq!(keyword, json!({"id": keyword["id"], "keyword": "word", "whole_word": true}));
    let one = format!("/api/v2/filters/keywords/{}", id(&keyword));
    let changed = ada.put(&one, json!({"keyword": "other", "whole_word": "0"})).await.expect(200).json;
    assert_eq!(changed, json!({"id": keyword["id"], "keyword": "other", "whole_word": false}));
    assert_eq!(ada.get(&one).await.expect(200).json, changed);
    assert_eq!(ada.get(&format!("{path}/keywords")).await.expect(200).json, json!([changed]));
    for wrong in [json!({}), json!({"keyword": ""}), json!({"keyword": "x".repeat(513)})] {
        refused(&ada, Method::POST, &format!("{path}/keywords"), body(wrong), 422).await;
    }
    refused(&ada, Method::PUT, &one, body(json!({"keyword": ""})), 422).await;

    let statuses = format!("{path}/statuses");
    let named = ada.post(&statuses, json!({"status_id": post["id"]})).await.expect(200).json;
    assert_eq!(named, json!({"id": named["id"], "status_id": post["id"]}));
    let status = format!("/api/v2/filters/statuses/{}", id(&named));
    assert_eq!(ada.get(&status).await.expect(200).json, named);
    assert_eq!(ada.get(&statuses).await.expect(200).json, json!([named]));
    assert_eq!(ada.get(&path).await.expect(200)["statuses"], json!([named]));
    refused(&ada, Method::POST, &statuses, body(json!({"status_id": post["id"]})), 422).await;
    refused(&ada, Method::POST, &statuses, body(json!({})), 422).await;
    // What one may not see is not there.
    refused(&ada, Method::POST, &statuses, body(json!({"status_id": secret["id"]})), 404).await;

    for (method, path) in [
        (Method::GET, &one),
        (Method::PUT, &one),
        (Method::DELETE, &one),
        (Method::GET, &status),
        (Method::DELETE, &status),
        (Method::GET, &statuses),
        (Method::GET, &format!("{path}/keywords")),
    ] {
        refused(&ben, method, path, With::default(), 404).await;
    }
    refused(&ben, Method::POST, &statuses, body(json!({"status_id": post["id"]})), 404).await;
    refused(&ben, Method::POST, &format!("{path}/keywords"), body(json!({"keyword": "x"})), 404).await;
    assert_eq!(ada.delete(&status).await.expect(200).json, named);
    refused(&ada, Method::DELETE, &status, With::default(), 404).await;
    ada.delete(&one).await.expect(200);
    refused(&ada, Method::DELETE, &one, With::default(), 404).await;
    // A post that is deleted leaves the filter.
    ada.post(&statuses, json!({"status_id": post["id"]})).await.expect(200);
    ben.delete(&format!("/api/v1/statuses/{}", id(&post))).await.expect(200);
    assert_eq!(ada.get(&statuses).await.expect(200).json, json!([]));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_clients_see_each_keyword_as_a_filter() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let draft = json!({"phrase": "golf", "context": ["home"], "irreversible": true, "expires_in": "60"});
    let old = ada.post("/api/v1/filters", draft).await.expect(200).json;
    assert_eq!(
        (&old["phrase"], &old["context"], &old["irreversible"], &old["whole_word"]),
        (&json!("golf"), &json!(["home"]), &json!(true), &json!(false))
    );
    let path = format!("/api/v1/filters/{}", id(&old));
    assert_eq!(ada.get(&path).await.expect(200).json, old);
    let new = ada.get("/api/v2/filters").await.expect(200);
    assert_eq!(
        (&new[0]["title"], &new[0]["filter_action"], &new[0]["keywords"][0]["keyword"]),
        (&json!("golf"), &json!("hide"), &json!("golf"))
    );
    let form = [("phrase", "chess"), ("context[]", "public"), ("whole_word", "true"), ("expires_in", "")];
    let changed = ada.send(Method::PUT, &path, With { form: Some(&form), ..With::default() }).await.expect(200).json;
    assert_eq!(
        changed,
        json!({"id": old["id"], "phrase": "chess", "context": ["public"], "whole_word": true, "expires_at": null,
            "irreversible": true})
    );
    for wrong in
        [json!({}), json!({"phrase": "x"}), json!({"context": ["home"]}), json!({"phrase": "x", "context": ["y"]})]
    {
        refused(&ada, Method::POST, "/api/v1/filters", body(wrong), 422).await;
    }
    // One keyword of several: what is of the filter stays as it is.
    let filter = new[0]["id"].as_str().unwrap();
    ada.post(&format!("/api/v2/filters/{filter}/keywords"), json!({"keyword": "go"})).await.expect(200);
    assert_eq!(ada.get("/api/v1/filters").await.expect(200).list().len(), 2);
    refused(&ada, Method::PUT, &path, body(json!({"irreversible": false})), 422).await;
    ada.put(&path, json!({"whole_word": false})).await.expect(200);
    refused(&ben, Method::GET, &path, With::default(), 404).await;
    refused(&ben, Method::DELETE, &path, With::default(), 404).await;
    for id in NO_IDS {
        refused(&ada, Method::GET, &format!("/api/v1/filters/{id}"), With::default(), 404).await;
    }
    ada.delete(&path).await.expect(200);
    assert_eq!(ada.get("/api/v2/filters").await.expect(200)[0]["keywords"].as_array().unwrap().len(), 1);
    let other = ada.get("/api/v1/filters").await.expect(200)[0]["id"].as_str().unwrap().to_owned();
    ada.delete(&format!("/api/v1/filters/{other}")).await.expect(200);
    // Nothing is left of it.
    assert_eq!(ada.get("/api/v2/filters").await.expect(200).json, json!([]));
    world.finish().await;
}

/// The titles, keywords and posts that matched.
fn matches(post: &Value) -> Vec<(String, Value, Value)> {
    let results = post["filtered"].as_array().unwrap_or_else(|| panic!("{post}"));
    let title = |result: &Value| result["filter"]["title"].as_str().unwrap().to_owned();
    results.iter().map(|one| (title(one), one["keyword_matches"].clone(), one["status_matches"].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_say_which_filters_they_match() {
    let world = World::start(["acme.test", "globex.test"]).await;
    let (acme, globex) = (world.instance("acme.test"), world.instance("globex.test"));
    let (ada, cleo, ben) = (acme.register("ada").await, acme.register("cleo").await, globex.register("ben").await);
    ada.follow("@ben@globex.test").await;
    ada.follow("@cleo").await;
    world.settle().await;
    let filter = make(
        &ada,
        json!({
            "title": "Sport", "context": ["notifications"], "filter_action": "hide", "expires_in": 3600,
            "keywords_attributes": [{"keyword": "Foot", "whole_word": false}, {"keyword": "golf"}],
        }),
    )
    .await;
    for text in ["I like FOOTBALL and golf", "golfing"] {
        ben.post_status(text).await;
    }
    ben.post_status_with(json!({"status": "Inside", "spoiler_text": "About golf"})).await;
    world.settle().await;
    let home = ada.home().await;
    assert_eq!(home.len(), 3, "what is hidden is for the client to leave out: {home:?}");
    // In the order in which the filter has them; whatever its contexts, which the client knows.
    assert_eq!(matches(&home[2]), [("Sport".into(), json!(["Foot", "golf"]), Value::Null)]);
    assert_eq!(matches(&home[1]), []);
    assert_eq!(matches(&home[0]), [("Sport".into(), json!(["golf"]), Value::Null)]);
    let mut bare = filter.clone();
    bare.as_object_mut().unwrap().retain(|field, _| field != "keywords" && field != "statuses");
    assert_eq!(home[2]["filtered"][0]["filter"], bare);

    // Everywhere, and to nobody else.
    let (football, golfing) = (id(&home[2]), id(&home[1]));
    for path in ["/api/v1/timelines/public", &format!("/api/v1/accounts/{}/statuses", id(&home[0]["account"]))] {
        let found = ada.get(path).await.expect(200);
        assert_eq!(
            matches(found.list().iter().find(|post| post["id"] == football.as_str()).unwrap()).len(),
            1,
            "{path}"
        );
        let found = cleo.get(path).await.expect(200);
        assert!(found.list().iter().all(|post| post["filtered"] == json!([])), "{path}");
        assert!(acme.get(path).await.expect(200).list().iter().all(|post| post["filtered"].is_null()));
    }
    assert_eq!(matches(&ada.get(&format!("/api/v1/statuses/{football}")).await.expect(200).json).len(), 1);

    // A boost matches what its post matches, and a post that is named.
    let named = make(&ada, json!({"title": "Named", "context": ["home"]})).await;
    let path = format!("/api/v2/filters/{}/statuses", id(&named));
    ada.post(&path, json!({"status_id": golfing})).await.expect(200);
    for post in [&football, &golfing] {
        cleo.post(&format!("/api/v1/statuses/{post}/reblog"), json!({})).await.expect(200);
    }
    let boosts = ada.get(&format!("/api/v1/accounts/{}/statuses", cleo.id())).await.expect(200);
    let expected = [("Named".to_owned(), Value::Null, json!([golfing]))];
    assert_eq!((matches(&boosts[0]), matches(&boosts[0]["reblog"])), (expected.to_vec(), expected.to_vec()));
    let expected = [("Sport".to_owned(), json!(["Foot", "golf"]), Value::Null)];
    assert_eq!((matches(&boosts[1]), matches(&boosts[1]["reblog"])), (expected.to_vec(), expected.to_vec()));

    // What changes shows at once; what has ended is over.
    let keyword = format!("/api/v2/filters/keywords/{}", filter["keywords"][1]["id"].as_str().unwrap());
    ada.put(&keyword, json!({"whole_word": false})).await.expect(200);
    let post = ada.get(&format!("/api/v1/statuses/{golfing}")).await.expect(200).json;
    assert_eq!(matches(&post).len(), 2);
    world.clock.advance(TimeDelta::hours(2));
    let post = ada.get(&format!("/api/v1/statuses/{golfing}")).await.expect(200).json;
    assert_eq!(matches(&post), [("Named".to_owned(), Value::Null, json!([golfing]))]);
    assert_eq!(ada.get("/api/v2/filters").await.expect(200).list().len(), 2);
    world.finish().await;
}
