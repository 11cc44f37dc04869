//! Who may quote a post: said where it is written, and where it is edited.

use serde_json::{Value, json};

use crate::support::{Browser, Person, World};

async fn policy(person: &Person, location: &str) -> Value {
    let id = location.rsplit('/').next().unwrap();
    person.get(&format!("/api/v1/statuses/{id}")).await.expect(200)["quote_approval"]["automatic"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_quote_is_chosen_for_each_post() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ada).await;
    let settings = browser.get("/settings/posting").await.expect(200);
    let usual = [("visibility", "public"), ("language", "en"), ("quote_policy", "followers")];
    browser.submit(&settings, "/settings/posting", &usual).await.expect(303);
    let form = browser.get("/compose").await.expect(200);
    assert!(form.body.contains("<option value=\"followers\" selected>Your followers"), "{}", form.body);
    let send = async |quotes: &str, audience: &str| {
        let typed = [("text", "Mine"), ("audience", audience), ("quotes", quotes), ("do", "send")];
        let page = browser.get("/compose").await.expect(200);
        browser.submit(&page, "/compose", &typed).await.expect(303).header("location").to_owned()
    };
    assert_eq!(policy(&ada, &send("", "public").await).await, json!(["followers"]), "as usual");
    assert_eq!(policy(&ada, &send("nobody", "public").await).await, json!([]));
    assert_eq!(policy(&ada, &send("public", "private").await).await, json!([]), "the audience goes before");
    let open = send("public", "public").await;
    assert_eq!(policy(&ada, &open).await, json!(["public"]));
    let typed = [("text", "Kept"), ("quotes", "everybody"), ("do", "send")];
    let wrong = browser.submit(&form, "/compose", &typed).await.expect(422);
    assert!(wrong.body.contains("id=\"quotes-why\"") && wrong.body.contains("\nKept</textarea>"), "{}", wrong.body);
    // As it was, and as it is to be; that alone is no edit.
    let edit = format!("{open}/edit");
    let form = browser.get(&edit).await.expect(200);
    assert!(form.body.contains("<option value=\"public\" selected>Everyone"), "{}", form.body);
    browser.submit(&form, &edit, &[("text", "Mine"), ("quotes", "nobody"), ("do", "send")]).await.expect(303);
    assert_eq!(policy(&ada, &open).await, json!([]));
    let id = open.rsplit('/').next().unwrap();
    assert_eq!(ada.get(&format!("/api/v1/statuses/{id}")).await.expect(200)["edited_at"], json!(null));
    let theirs = Browser::of(&ben).await.get(&open).await.expect(200);
    assert!(!theirs.body.contains("/compose?quote="), "nobody else is offered to quote it");
    // A form that says nothing of it leaves it.
    browser.submit(&form, &edit, &[("text", "Still mine"), ("do", "send")]).await.expect(303);
    assert_eq!(policy(&ada, &open).await, json!([]));
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_where_nobody_else_may_quote_in_any_case() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    for (visibility, asked) in [("public", true), ("unlisted", true), ("private", false), ("direct", false)] {
        let post = ada.post_status_with(json!({"status": "Mine", "visibility": visibility})).await;
        let id = post["id"].as_str().unwrap();
        for path in [format!("/compose?reply={id}"), format!("/@ada/{id}/edit")] {
            let form = browser.get(&path).await.expect(200);
            assert_eq!(form.body.contains("name=\"quotes\""), asked, "{visibility}: {path}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_results_of_a_poll_are_hidden_until_its_end() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let typed = [("text", "Where?"), ("poll", "Here"), ("poll", "There"), ("poll_hidden", "true"), ("do", "send")];
    let sent = browser.submit(&form, "/compose", &typed).await.expect(303).header("location").to_owned();
    let id = sent.rsplit('/').next().unwrap();
    let results = async || ada.get(&format!("/api/v1/statuses/{id}")).await.expect(200)["poll"]["options"].clone();
    assert!(results().await[0]["votes_count"].is_null());
    let of_ben = async || ben.get(&format!("/api/v1/statuses/{id}")).await.expect(200)["poll"]["options"].clone();
    assert!(of_ben().await[0]["votes_count"].is_null());
    let edit = format!("{sent}/edit");
    let form = browser.get(&edit).await.expect(200);
    assert!(form.body.contains("name=\"poll_hidden\" value=\"true\" checked"), "{}", form.body);
    let again = [("text", "Where?"), ("poll", "Here"), ("poll", "There"), ("poll_seconds", "keep"), ("do", "send")];
    browser.submit(&form, &edit, &again).await.expect(303);
    assert_eq!(results().await[0]["votes_count"], json!(0), "it is shown to its author from now on");
    assert!(of_ben().await[0]["votes_count"].is_null());
    world.advance(chrono::TimeDelta::days(2)).await;
    world.finish().await;
}
