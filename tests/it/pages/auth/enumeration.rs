//! Who asks does not learn whether somebody has an address. User names are public.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use super::register;
use crate::support::{Answer, Browser, Instance, Mailbox, PASSWORD, With, World, plain};

async fn world(mailbox: &Mailbox) -> World {
    World::builder().instance("acme.test").configure(mailbox.configure()).start().await
}

/// Registers by the page, and confirms the address.
async fn join(world: &World, mailbox: &Mailbox, username: &str) -> Browser {
    let browser = Browser::new(world.instance("acme.test"));
    sign_up(&browser, username, &format!("{username}@people.test")).await.expect(200);
    world.settle().await;
    let link = mailbox.one().link();
    let page = browser.get(&link).await.expect(200);
    browser.submit(&page, &link, &[]).await.expect(303);
    browser
}

/// The password of whoever tries.
const THEIRS: &str = "something else";

async fn sign_up(browser: &Browser, username: &str, email: &str) -> Answer {
    sign_up_with(browser, username, email, PASSWORD).await
}

async fn sign_up_with(browser: &Browser, username: &str, email: &str, password: &str) -> Answer {
    let page = browser.get("/auth/sign_up").await.expect(200);
    let typed = [("username", username), ("email", email), ("password", password), ("agreement", "on")];
    browser.submit(&page, "/auth/sign_up", &typed).await
}

/// Status and text of an answer, without what somebody typed.
fn bare(answer: &Answer, typed: &[&str]) -> (u16, String) {
    let mut text = plain(&answer.body);
    for typed in typed {
        text = text.replace(typed, "…");
    }
    let token = regex::Regex::new("[0-9a-f]{64}").unwrap();
    (answer.status, token.replace_all(&text, "…").into_owned())
}

/// Everything that somebody sees who registers with an address, signs in before it is confirmed, and looks whether it was of use.
async fn try_to_register(acme: &Instance, username: &str, email: &str) -> Vec<(u16, String)> {
    let browser = Browser::new(acme);
    let mut seen = Vec::new();
    let answer = sign_up_with(&browser, username, email, THEIRS).await;
    seen.push(bare(&answer, &[email, username]));
    assert!(browser.session().is_none());
    for login in [username, email] {
        seen.push(bare(&browser.sign_in(login, THEIRS).await, &[email, username]));
    }
    for path in [format!("/@{username}"), format!("/users/{username}")] {
        seen.push((browser.get(&path).await.status, String::new()));
    }
    // The name is taken from now on, the address is as it was.
    let next = format!("{username}2");
    for username in [username, next.as_str()] {
        let answer = sign_up_with(&Browser::new(acme), username, email, THEIRS).await;
        seen.push(bare(&answer, &[email, username]));
    }
    let page = browser.get("/auth/reset").await.expect(200);
    let sent = browser.submit(&page, "/auth/reset", &[("email", email)]).await;
    seen.push((sent.status, sent.header("location").to_owned()));
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_does_not_tell_whether_somebody_has_the_address() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    join(&world, &mailbox, "ada").await;
    let unknown = try_to_register(acme, "qqeve", "qqeve@people.test").await;
    world.settle().await;
    mailbox.take();
    let known = try_to_register(acme, "qqmal", "Ada@people.test").await;
    assert_eq!(known, unknown);
    world.settle().await;
    let letters = mailbox.take();
    assert!(letters.iter().all(|letter| letter.to == ["ada@people.test"]), "nobody else is written to");
    let told = letters.iter().filter(|letter| letter.text().contains("wanted to register with your address")).count();
    assert_eq!(told, 2, "by each account that was made");
    assert!(letters.iter().all(|letter| !letter.text().contains("/auth/confirm/")), "no link confirms it");
    // Whoever it belongs to is let in as ever, and nobody else by their address.
    Browser::new(acme).sign_in("ada@people.test", PASSWORD).await.expect(303);
    Browser::new(acme).sign_in("qqmal", THEIRS).await.expect(403);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_not_told_either_and_nobody_is_flooded() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    join(&world, &mailbox, "ada").await;
    let app = acme.app_token("read write").await;
    for number in 0..6 {
        let new = json!({"username": format!("mal{number}"), "email": "ada@people.test", "password": PASSWORD,
            "agreement": true, "locale": "en"});
        let with = With { token: Some(&app), json: Some(new), ..With::default() };
        acme.send(Method::POST, "/api/v1/accounts", with).await.expect(200);
    }
    world.settle().await;
    assert_eq!(mailbox.take().len(), 3, "an hour's letters to one address");
    world.finish().await;
}

/// The same secret work is done for an address that is taken.
#[tokio::test(flavor = "multi_thread")]
async fn registering_takes_as_long_for_an_address_that_is_taken() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    join(&world, &mailbox, "ada").await;
    let mut fastest = [std::time::Duration::MAX; 2];
    for round in 0..4 {
        for (index, email) in [format!("new{round}@people.test"), "ada@people.test".into()].iter().enumerate() {
            let browser = Browser::new(acme);
            let started = std::time::Instant::now();
            sign_up(&browser, &format!("n{index}x{round}"), email).await.expect(200);
            fastest[index] = fastest[index].min(started.elapsed());
        }
    }
    assert!(fastest[1] * 5 > fastest[0] && fastest[0] * 5 > fastest[1], "{fastest:?}");
    world.settle().await;
    mailbox.take();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_confirms_is_forgotten_and_name_and_address_are_free_again() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    join(&world, &mailbox, "ada").await;
    register(acme, "eve").await;
    sign_up(&Browser::new(acme), "mal", "ada@people.test").await.expect(200);
    world.settle().await;
    let people = "SELECT count(*) FROM accounts WHERE domain IS NULL AND username IN ('ada', 'eve', 'mal')";
    world.clock.advance(TimeDelta::days(13));
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    assert_eq!(acme.count(people).await, 3);
    world.clock.advance(TimeDelta::days(2));
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    assert_eq!(acme.count(people).await, 1);
    mailbox.take();
    let eve = join(&world, &mailbox, "eve").await;
    assert_eq!(eve.sign_in("eve@people.test", PASSWORD).await.expect(303).header("location"), "/welcome");
    world.finish().await;
}

/// There is no letter to leave the answer to: SECURITY.md says so.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_it_is_said_that_an_address_is_taken() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    Browser::new(acme).sign_up("ada").await;
    let answer = sign_up(&Browser::new(acme), "mal", "ada@people.test").await.expect(422);
    assert!(answer.body.contains("href=\"#email\""), "{}", answer.body);
    world.finish().await;
}
