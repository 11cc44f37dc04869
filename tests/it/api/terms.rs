//! Terms of service that are to change.

use chrono::{Days, TimeDelta};
use serde_json::json;

use super::reports::staff;
use crate::support::{Browser, World};

#[tokio::test(flavor = "multi_thread")]
async fn terms_that_change_can_be_read_before_they_do() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ruth = staff(acme, "ruth", "admin").await;
    let browser = Browser::of(&ruth).await;
    let today = acme.app.now().date_naive();
    let (before, soon) = (today - Days::new(30), today + Days::new(10));
    let page = browser.get("/admin/instance").await.expect(200);
    let form = async |next: &str, from: &str, status: u16| {
        let (before, path) = (before.to_string(), "/admin/instance");
        let rest = [("next_terms_of_service", next), ("next_terms_effective_date", from)];
        let typed = [("title", "Acme"), ("registrations", "open"), ("terms_of_service", "Be *kind*.")];
        let typed: Vec<_> = typed.into_iter().chain([("terms_effective_date", before.as_str())]).chain(rest).collect();
        browser.submit(&page, path, &typed).await.expect(status)
    };
    for (next, from) in [("Be kinder.", ""), ("", &*soon.to_string()), ("Be kinder.", &*before.to_string())] {
        let wrong = form(next, from, 422).await;
        assert!(wrong.body.contains("href=\"#next_terms_effective_date\""), "{}", wrong.body);
    }
    form("Be *kinder*.", &soon.to_string(), 303).await;
    let terms = "/api/v1/instance/terms_of_service";
    let read = async |path: &str| {
        let told = acme.get(path).await.expect(200);
        let facts = ["effective_date", "effective", "succeeded_by"].map(|name| told[name].clone());
        (told.text("content"), facts)
    };
    let now = ("<p>Be <em>kind</em>.</p>".to_owned(), [json!(before), json!(true), json!(soon)]);
    let later =
        |effective: bool| ("<p>Be <em>kinder</em>.</p>".to_owned(), [json!(soon), json!(effective), json!(null)]);
    assert_eq!(read(terms).await, now);
    assert_eq!(read(&format!("{terms}/{before}")).await, now);
    assert_eq!(read(&format!("{terms}/{soon}")).await, later(false));
    let page = acme.get("/terms-of-service").await.expect(200).body;
    assert!(page.find("<em>kind</em>") < page.find("<h1>From "), "{page}");
    assert!(page.find("<h1>From ") < page.find("<em>kinder</em>"), "{page}");
    // When the day has come, they hold.
    world.advance(TimeDelta::days(10)).await;
    assert_eq!(read(terms).await, later(true));
    assert_eq!(read(&format!("{terms}/{before}")).await, now);
    let page = acme.get("/terms-of-service").await.expect(200).body;
    assert!(page.contains("<em>kinder</em>") && !page.contains("<em>kind</em>"), "{page}");
    world.finish().await;
}
