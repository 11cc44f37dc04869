//! Guessing is slow, tells nothing, and takes nobody elsewhere.

use chrono::TimeDelta;
use reqwest::Method;

use super::{code_of, codes_on, open_sure, open_sure_with, set_up_app};
use crate::support::{Answer, Browser, Instance, Mailbox, PASSWORD, World, hidden_fields, plain};

/// An attempt at somebody's password, from this address.
async fn guess(browser: &Browser, from: &str, login: &str, password: &str) -> Answer {
    let page = browser.get("/auth/sign_in").await.expect(200);
    let token = hidden_fields(&page.body, "/auth/sign_in").remove(0).1;
    let form = [("token", token.as_str()), ("login", login), ("password", password)];
    browser.send(Method::POST, "/auth/sign_in", Some(&form), &[("x-forwarded-for", from)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_is_guessed_at_from_many_addresses_in_vain() {
    let world = World::builder().instance("acme.test").configure(|config| config.limits.sign_in = 5).start().await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let page = ada.get("/").await.expect(200);
    ada.submit(&page, "/auth/sign_out", &[]).await.expect(303);
    let thief = Browser::new(acme);
    for (number, login) in ["ada", "ADA", "ada@people.test", "@ada@acme.test", "ada"].into_iter().enumerate() {
        guess(&thief, &format!("203.0.113.{number}"), login, "wrong password").await.expect(422);
    }
    guess(&thief, "203.0.113.77", "ada", PASSWORD).await.expect(429);
    // A name that nobody has is limited alike.
    for number in 0..5 {
        guess(&thief, &format!("198.51.100.{number}"), "nobody", "wrong password").await.expect(422);
    }
    guess(&thief, "198.51.100.77", "nobody", "wrong password").await.expect(429);
    // Ada's own browser is not kept out by all that.
    guess(&ada, "192.0.2.1", "ada", PASSWORD).await.expect(303);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_not_guessed_without_end() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let (key, _) = set_up_app(&world, &ada).await;
    world.advance(TimeDelta::seconds(30)).await;
    let thief = Browser::new(acme);
    let first = thief.sign_in("ada", PASSWORD).await.expect(303);
    let page = thief.get(first.header("location")).await.expect(200);
    for _ in 0..5 {
        thief.submit(&page, "/auth/second", &[("code", "123456")]).await.expect(422);
    }
    // After five, not even the right one counts: the password comes first again.
    let over = thief.submit(&page, "/auth/second", &[("code", &code_of(&world, &key))]).await.expect(303);
    assert!(over.header("location").contains("again=1") && thief.session().is_none());
    // That does not help for long either.
    let first = thief.sign_in("ada", PASSWORD).await.expect(303);
    let page = thief.get(first.header("location")).await.expect(200);
    for _ in 0..4 {
        thief.submit(&page, "/auth/second", &[("code", "123456")]).await.expect(422);
    }
    thief.submit(&page, "/auth/second", &[("code", "123456")]).await.expect(429);
    world.finish().await;
}

/// Somebody who has the password, at the second step with a browser of their own.
async fn at_the_second_step(acme: &Instance) -> (Browser, Answer) {
    let browser = Browser::new(acme);
    let first = browser.sign_in("ada", PASSWORD).await.expect(303);
    let page = browser.get(first.header("location")).await.expect(200);
    (browser, page)
}

/// Wrong codes, five at each browser, as many as that allows.
async fn try_codes(acme: &Instance, times: usize) {
    for round in 0..times.div_ceil(5) {
        let (browser, page) = at_the_second_step(acme).await;
        for _ in 0..(times - round * 5).min(5) {
            browser.submit(&page, "/auth/second", &[("code", "123456")]).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_closed_for_longer_each_time_and_the_person_is_told() {
    let mailbox = Mailbox::open();
    let world = World::builder().instance("acme.test").configure(mailbox.configure()).start().await;
    let acme = world.instance("acme.test");
    let person = acme.register("ada").await;
    pollen::accounts::sign_in::set_password(&acme.app, person.account.id, PASSWORD).await.unwrap();
    let ada = Browser::new(acme);
    ada.sign_in("ada", PASSWORD).await.expect(303);
    let (key, done) = set_up_app(&world, &ada).await;
    let recovery = codes_on(&done);
    world.settle().await;
    mailbox.take();
    let mut minutes = 15;
    for round in 1..=3 {
        try_codes(acme, 10).await;
        world.settle().await;
        let letters = mailbox.take();
        let told = letters.iter().filter(|letter| letter.text().contains(&format!("then {} wrong codes", round * 10)));
        assert_eq!(told.count(), 1, "round {round}");
        world.clock.advance(TimeDelta::minutes(minutes - 1));
        let (browser, page) = at_the_second_step(acme).await;
        let code = code_of(&world, &key);
        browser.submit(&page, "/auth/second", &[("code", &code)]).await.expect(429);
        world.clock.advance(TimeDelta::minutes(1));
        minutes *= 2;
    }
    // A code that is right forgives no round; whoever guesses on waits for longer still.
    let (browser, page) = at_the_second_step(acme).await;
    browser.submit(&page, "/auth/second", &[("code", &code_of(&world, &key))]).await.expect(303);
    try_codes(acme, 10).await;
    world.clock.advance(TimeDelta::minutes(119));
    let (browser, page) = at_the_second_step(acme).await;
    let closed = browser.submit(&page, "/auth/second", &[("code", &code_of(&world, &key))]).await.expect(429);
    assert!(plain(&closed.body).contains("a recovery code still lets you in"), "{}", closed.body);
    // Which nobody guesses.
    browser.submit(&page, "/auth/second", &[("code", &recovery[0])]).await.expect(303);
    let security = open_sure(&ada, "/settings/security").await;
    assert!(plain(&security.body).contains("wrong code was typed"), "{}", security.body);
    // A new password ends it: the guesser does not have that one.
    ada.submit(&security, "/settings/security/password", &[("password", "learn something new")]).await.expect(303);
    let browser = Browser::new(acme);
    let first = browser.sign_in("ada", "learn something new").await.expect(303);
    let page = browser.get(first.header("location")).await.expect(200);
    browser.submit(&page, "/auth/second", &[("code", &code_of(&world, &key))]).await.expect(303);
    let security = open_sure_with(&ada, "/settings/security", "learn something new").await;
    assert!(!plain(&security.body).contains("wrong code was typed"));
    world.settle().await;
    mailbox.take();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_of_many_wrong_passwords_once_a_day_and_never_kept_out() {
    let mailbox = Mailbox::open();
    let world = World::builder().instance("acme.test").configure(mailbox.configure()).start().await;
    let acme = world.instance("acme.test");
    let person = acme.register("ada").await;
    pollen::accounts::sign_in::set_password(&acme.app, person.account.id, PASSWORD).await.unwrap();
    world.settle().await;
    mailbox.take();
    let thief = Browser::new(acme);
    for _ in 0..2 {
        for _ in 0..3 {
            guess(&thief, "203.0.113.1", "ada", "wrong password").await.expect(422);
            guess(&thief, "203.0.113.1", "nobody", "wrong password").await.expect(422);
            acme.sql("UPDATE wrong_guesses SET times = 28 WHERE times = 1").await;
        }
        acme.sql("UPDATE wrong_guesses SET times = 60 WHERE times = 30").await;
    }
    world.settle().await;
    assert!(mailbox.one().text().contains("30 wrong passwords"));
    let rows = "SELECT count(*) FROM wrong_guesses WHERE kind = 'password' AND times = 63";
    assert_eq!(acme.count(rows).await, 2, "as much is written for a name that nobody has");
    let ada = Browser::new(acme);
    ada.sign_in("ada", PASSWORD).await.expect(303);
    let security = open_sure(&ada, "/settings/security").await;
    assert!(plain(&security.body).contains("A wrong password was typed 63 times"), "{}", security.body);
    world.clock.advance(TimeDelta::days(8));
    pollen::housekeeping::sweep(&acme.app).await.unwrap();
    assert_eq!(acme.count("SELECT count(*) FROM wrong_guesses").await, 0);
    world.settle().await;
    mailbox.take();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_belongs_to_one_browser_and_ends() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let (key, _) = set_up_app(&world, &ada).await;
    world.advance(TimeDelta::seconds(30)).await;
    // Somebody planted the cookie in this browser, and waits with the same one.
    let (victim, thief) = (Browser::new(acme), Browser::new(acme));
    thief.get("/auth/sign_in").await.expect(200);
    for (name, value) in thief.cookies() {
        victim.set_cookie(&name, &value);
    }
    let first = victim.sign_in("ada", PASSWORD).await.expect(303);
    assert_ne!(victim.cookies(), thief.cookies());
    let page = victim.get(first.header("location")).await.expect(200);
    let elsewhere = thief.get("/auth/second").await.expect(303);
    assert!(elsewhere.header("location").starts_with("/auth/sign_in"));
    world.clock.advance(TimeDelta::minutes(11));
    let late = victim.submit(&page, "/auth/second", &[("code", &code_of(&world, &key))]).await.expect(303);
    assert!(late.header("location").contains("again=1"));
    assert!(victim.session().is_none());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_step_leads_elsewhere() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let (key, _) = set_up_app(&world, &ada).await;
    for (number, wish) in ["https://evil.example/", "//evil.example", "/\\evil.example"].into_iter().enumerate() {
        world.clock.advance(TimeDelta::seconds(30 + i64::try_from(number).unwrap()));
        let browser = Browser::new(acme);
        let page = browser.get("/auth/sign_in").await.expect(200);
        let typed = [("login", "ada"), ("password", PASSWORD), ("return_to", wish)];
        let first = browser.submit(&page, "/auth/sign_in", &typed).await.expect(303);
        assert_eq!(first.header("location"), "/auth/second?return_to=%2F");
        let page = browser.get("/auth/second").await.expect(200);
        let typed = [("code", code_of(&world, &key)), ("return_to", wish.to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.submit(&page, "/auth/second", &typed).await.expect(303).header("location"), "/");
        let page = browser.get("/auth/sure").await.expect(200);
        let typed = [("password", PASSWORD), ("return_to", wish)];
        assert_eq!(browser.submit(&page, "/auth/sure", &typed).await.expect(303).header("location"), "/");
    }
    world.finish().await;
}

/// Forms of these pages are refused from other sites like all others.
#[tokio::test(flavor = "multi_thread")]
async fn other_sites_send_no_forms() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    open_sure(&ada, "/settings/security").await;
    let before = acme.fingerprint().await;
    for path in [
        "/auth/sure",
        "/auth/passkey",
        "/auth/second/passkey",
        "/auth/passkey/answer",
        "/settings/security/password",
        "/settings/security/app",
        "/settings/security/app/confirm",
        "/settings/security/app/remove",
        "/settings/security/codes",
        "/settings/security/passkeys",
        "/settings/security/passkeys/add",
        "/settings/security/passkeys/1/name",
        "/settings/security/passkeys/1/remove",
        "/settings/sessions/browsers",
        "/settings/sessions/others",
        "/settings/sessions/apps",
        "/settings/email",
        "/settings/invitations",
        "/settings/invitations/1/revoke",
    ] {
        let form = [("token", "nonsense"), ("password", PASSWORD), ("email", "eve@people.test"), ("id", "00")];
        ada.post(path, &form).await.expect(422);
        ada.post(path, &form[1..]).await.expect(422);
    }
    assert_eq!(acme.fingerprint().await, before);
    world.finish().await;
}

/// A password is hashed whether or not somebody has the name or the address: the time tells nothing.
#[tokio::test(flavor = "multi_thread")]
async fn registering_takes_as_long_for_a_name_that_is_taken() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    Browser::new(acme).sign_up("ada").await;
    let browser = Browser::new(acme);
    let sign_in = browser.get("/auth/sign_in").await.expect(200);
    let sign_up = browser.get("/auth/sign_up").await.expect(200);
    let mut fastest = [std::time::Duration::MAX; 2];
    for _ in 0..5 {
        let started = std::time::Instant::now();
        let wrong = [("login", "ada"), ("password", "wrong password")];
        browser.submit(&sign_in, "/auth/sign_in", &wrong).await.expect(422);
        fastest[0] = fastest[0].min(started.elapsed());
        let started = std::time::Instant::now();
        let taken = [("username", "ada"), ("email", "ada@people.test"), ("password", PASSWORD), ("agreement", "on")];
        browser.submit(&sign_up, "/auth/sign_up", &taken).await.expect(422);
        fastest[1] = fastest[1].min(started.elapsed());
    }
    assert!(fastest[1] * 5 > fastest[0], "a taken name takes {:?}, hashing {:?}", fastest[1], fastest[0]);
    world.finish().await;
}
