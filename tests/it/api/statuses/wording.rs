//! What clients say in their own ways is understood as Mastodon understands it.

use serde_json::{Value, json};

use crate::support::{World, plain};

#[tokio::test(flavor = "multi_thread")]
async fn a_language_is_read_as_far_as_it_is_one() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    let language =
        async |said: Value| ada.post_status_with(json!({"status": "x", "language": said})).await["language"].clone();
    for (said, read) in [
        (json!("zh-YUE"), json!("zh-YUE")),
        (json!("en_US"), json!("en-US")),
        (json!("de-x-dialect"), json!("de")),
        (json!("not a language"), json!(null)),
        (json!(""), json!(null)),
    ] {
        assert_eq!(language(said.clone()).await, read, "{said}");
    }
    ada.patch("/api/v1/accounts/update_credentials", json!({"source": {"language": "fr"}})).await.expect(200);
    for (said, read) in [("not a language", "fr"), ("", "fr"), ("pt_BR", "pt-BR")] {
        assert_eq!(language(json!(said)).await, read, "{said}");
    }
    let post = ada.post_status_with(json!({"status": "x", "language": "de"})).await;
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    for (said, read) in [("??", "de"), ("en_GB", "en-GB")] {
        let edited = ada.put(&path, json!({"status": "y", "language": said})).await.expect(200);
        assert_eq!(edited["language"], read, "{said}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_of_nothing_is_the_text() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let is_said = |post: &Value, text: &str| {
        assert_eq!(plain(post["content"].as_str().unwrap()), text);
        assert_eq!((&post["spoiler_text"], &post["sensitive"]), (&json!(""), &json!(true)), "{post:#}");
    };
    let post = ada.post_status_with(json!({"spoiler_text": " Only a warning, @ben ", "status": " "})).await;
    is_said(&post, "Only a warning, @ben");
    assert_eq!(post["mentions"][0]["acct"], "ben");
    assert_eq!(ben.get("/api/v1/notifications").await.expect(200).list().len(), 1);
    let path = format!("/api/v1/statuses/{}", post["id"].as_str().unwrap());
    let edited = ada.put(&path, json!({"status": "", "spoiler_text": "Another"})).await.expect(200);
    is_said(&edited.json, "Another");
    let both = ada.put(&path, json!({"status": "Text", "spoiler_text": "Warning"})).await.expect(200);
    assert_eq!((plain(both["content"].as_str().unwrap()), &both["spoiler_text"]), ("Text".into(), &json!("Warning")));
    world.finish().await;
}
