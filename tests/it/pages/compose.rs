//! Writing, as pages: new posts, replies, quotes, for groups, with files; looking at it first; editing.

use serde_json::{Value, json};

use crate::support::media::png;
use crate::support::{Answer, Browser, Part, Person, World, plain};

/// The post to which an answer leads.
async fn posted(person: &Person, answer: &Answer) -> Value {
    let location = answer.header("location");
    let id = location.rsplit('/').next().unwrap();
    person.get(&format!("/api/v1/statuses/{id}")).await.expect(200).json
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_written_on_home_and_sent_once() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let home = browser.get("/").await.expect(200);
    let typed = [("text", "How do you test?"), ("kind", "question"), ("audience", "private"), ("do", "send")];
    let sent = browser.submit(&home, "/compose", &typed).await.expect(303);
    let again = browser.submit(&home, "/compose", &typed).await.expect(303);
    assert_eq!(sent.header("location"), again.header("location"), "one form makes one post");
    let post = posted(&ada, &sent).await;
    assert_eq!((&post["visibility"], &post["pollen"]["kind"]), (&json!("private"), &json!("question")));
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 1);
    let page = browser.get(sent.header("location")).await.expect(200);
    assert!(page.body.contains("How do you test?"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_stays_whatever_is_wrong_or_asked_for() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let long = "x".repeat(acme.app.config.posts.characters + 1);
    let typed = [("audience", "unlisted"), ("warning", "A \"warning\""), ("kind", "lesson"), ("poll", "Yes")];
    for (text, act, status, part) in [
        ("", "send", 422, "aria-describedby=\"text-why\""),
        (long.as_str(), "send", 422, "role=\"alert\""),
        ("Short", "send", 422, "id=\"poll-why\""),
        ("Short", "more", 200, "Short"),
    ] {
        let fields = [&typed[..], &[("text", text), ("do", act)]].concat();
        let page = browser.submit(&form, "/compose", &fields).await.expect(status);
        for part in [
            part,
            &format!("\n{text}</textarea>"),
            "name=\"audience\" value=\"unlisted\" checked",
            "value=\"A &#34;warning&#34;\"",
            "value=\"lesson\" selected",
            "name=\"poll\" value=\"Yes\"",
        ] {
            assert!(page.body.contains(part), "{part} is not in {}", page.body);
        }
    }
    let lost = browser.post("/compose", &[("token", "old"), ("text", "Dear to me")]).await.expect(422);
    assert!(lost.body.contains("Dear to me"));
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_looks_at_it_before_it_is_sent() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let typed = [("text", "**Bold** <script>"), ("markdown", "true"), ("audience", "public")];
    let shown = browser.submit(&form, "/compose", &[&typed[..], &[("do", "preview")]].concat()).await.expect(200);
    assert!(shown.body.contains("<strong>Bold</strong>") && !shown.body.contains("<script>"), "{}", shown.body);
    assert!(shown.body.contains("To: Everyone"), "the audience is named");
    assert_eq!(acme.count("SELECT count(*) FROM statuses").await, 0);
    let sent = browser.submit(&shown, "/compose", &[&typed[..], &[("do", "send")]].concat()).await.expect(303);
    let post = posted(&ada, &sent).await;
    assert!(post["content"].as_str().unwrap().contains("<strong>Bold</strong>"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_reaches_no_more_than_see_what_it_answers() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    acme.register("cara").await;
    let parent = ada.post_status_with(json!({"status": "Between us, @ben and @cara", "visibility": "unlisted"})).await;
    let id = parent["id"].as_str().unwrap();
    let browser = Browser::of(&ben).await;
    let form = browser.get(&format!("/compose?reply={id}")).await.expect(200);
    assert!(form.body.contains("Between us") && form.body.contains("\n@ada @cara </textarea>"), "{}", form.body);
    assert!(!form.body.contains("name=\"audience\" value=\"public\""));
    let typed = [("text", "@ada Yes"), ("audience", "public"), ("do", "send")];
    let sent = browser.submit(&form, "/compose", &typed).await.expect(303);
    let reply = posted(&ben, &sent).await;
    assert_eq!((&reply["visibility"], &reply["in_reply_to_id"]), (&json!("unlisted"), &json!(id)));
    // The form below the thread does the same.
    let page = browser.get(&format!("/@ada/{id}")).await.expect(200);
    let sent = browser.submit(&page, "/compose", &[("text", "And again"), ("do", "send")]).await.expect(303);
    assert_eq!(posted(&ben, &sent).await["in_reply_to_id"], id);
    let hidden = ada.post_status_with(json!({"status": "Psst", "visibility": "direct"})).await;
    browser.get(&format!("/compose?reply={}", hidden["id"].as_str().unwrap())).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_quoted_and_sent_to_a_group_by_its_name() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    ada.post("/api/pollen/v1/groups", json!({"username": "guild", "display_name": "The Guild"})).await.expect(200);
    let post = ada.post_status("Worth quoting").await["id"].as_str().unwrap().to_owned();
    let browser = Browser::of(&ben).await;
    let form = browser.get(&format!("/compose?quote={post}")).await.expect(200);
    assert!(form.body.contains("Worth quoting"));
    let sent = browser.submit(&form, "/compose", &[("text", "So true"), ("do", "send")]).await.expect(303);
    assert_eq!(posted(&ben, &sent).await["quote"]["quoted_status"]["id"], post);
    let outside = browser.get("/compose?group=guild").await.expect(200);
    assert!(outside.body.contains("you are not one yet"), "{}", outside.body);
    ben.follow("@guild@acme.test").await;
    let form = browser.get("/compose?group=guild").await.expect(200);
    assert!(!form.body.contains("you are not one yet"));
    assert!(form.body.contains("Send to The Guild") && form.body.contains("The Guild passes it on"), "{}", form.body);
    let sent = browser.submit(&form, "/compose", &[("text", "Hello all"), ("do", "send")]).await.expect(303);
    assert!(plain(posted(&ben, &sent).await["content"].as_str().unwrap()).contains("@guild"));
    world.settle().await;
    assert!(browser.get("/@guild").await.expect(200).body.contains("Hello all"));
    browser.get("/compose?group=ada").await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_along_and_are_asked_for_a_description() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let files = [Part::file("file1", png(8, 8)), Part::file("file3", png(9, 9))];
    let typed = [("text", "Look"), ("alt", "A dot"), ("alt", ""), ("alt", ""), ("alt", ""), ("do", "send")];
    let asked = browser.submit_files(&form, "/compose", &typed, &files).await.expect(422);
    assert!(asked.body.contains("id=\"undescribed-why\"") && asked.body.contains("name=\"media_alt\" value=\"A dot\""));
    assert_eq!(asked.body.matches("type=\"file\"").count(), 2, "two more have room");
    let typed = [("text", "Look"), ("media_alt", "A dot"), ("media_alt", "Another"), ("do", "send")];
    let sent = browser.submit_files(&asked, "/compose", &typed, &[]).await.expect(303);
    let post = posted(&ada, &sent).await;
    let described: Vec<&Value> =
        post["media_attachments"].as_array().unwrap().iter().map(|file| &file["description"]).collect();
    assert_eq!(described, [&json!("A dot"), &json!("Another")]);
    let nonsense = [Part::file("file1", b"no picture".as_slice())];
    let wrong = browser.submit_files(&form, "/compose", &[("text", "Kept"), ("do", "send")], &nonsense).await;
    assert!(wrong.expect(422).body.contains("\nKept</textarea>"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_post_is_edited_with_its_files() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ada).await;
    let form = browser.get("/compose").await.expect(200);
    let typed = [("text", "Draught"), ("alt", "A dot"), ("do", "send")];
    let sent = browser.submit_files(&form, "/compose", &typed, &[Part::file("file1", png(8, 8))]).await.expect(303);
    let path = format!("{}/edit", sent.header("location"));
    Browser::of(&ben).await.get(&path).await.expect(404);
    let form = browser.get(&path).await.expect(200);
    assert!(form.body.contains("\nDraught</textarea>") && form.body.contains("value=\"A dot\""), "{}", form.body);
    let typed = [("text", "Draft"), ("media_alt", "A small dot"), ("warning", "Spelling"), ("do", "send")];
    let done = browser.submit_files(&form, &path, &typed, &[]).await.expect(303);
    assert_eq!(done.header("location"), sent.header("location"));
    let post = posted(&ada, &sent).await;
    assert!(post["content"].as_str().unwrap().contains("Draft") && post["edited_at"].is_string());
    assert_eq!(post["media_attachments"][0]["description"], "A small dot");
    assert_eq!(post["spoiler_text"], "Spelling");
    let form = browser.get(&path).await.expect(200);
    let media = post["media_attachments"][0]["id"].as_str().unwrap();
    let typed = [("text", "Bare"), ("media_alt", "A small dot"), ("remove", media), ("do", "send")];
    browser.submit(&form, &path, &typed).await.expect(303);
    let post = posted(&ada, &sent).await;
    assert_eq!((&post["media_attachments"], &post["spoiler_text"]), (&json!([]), &json!("")));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_is_changed_with_its_post_and_voted_in_anew() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let draft =
        json!({"status": "Drink?", "poll": {"options": ["Tee", "Coffee"], "expires_in": 7200, "hide_totals": true}});
    let post = ada.post_status_with(draft).await;
    let (id, poll) = (post["id"].as_str().unwrap(), post["poll"]["id"].as_str().unwrap());
    let (path, poll) = (format!("/@ada/{id}/edit"), format!("/api/v1/polls/{poll}"));
    let browser = Browser::of(&ada).await;
    let vote = async || ben.post(&format!("{poll}/votes"), json!({"choices": [0]})).await.expect(200);
    vote().await;
    let form = browser.get(&path).await.expect(200);
    for part in
        ["name=\"poll\" value=\"Tee\"", "name=\"poll\" value=\"Coffee\"", "value=\"keep\" selected", "vote anew"]
    {
        assert!(form.body.contains(part), "{part} is not in {}", form.body);
    }
    let save = async |text: &'static str,
                      answers: [&'static str; 3],
                      length: &'static str,
                      more: &[(&'static str, &'static str)]| {
        let mut typed = vec![("text", text), ("poll_seconds", length), ("poll_hidden", "true"), ("do", "send")];
        typed.extend(answers.map(|answer| ("poll", answer)));
        typed.extend(more);
        browser.submit(&form, &path, &typed).await
    };
    let now = async || ben.get(&poll).await.expect(200).json;
    // Nothing of it is changed: the votes stand, and the end.
    save("What to drink?", ["Tee", "Coffee", ""], "keep", &[]).await.expect(303);
    let kept = now().await;
    assert_eq!((&kept["votes_count"], &kept["expires_at"]), (&json!(1), &post["poll"]["expires_at"]));
    // Only its end.
    save("What to drink?", ["Tee", "Coffee", ""], "259200", &[]).await.expect(303);
    let longer = now().await;
    assert_eq!((&longer["votes_count"], &longer["own_votes"]), (&json!(1), &json!([0])));
    assert_ne!(longer["expires_at"], kept["expires_at"]);
    // Its answers: everybody votes anew, until the same end.
    save("What to drink?", ["Tea", "Coffee", "Water"], "keep", &[("poll_multiple", "true")]).await.expect(303);
    let anew = now().await;
    let titles: Vec<&Value> = anew["options"].as_array().unwrap().iter().map(|option| &option["title"]).collect();
    assert_eq!(titles, [&json!("Tea"), &json!("Coffee"), &json!("Water")]);
    assert_eq!((&anew["votes_count"], &anew["own_votes"], &anew["multiple"]), (&json!(0), &json!([]), &json!(true)));
    let end = |poll: &Value| poll["expires_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!((end(&anew) - end(&longer)).abs() <= chrono::TimeDelta::seconds(5));
    assert!(anew["options"][0]["votes_count"].is_null(), "results stay hidden");
    // What cannot be stays in the form.
    let wrong = save("Kept", ["Tea", "", ""], "keep", &[]).await.expect(422);
    assert!(wrong.body.contains("id=\"poll-why\"") && wrong.body.contains("\nKept</textarea>"), "{}", wrong.body);
    world.advance(chrono::TimeDelta::days(4)).await;
    let over = browser.get(&path).await.expect(200);
    assert!(over.body.contains("value=\"keep\" selected>It has ended"), "{}", over.body);
    let wrong = save("Kept", ["Tea", "Milk", ""], "keep", &[("poll_multiple", "true")]).await.expect(422);
    assert!(wrong.body.contains("This poll is over"), "{}", wrong.body);
    save("After all", ["Tea", "Coffee", "Water"], "keep", &[("poll_multiple", "true")]).await.expect(303);
    // All of them empty: it goes.
    save("No more", ["", "", ""], "keep", &[]).await.expect(303);
    assert!(ben.get(&format!("/api/v1/statuses/{id}")).await.expect(200)["poll"].is_null());
    // A form without these fields leaves it as it is; one with answers makes one.
    browser
        .submit(&form, &path, &[("text", "Yes or no?"), ("poll", "Yes"), ("poll", "No"), ("do", "send")])
        .await
        .expect(303);
    browser.submit(&form, &path, &[("text", "Yes, or no?"), ("do", "send")]).await.expect(303);
    let entity = ben.get(&format!("/api/v1/statuses/{id}")).await.expect(200);
    assert_eq!(entity["poll"]["options"][1]["title"], "No");
    world.advance(chrono::TimeDelta::days(2)).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_waits_until_its_time_is_put_off_and_cancelled() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let browser = Browser::of(&ada).await;
    // In the writer's zone, which is two hours ahead in summer and one in winter.
    let zone = "INSERT INTO person_preferences (account_id, theme, text_size, motion, time_zone, updated_at) VALUES";
    acme.sql(&format!("{zone} ({}, 'system', 'normal', 'system', 'Europe/Vienna', now())", ada.id())).await;
    let there = |by: chrono::TimeDelta| {
        let at = (world.clock.now() + by).with_timezone(&chrono_tz::Europe::Vienna);
        at.format("%Y-%m-%dT%H:%M").to_string()
    };
    let form = browser.get("/compose").await.expect(200);
    assert!(form.body.contains("By the clock of Europe/Vienna"), "{}", form.body);
    let later = there(chrono::TimeDelta::hours(30));
    let typed =
        [("text", "Good\nmorning"), ("audience", "unlisted"), ("poll", "Tea"), ("poll", "Coffee"), ("do", "later")];
    let send = async |at: &str| browser.submit(&form, "/compose", &[&typed[..], &[("at", at)]].concat()).await;
    for at in ["", "tomorrow", &there(chrono::TimeDelta::minutes(2))] {
        let wrong = send(at).await.expect(422);
        assert!(
            wrong.body.contains("id=\"at-why\"") && wrong.body.contains("Good\nmorning</textarea>"),
            "{}",
            wrong.body
        );
    }
    assert_eq!(send(&later).await.expect(303).header("location"), "/scheduled");
    let first = ada.get("/api/v1/scheduled_statuses").await.expect(200)[0].clone();
    let at: chrono::DateTime<chrono::Utc> = first["scheduled_at"].as_str().unwrap().parse().unwrap();
    assert!((at - world.clock.now() - chrono::TimeDelta::hours(30)).abs() <= chrono::TimeDelta::minutes(1), "{at}");
    let page = browser.get("/scheduled").await.expect(200);
    for part in
        ["Good\nmorning", "Everyone, but quietly", "<li dir=\"auto\">Coffee</li>", &format!("value=\"{later}\"")]
    {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    let action = format!("/scheduled/{}", first["id"].as_str().unwrap());
    // Nobody else's.
    let other = Browser::of(&ben).await;
    let theirs = other.get("/scheduled").await.expect(200);
    assert!(!theirs.body.contains("morning") && theirs.body.contains("Nothing waits"));
    let token = crate::support::hidden_fields(&theirs.body, "/auth/sign_out").remove(0).1;
    other.post(&action, &[("token", &token), ("at", &later)]).await.expect(404);
    other.post(&format!("{action}/cancel"), &[("token", &token)]).await.expect(404);
    // Another time; one that is past is refused, and stays in the field.
    let past = there(chrono::TimeDelta::hours(-1));
    let wrong = browser.submit(&page, &action, &[("at", &past)]).await.expect(422);
    assert!(wrong.body.contains(&format!("value=\"{past}\"")) && wrong.body.contains("role=\"alert\""));
    let sooner = there(chrono::TimeDelta::hours(3));
    browser.submit(&page, &action, &[("at", &sooner)]).await.expect(303);
    let form = browser.get("/compose").await.expect(200);
    let second = browser.submit(&form, "/compose", &[("text", "Never mind"), ("at", &later), ("do", "later")]).await;
    assert_eq!(second.expect(303).header("location"), "/scheduled");
    let page = browser.get("/scheduled").await.expect(200);
    let (before, after) = (page.body.find("Good"), page.body.find("Never mind"));
    assert!(before.unwrap() < after.unwrap(), "in the order in which they go out");
    let never = acme.count("SELECT id FROM scheduled_statuses ORDER BY scheduled_at DESC LIMIT 1").await;
    browser.submit(&page, &format!("/scheduled/{never}/cancel"), &[]).await.expect(303);
    world.advance(chrono::TimeDelta::hours(48)).await;
    let profile = browser.get("/@ada").await.expect(200);
    assert!(profile.body.contains("Good") && !profile.body.contains("Never mind"));
    assert!(browser.get("/scheduled").await.expect(200).body.contains("Nothing waits"));
    world.advance(chrono::TimeDelta::days(2)).await;
    world.finish().await;
}
