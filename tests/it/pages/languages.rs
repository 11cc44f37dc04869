//! Pages, letters and notifications in more than one language.

use serde_json::json;

use crate::support::{Browser, Mailbox, PASSWORD, World};

/// The page is in this language, and says so.
fn is_in(page: &str, language: &str, words: &str) {
    assert!(page.contains(&format!("<html lang=\"{language}\"")) && page.contains(words), "{language}: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_reads_what_their_browser_asks_for_else_the_usual_language() {
    let german = |config: &mut pollen::config::Config| config.instance.languages = vec!["de".into(), "en".into()];
    let world = World::builder().instance("acme.test").instance("globex.test").configure(german).start().await;
    let acme = world.instance("acme.test");
    for (wished, language, words) in [
        (Some("de-AT,de;q=0.9,en;q=0.5"), "de", "Anmelden"),
        (Some("en;q=0.4, de;q=0.8"), "de", "Anmelden"),
        (Some("en-GB, de;q=0.8"), "en", "Sign in"),
        (Some("de;q=0, en"), "en", "Sign in"),
        (Some("fr"), "de", "Anmelden"),
        (None, "de", "Anmelden"),
    ] {
        let mut browser = Browser::new(acme);
        browser.language = wished;
        is_in(&browser.get("/about").await.expect(200).body, language, words);
        let missing = browser.get("/nowhere").await.expect(404);
        is_in(&missing.body, language, if language == "de" { "Hier ist nichts" } else { "There is nothing here" });
        assert!(missing.header("vary").contains("Accept-Language"));
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_of_the_settings_counts_more_than_the_browser() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let mut browser = Browser::new(acme);
    browser.language = Some("en");
    browser.sign_up("ada").await;
    let path = "/settings/appearance";
    let page = browser.get(path).await.expect(200);
    is_in(&page.body, "en", "Appearance and language");
    // Each language by its own name.
    assert!(page.body.contains(">English</option>") && page.body.contains(">Deutsch</option>"), "{}", page.body);
    let typed = [
        ("theme", "system"),
        ("text_size", "normal"),
        ("motion", "system"),
        ("language", "de"),
        ("time_zone", "Europe/Vienna"),
    ];
    browser.submit(&page, path, &typed).await.expect(303);
    let page = browser.get(path).await.expect(200);
    is_in(&page.body, "de", "Aussehen und Sprache");
    assert!(page.body.contains(" MEZ") || page.body.contains(" MESZ"), "times are the reader's: {}", page.body);
    is_in(&browser.get("/nowhere").await.expect(404).body, "de", "Hier ist nichts");
    // Also where something goes wrong.
    is_in(&browser.post(path, &[("token", "x")]).await.expect(422).body, "de", "Das hat nicht funktioniert");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_in_the_readers_language_and_to_programs_in_english() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let mut browser = Browser::of(&ada).await;
    browser.language = Some("de");
    let page = browser.get("/settings/profile").await.expect(200);
    let long = "x".repeat(101);
    let wrong = browser.submit(&page, "/settings/profile", &[("display_name", &long)]).await.expect(422);
    assert!(wrong.body.contains("Das darf höchstens 100 Zeichen haben."), "{}", wrong.body);
    browser.language = Some("en");
    let wrong = browser.submit(&page, "/settings/profile", &[("display_name", &long)]).await.expect(422);
    assert!(wrong.body.contains("This can have at most 100 characters."), "{}", wrong.body);
    let refused = ada.patch("/api/v1/accounts/update_credentials", json!({"display_name": long})).await.expect(422);
    assert_eq!(refused.text("error"), "Validation failed: display_name can have at most 100 characters");
    // With several values; and as a whole.
    browser.language = Some("de");
    let page = browser.get("/compose").await.expect(200);
    let typed = [("text", "Was nun?"), ("poll", "Eine")];
    let wrong = browser.submit(&page, "/compose", &typed).await.expect(422);
    assert!(wrong.body.contains("Antworten zur Auswahl; hier sind es 1."), "{}", wrong.body);
    let wrong = browser.submit(&page, "/compose", &[("text", "  ")]).await.expect(422);
    assert!(wrong.body.contains("Schreiben Sie zuerst etwas"), "{}", wrong.body);
    let page = browser.get("/settings/account").await.expect(200);
    let own = [("alias", "ada@acme.test")];
    let wrong = browser.submit(&page, "/settings/account/aliases", &own).await.expect(422);
    assert!(wrong.body.contains("Das ist das Konto, das Sie gerade verwenden."), "{}", wrong.body);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_and_several_people_are_told_of_rightly() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben, cyd) = (acme.register("ada").await, acme.register("ben").await, acme.register("cyd").await);
    let mut browser = Browser::of(&ada).await;
    browser.language = Some("de");
    let post = ada.post_status("Hallo").await;
    let favourite = format!("/api/v1/statuses/{}/favourite", post["id"].as_str().unwrap());
    let page = |body: &str| body.split_whitespace().collect::<Vec<_>>().join(" ");
    ben.post(&favourite, json!({})).await.expect(200);
    world.settle().await;
    let one = page(&browser.get("/notifications").await.expect(200).body);
    assert!(one.contains("ben hat Ihren Beitrag favorisiert"), "{one}");
    cyd.post(&favourite, json!({})).await.expect(200);
    world.settle().await;
    let two = page(&browser.get("/notifications").await.expect(200).body);
    assert!(two.contains("cyd und ben haben Ihren Beitrag favorisiert"), "{two}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_and_notifications_are_in_the_language_of_whom_they_are_for() {
    let mailbox = Mailbox::open();
    let world = World::builder().instance("acme.test").configure(mailbox.configure()).start().await;
    let acme = world.instance("acme.test");
    let mut browser = Browser::new(acme);
    browser.language = Some("de");
    let page = browser.get("/auth/sign_up").await.expect(200);
    let typed = [("username", "ada"), ("email", "ada@people.test"), ("password", PASSWORD), ("agreement", "on")];
    let waits = browser.submit(&page, "/auth/sign_up", &typed).await.expect(200);
    is_in(&waits.body, "de", "Sehen Sie in Ihre E-Mails");
    world.settle().await;
    let letter = mailbox.one();
    assert!(letter.text().contains("Guten Tag ada@acme.test"), "{}", letter.text());
    let page = browser.get(&letter.link()).await.expect(200);
    browser.submit(&page, &letter.link(), &[]).await.expect(303);
    // In a browser that asks for another language; it is new, which is worth a letter.
    let mut other = Browser::new(acme);
    other.language = Some("en");
    browser.sign_in("ada", PASSWORD).await.expect(303);
    other.sign_in("ada", PASSWORD).await.expect(303);
    world.settle().await;
    let letters = mailbox.take();
    assert!(!letters.is_empty() && letters.iter().all(|letter| letter.text().contains("Das war am ")));
    // Who chooses another language for the pages is written to in that.
    let page = other.get("/settings/appearance").await.expect(200);
    let typed =
        [("theme", "system"), ("text_size", "normal"), ("motion", "system"), ("language", "en"), ("time_zone", "")];
    other.submit(&page, "/settings/appearance", &typed).await.expect(303);
    assert_eq!(acme.count("SELECT count(*) FROM users WHERE locale = 'en'").await, 1, "devices are told in it, too");
    other.submit(&other.get("/auth/reset").await.expect(200), "/auth/reset", &[("email", "ada@people.test")]).await;
    world.settle().await;
    assert!(mailbox.one().text().starts_with("Hello ada@acme.test,"));
    world.finish().await;
}
