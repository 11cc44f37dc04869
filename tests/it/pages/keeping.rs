//! What somebody typed stays, whatever happens: drafts, a session that ended, posts that went, forms that are sent twice or too late; and
//! what was refused is said with its reason.

use serde_json::json;

use super::admin::staff;
use crate::support::media::png;
use crate::support::{Answer, Browser, Part, World, hidden_fields};

fn hidden(page: &Answer, action: &str, name: &str) -> String {
    hidden_fields(&page.body, action).into_iter().find(|(known, _)| known == name).unwrap().1
}

/// What is being written is kept by the script under a name that says for whom it is, and forgotten where a cookie says that it was sent.
#[tokio::test(flavor = "multi_thread")]
async fn drafts_of_different_audiences_are_apart_and_what_was_sent_is_said() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let (browser, other) = (Browser::of(&ada).await, Browser::of(&ben).await);
    let id = ada.post_status("Hello").await["id"].as_str().unwrap().to_owned();
    let name = |page: &Answer| {
        let name = hidden(page, "/compose", "draft");
        assert!(page.body.contains(&format!("data-draft=\"{}\"", name.replace('&', "&#38;"))), "{name}: {}", page.body);
        name
    };
    let [reply, quote] = ["reply", "quote"].map(|what| format!("/compose?{what}={id}"));
    let pages = [
        "/compose",
        "/compose?audience=direct",
        "/compose?to=ben&audience=direct",
        "/compose?to=cy&audience=direct",
        "/compose?text=Look",
        "/compose?text=There",
        &reply,
        &quote,
    ];
    let mut names = std::collections::BTreeSet::new();
    for path in pages {
        let page = browser.get(path).await.expect(200);
        let asked = page.body.contains(" data-asked>");
        assert_eq!(asked, path.contains("to=") || path.contains("audience=") || path.contains("text="), "{path}");
        names.insert(name(&page));
    }
    assert_eq!(names.len(), pages.len(), "{names:?}");
    assert!(names.contains(&name(&browser.get("/").await.expect(200))), "home and /compose have one");
    assert!(!names.contains(&name(&other.get("/").await.expect(200))), "nobody finds somebody else's");
    // The name stays when the form is shown again, and is said when it was sent.
    let form = browser.get("/compose?to=ben&audience=direct").await.expect(200);
    let said = |answer: &Answer| answer.header("set-cookie").to_owned();
    let again = browser.submit(&form, "/compose", &[("text", ""), ("do", "send")]).await.expect(422);
    assert_eq!((name(&again), said(&again).as_str()), (name(&form), ""));
    let typed = [("text", "@ben Psst"), ("audience", "direct"), ("do", "send")];
    let sent = said(&browser.submit(&again, "/compose", &typed).await.expect(303));
    assert!(sent.contains(&format!("={};", name(&form))) && !sent.contains("HttpOnly"), "{sent}");
    // Nothing but a name is put into it.
    let typed = [("text", "@ben Psst"), ("audience", "direct"), ("do", "send"), ("draft", "x; Domain=evil.example")];
    let form = browser.get("/compose").await.expect(200);
    assert_eq!(said(&browser.submit(&form, "/compose", &typed).await.expect(303)), "");
    let edit = format!("/@ada/{id}/edit");
    let form = browser.get(&edit).await.expect(200);
    let sent = said(&browser.submit(&form, &edit, &[("text", "Hello there"), ("kind", "plain")]).await.expect(303));
    assert!(sent.contains(&format!("edit={id};")), "{sent}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_answers_or_quotes_a_post_that_went_can_still_be_sent() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ben).await;
    for what in ["reply", "quote"] {
        let post = ada.post_status("Soon gone").await["id"].as_str().unwrap().to_owned();
        let form = browser.get(&format!("/compose?{what}={post}")).await.expect(200);
        ada.delete(&format!("/api/v1/statuses/{post}")).await.expect(200);
        let typed = [("text", "A long answer"), ("audience", "private"), ("warning", "Long"), ("do", "send")];
        let before = acme.count("SELECT count(*) FROM statuses").await;
        let mut shown = browser.submit(&form, "/compose", &typed).await.expect(422);
        for part in
            ["\nA long answer</textarea>", "value=\"direct\" checked", "value=\"Long\"", "is not there any more"]
        {
            assert!(shown.body.contains(part), "{part} is not in {}", shown.body);
        }
        assert_eq!(acme.count("SELECT count(*) FROM statuses").await, before);
        assert_eq!(
            (hidden(&shown, "/compose", what), hidden(&shown, "/compose", "draft")),
            (String::new(), hidden(&form, "/compose", "draft"))
        );
        // Also where it was only to be looked at, or came too late.
        shown = browser.submit(&form, "/compose", &[&typed[..3], &[("do", "more")]].concat()).await.expect(422);
        let fields = [&typed[..], &[("token", "old"), (what, &post)]].concat();
        let late = browser.post("/compose", &fields).await.expect(422);
        assert!(late.body.contains("A long answer"), "{}", late.body);
        let sent = browser.submit(&shown, "/compose", &typed).await.expect(303);
        let id = sent.header("location").rsplit('/').next().unwrap().to_owned();
        let entity = ben.get(&format!("/api/v1/statuses/{id}")).await.expect(200);
        assert_eq!((&entity["visibility"], &entity["in_reply_to_id"]), (&json!("private"), &json!(null)));
    }
    // Nobody gets a form for what they cannot see.
    browser.get("/compose?reply=1").await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_out_meanwhile_signs_in_and_goes_on() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    browser.sign_up("ada").await;
    let origin = acme.app.origin.clone();
    let sign_in = |answer: &Answer| hidden(answer, "/auth/sign_in", "return_to");
    let stranger = Browser::new(acme);
    for (path, draft, before, expected) in [
        ("/compose", "1/to=ben&audience=direct", "", "/compose?to=ben&audience=direct"),
        ("/compose", "1/to=ben&audience=direct", "/compose", "/compose?to=ben&audience=direct"),
        ("/compose", "1/reply=5", "/@ada/5?x=1", "/@ada/5?x=1"),
        ("/compose", "1/text=abc", "", "/compose"),
        ("/compose", "//evil.example", "", "/compose?/evil.example"),
        ("/@ada/1/edit", "1/edit=1", "/@ada/1/edit", "/@ada/1/edit"),
    ] {
        let typed = [("token", "old"), ("text", "Dear <to> me"), ("draft", draft), ("do", "send")];
        let referer = format!("{origin}{before}");
        let mut headers = vec![("origin", origin.as_str())];
        if !before.is_empty() {
            headers.push(("referer", &referer));
        }
        let answer = stranger.send(reqwest::Method::POST, path, Some(&typed), &headers).await.expect(401);
        assert!(answer.body.contains("\nDear &#60;to&#62; me</textarea>"), "{}", answer.body);
        assert_eq!(sign_in(&answer), expected, "{path} {draft} {before}");
        // What another site sends is not shown.
        let theirs = [("origin", "https://evil.example"), ("referer", "https://evil.example/x")];
        let answer = stranger.send(reqwest::Method::POST, path, Some(&typed), &theirs).await.expect(401);
        assert!(!answer.body.contains("Dear"), "{}", answer.body);
        assert!(!sign_in(&answer).contains("evil.example/x"));
    }
    // Other forms lead back to where they were, too, and say that nothing came of them.
    let referer = format!("{origin}/tags/rust?max_id=5");
    let headers = [("origin", origin.as_str()), ("referer", &referer)];
    let form = [("token", "old"), ("do", "favourite")];
    let mut answer = stranger.get("/auth/sign_in").await.expect(200);
    for path in ["/posts/1", "/posts/1/vote", "/blocked_servers"] {
        answer = stranger.send(reqwest::Method::POST, path, Some(&form), &headers).await.expect(401);
        assert!(answer.body.contains("You are not signed in any more"), "{path}: {}", answer.body);
        assert_eq!(sign_in(&answer), "/tags/rust?max_id=5", "{path}");
    }
    let typed = [("login", "ada"), ("password", crate::support::PASSWORD)];
    let back = stranger.submit(&answer, "/auth/sign_in", &typed).await.expect(303);
    assert_eq!(back.header("location"), "/tags/rust?max_id=5");
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_files_makes_one_post_also_when_it_is_sent_twice() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let typed = [("text", "Look"), ("do", "send")];
    let asked = browser.submit_files(&form, "/compose", &typed, &[Part::file("file1", png(8, 8))]).await.expect(422);
    let typed = [("text", "Look"), ("media_alt", "A dot"), ("do", "send")];
    let sent = browser.submit_files(&asked, "/compose", &typed, &[]).await.expect(303);
    let again = browser.submit_files(&asked, "/compose", &typed, &[]).await.expect(303);
    assert_eq!(sent.header("location"), again.header("location"));
    // Whoever goes back in the browser and writes something else into the same form sends that, too.
    let other = browser.submit(&form, "/compose", &[("text", "Look at this"), ("do", "send")]).await.expect(303);
    assert_ne!(other.header("location"), again.header("location"));
    let at = (world.clock.now() + chrono::TimeDelta::hours(30)).format("%Y-%m-%dT%H:%M").to_string();
    let form = browser.get("/compose").await.expect(200);
    let typed = [("text", "Later"), ("do", "send")];
    let asked = browser.submit_files(&form, "/compose", &typed, &[Part::file("file1", png(8, 8))]).await.expect(422);
    let later = [("text", "Later"), ("at", at.as_str()), ("media_alt", "A dot"), ("do", "later")];
    for _ in 0..2 {
        let kept = browser.submit_files(&asked, "/compose", &later, &[]).await.expect(303);
        assert_eq!(kept.header("location"), "/scheduled");
    }
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 2);
    assert_eq!(acme.count("SELECT count(*) FROM scheduled_statuses").await, 1);
    world.advance(chrono::TimeDelta::days(3)).await;
    world.finish().await;
}

/// What is wrong is named above the form, with a link to the field.
#[tokio::test(flavor = "multi_thread")]
async fn the_summary_leads_to_the_field() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let link = regex::Regex::new("<li><a href=\"#([a-z]+)\">").unwrap();
    let file = |bytes: Vec<u8>| vec![Part::file("file1", bytes)];
    for (typed, files, field) in [
        (("poll", "One"), vec![], "poll"),
        (("audience", "nobody"), vec![], "audience"),
        (("kind", "novel"), vec![], "kind"),
        (("quotes", "some"), vec![], "quotes"),
        (("at", "tomorrow"), vec![], "at"),
        (("alt", ""), file(png(8, 8)), "undescribed"),
        (("alt", ""), file(b"no picture".to_vec()), "file"),
    ] {
        let act = if field == "at" { "later" } else { "send" };
        let typed = [("text", "Hello"), typed, ("do", act)];
        let shown = browser.submit_files(&form, "/compose", &typed, &files).await.expect(422);
        let found = link.captures(&shown.body).map(|found| found[1].to_owned());
        assert_eq!(found.as_deref(), Some(field), "{}", shown.body);
        assert_eq!(shown.body.matches(&format!(" id=\"{field}\"")).count(), 1, "{field}: {}", shown.body);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_texts_stay_when_a_form_was_open_for_too_long() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (_, owner) = staff(acme, "olga", "owner").await;
    let eve = acme.register("eve").await;
    let report = json!({"account_id": eve.id(), "comment": "loud"});
    let report = acme.register("ada").await.post("/api/v1/reports", report).await.expect(200);
    let note = format!("/admin/reports/{}", report.text("id"));
    let note = (format!("{note}/note"), note, "text");
    let form = |path: &str, field: &'static str| (path.to_owned(), path.to_owned(), field);
    owner.get("/").await.expect(200);
    let before = acme.fingerprint().await;
    for (path, page, field) in [
        form("/settings/profile", "note"),
        form("/settings/filters/new", "title"),
        form("/admin/instance", "privacy_policy"),
        form("/admin/rules", "rules"),
        form("/admin/announcements", "text"),
        form("/@eve/report", "comment"),
        note,
    ] {
        let typed = [(field, "What was dear to me"), ("token", "old")];
        let shown = owner.post(&path, &typed).await.expect(422);
        assert!(shown.body.contains("What was dear to me") && shown.body.contains("open for too long"), "{path}");
        let fresh = hidden(&owner.get(&page).await.expect(200), &path, "token");
        assert_eq!(hidden(&shown, &path, "token"), fresh, "{path} can be sent now");
        // Of another site it is not shown as if it were one's own.
        let theirs = [("origin", "https://evil.example")];
        let refused = owner.send(reqwest::Method::POST, &path, Some(&typed), &theirs).await.expect(422);
        assert!(!refused.body.contains("dear to me"), "{path}");
    }
    assert_eq!(acme.fingerprint().await, before);
    world.finish().await;
}

/// Whoever is signed in is told so on pages of errors, too, and why something cannot be done.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_said_with_its_reason() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let mut browser = Browser::of(&ada).await;
    let mut last = String::new();
    for number in 0..6 {
        last = ada.post_status(&format!("Post {number}")).await["id"].as_str().unwrap().to_owned();
        if number < 5 {
            ada.post(&format!("/api/v1/statuses/{last}/pin"), json!({})).await.expect(200);
        }
    }
    let page = browser.get(&format!("/@ada/{last}")).await.expect(200);
    for (language, why) in [
        ("en", "You show as many posts first as there may be. Take one down."),
        ("de", "Mehr Beiträge lassen sich nicht anheften. Lösen Sie zuerst einen."),
    ] {
        browser.language = Some(language);
        let refused = browser.submit(&page, &format!("/posts/{last}"), &[("do", "pin")]).await.expect(422);
        assert!(refused.body.contains(why) && refused.body.contains("<nav class=\"side\""), "{}", refused.body);
        assert!(refused.body.contains("action=\"/auth/sign_out\""), "{}", refused.body);
        assert!(!refused.body.contains("open for too long") && !refused.body.contains("lange geöffnet"));
    }
    browser.language = None;
    for number in 0..11 {
        let path = format!("/tags/topic{number}");
        let topic = browser.get(&path).await.expect(200);
        let status = if number < 10 { 303 } else { 422 };
        let answer = browser.submit(&topic, &format!("{path}/feature"), &[]).await.expect(status);
        assert_eq!(
            answer.body.contains("You can show at most 10 topics on your page."),
            number == 10,
            "{}",
            answer.body
        );
    }
    // What has no reason in words is as it was.
    let stale = browser.post(&format!("/posts/{last}"), &[("do", "pin"), ("token", "old")]).await.expect(422);
    assert!(stale.body.contains("The page was open for too long"), "{}", stale.body);
    let nothing = browser.get("/nowhere").await.expect(404);
    assert!(nothing.body.contains("<nav class=\"side\"") && !nothing.body.contains("sign in and try again"));
    let stranger = Browser::new(acme).get("/nowhere").await.expect(404);
    assert!(!stranger.body.contains("<nav class=\"side\"") && stranger.body.contains("sign in and try again"));
    world.finish().await;
}
