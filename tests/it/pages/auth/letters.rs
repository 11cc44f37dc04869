//! E-mail: addresses that are confirmed, forgotten passwords, and what people are told of their account.

use chrono::TimeDelta;

use super::{holds, open_sure, register, set_up_app};
use crate::support::{Browser, Mailbox, PASSWORD, World};

async fn world(mailbox: &Mailbox) -> World {
    World::builder().instance("acme.test").configure(mailbox.configure()).start().await
}

/// Registers, confirms the address by the link, and signs in; the token of the client that registered.
async fn join(world: &World, mailbox: &Mailbox, browser: &Browser, username: &str) -> String {
    let token = register(world.instance("acme.test"), username).await;
    world.settle().await;
    let link = mailbox.one().link();
    let page = browser.get(&link).await.expect(200);
    browser.submit(&page, &link, &[]).await.expect(303);
    assert_eq!(browser.sign_in(username, PASSWORD).await.expect(303).header("location"), "/welcome");
    token
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_before_their_address_is_confirmed() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_up").await.expect(200);
    let typed = [("username", "ada"), ("email", "Ada@people.test"), ("password", PASSWORD), ("agreement", "on")];
    let waits = browser.submit(&page, "/auth/sign_up", &typed).await.expect(200);
    assert!(waits.body.contains("Look into your mail") && waits.body.contains("Ada@people.test"), "{}", waits.body);
    assert!(browser.session().is_none());
    let token = register(acme, "ben").await;
    assert!(!holds(acme, &token).await);
    world.settle().await;
    let mut letters = mailbox.take();
    letters.sort_by(|one, other| one.to.cmp(&other.to));
    let to: Vec<&str> = letters.iter().map(|letter| letter.to[0].as_str()).collect();
    assert_eq!(to, ["ada@people.test", "ben@people.test"]);
    let (ada, ben) = (&letters[0], &letters[1]);
    assert_eq!(ada.header("From"), "Pollen <pollen@acme.test>");
    assert_eq!(ada.header("Auto-Submitted"), "auto-generated");
    assert!(ada.header("Content-Type").starts_with("text/plain"));
    assert!(ada.text().contains("ada@acme.test"), "{}", ada.text());
    // The right password alone opens nothing, but has the link sent again.
    let early = browser.sign_in("ada", PASSWORD).await.expect(403);
    assert!(early.body.contains("sent again"), "{}", early.body);
    browser.sign_in("ada", "wrong password").await.expect(422);
    world.settle().await;
    let again = mailbox.one();
    // Opening the link does nothing yet.
    for _ in 0..2 {
        let page = browser.get(&ada.link()).await.expect(200);
        assert_eq!(page.header("cache-control"), "no-store");
        browser.sign_in("ada", PASSWORD).await.expect(403);
    }
    let page = browser.get(&ada.link()).await.expect(200);
    browser.submit(&page, &ada.link(), &[]).await.expect(303);
    // The first time leads to the first five minutes, unless somebody was on the way elsewhere; and later ones home.
    for place in ["/welcome", "/"] {
        assert_eq!(Browser::new(acme).sign_in("ada", PASSWORD).await.expect(303).header("location"), place);
    }
    browser.sign_in("ada", PASSWORD).await.expect(303);
    assert!(browser.get("/").await.expect(200).body.contains("href=\"/welcome\""));
    browser.get(&ada.link()).await.expect(404);
    browser.get(&again.link()).await.expect(404);
    let page = browser.get(&ben.link()).await.expect(200);
    browser.submit(&page, &ben.link(), &[]).await.expect(303);
    assert!(holds(acme, &token).await, "who was refused before is known now");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_changed_by_a_link_that_works_once() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    let token = join(&world, &mailbox, &ada, "ada").await;
    assert!(holds(acme, &token).await);
    let forgetful = Browser::new(acme);
    let page = forgetful.get("/auth/reset").await.expect(200);
    let mut answers = Vec::new();
    for email in ["ada@people.test", "nobody@people.test"] {
        let sent = forgetful.submit(&page, "/auth/reset", &[("email", email)]).await.expect(303);
        answers.push(forgetful.get(sent.header("location")).await.expect(200).body);
    }
    assert_eq!(answers[0], answers[1], "the answer does not say whether anybody has the address");
    world.settle().await;
    let letter = mailbox.one();
    assert_eq!(letter.to, ["ada@people.test"]);
    let link = letter.link();
    let page = forgetful.get(&link).await.expect(200);
    let short = forgetful.submit(&page, &link, &[("password", "short")]).await.expect(422);
    assert!(short.body.contains("password-why"));
    assert!(holds(acme, &token).await, "nothing has happened yet");
    let done = forgetful.submit(&page, &link, &[("password", "learn something new")]).await.expect(303);
    assert!(forgetful.get(done.header("location")).await.expect(200).body.contains("signed out everywhere"));
    assert!(!holds(acme, &token).await, "apps are signed out");
    assert!(!ada.get("/").await.expect(200).body.contains("@ada@acme.test"), "browsers are signed out");
    forgetful.get(&link).await.expect(404);
    forgetful.sign_in("ada", PASSWORD).await.expect(422);
    forgetful.sign_in("ada", "learn something new").await.expect(303);
    world.settle().await;
    let notices = mailbox.take();
    let told = |words: &str| notices.iter().any(|letter| letter.text().contains(words));
    assert!(told("password of your account was changed"), "{notices:?}");
    // An hour later a link is none any more.
    let page = Browser::new(acme);
    let form = page.get("/auth/reset").await.expect(200);
    page.submit(&form, "/auth/reset", &[("email", "ADA@people.test")]).await.expect(303);
    world.settle().await;
    let late = mailbox.one().link();
    world.advance(TimeDelta::minutes(61)).await;
    page.get(&late).await.expect(404);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_counts_once_it_is_confirmed() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    join(&world, &mailbox, &ada, "ada").await;
    register(acme, "ben").await;
    world.settle().await;
    mailbox.take();
    let page = open_sure(&ada, "/settings/email").await;
    for wrong in ["", "nonsense", "ada@people.test"] {
        let answer = ada.submit(&page, "/settings/email", &[("email", wrong)]).await.expect(422);
        assert!(answer.body.contains("email-why") && answer.body.contains(&format!("value=\"{wrong}\"")));
    }
    // Whether somebody has the address is not told; they are not bothered either.
    ada.submit(&page, "/settings/email", &[("email", "ben@people.test")]).await.expect(303);
    world.settle().await;
    assert!(mailbox.take().is_empty());
    ada.submit(&page, "/settings/email", &[("email", "Ada@globex.test")]).await.expect(303);
    world.settle().await;
    let letter = mailbox.one();
    assert_eq!(letter.to, ["ada@globex.test"]);
    Browser::new(acme).sign_in("ada@globex.test", PASSWORD).await.expect(422);
    let link = letter.link();
    let page = ada.get(&link).await.expect(200);
    ada.submit(&page, &link, &[]).await.expect(303);
    Browser::new(acme).sign_in("ada@people.test", PASSWORD).await.expect(422);
    world.settle().await;
    let notice = mailbox.one();
    assert_eq!(notice.to, ["ada@people.test"], "the old address is told");
    assert!(notice.text().contains("changed to another one"));
    Browser::new(acme).sign_in("ada@globex.test", PASSWORD).await.expect(303);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_another_address_ends_with_the_password() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    join(&world, &mailbox, &ada, "ada").await;
    let page = open_sure(&ada, "/settings/email").await;
    ada.submit(&page, "/settings/email", &[("email", "mal@globex.test")]).await.expect(303);
    world.settle().await;
    let link = mailbox.one().link();
    let opened = ada.get(&link).await.expect(200);
    let page = open_sure(&ada, "/settings/security").await;
    ada.submit(&page, "/settings/security/password", &[("password", "learn something new")]).await.expect(303);
    ada.submit(&opened, &link, &[]).await;
    Browser::new(acme).sign_in("mal@globex.test", "learn something new").await.expect(422);
    Browser::new(acme).sign_in("ada@people.test", "learn something new").await.expect(303);
    world.settle().await;
    mailbox.take();
    world.finish().await;
}

/// A letter that is still to be written makes no link for what ended meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_waits_does_not_outlive_the_password() {
    let mailbox = Mailbox::open();
    let mut world = world(&mailbox).await;
    world.expect_warning("mail server");
    let ada = Browser::new(world.instance("acme.test"));
    join(&world, &mailbox, &ada, "ada").await;
    let page = open_sure(&ada, "/settings/email").await;
    // Its mail server is away just now.
    mailbox.refuse(Some(451));
    ada.submit(&page, "/settings/email", &[("email", "mal@globex.test")]).await.expect(303);
    world.settle().await;
    let page = open_sure(&ada, "/settings/security").await;
    ada.submit(&page, "/settings/security/password", &[("password", "learn something new")]).await.expect(303);
    world.settle().await;
    mailbox.refuse(None);
    world.advance(TimeDelta::minutes(2)).await;
    let to: Vec<String> = mailbox.take().into_iter().flat_map(|letter| letter.to).collect();
    assert_eq!(to, ["ada@people.test"], "told of the new password, and nothing else");
    assert_eq!(world.instance("acme.test").count("SELECT count(*) FROM mail_links").await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_everything_else_works() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    ada.sign_up("ada").await;
    let page = ada.get("/auth/reset").await.expect(200);
    assert!(page.body.contains("sends no mail"), "{}", page.body);
    let page = open_sure(&ada, "/settings/email").await;
    assert!(page.body.contains("sends no mail"));
    Browser::new(acme).sign_up("ben").await;
    ada.submit(&page, "/settings/email", &[("email", "ben@people.test")]).await.expect(422);
    ada.submit(&page, "/settings/email", &[("email", "ada@globex.test")]).await.expect(303);
    Browser::new(acme).sign_in("ada@globex.test", PASSWORD).await.expect(303);
    let page = open_sure(&ada, "/settings/security").await;
    ada.submit(&page, "/settings/security/password", &[("password", "learn something new")]).await.expect(303);
    assert!(ada.get("/").await.expect(200).body.contains("@ada@acme.test"), "who changes it stays signed in");
    let sessions = "SELECT count(*) FROM sessions JOIN accounts ON id = account_id WHERE username = 'ada'";
    assert_eq!(acme.count(sessions).await, 1, "and nowhere else");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_away_is_asked_again() {
    let mailbox = Mailbox::open();
    let mut world = world(&mailbox).await;
    world.expect_warning("mail server");
    let acme = world.instance("acme.test");
    mailbox.refuse(Some(451));
    register(acme, "ada").await;
    world.settle().await;
    assert!(mailbox.take().is_empty());
    mailbox.refuse(None);
    world.advance(TimeDelta::minutes(1)).await;
    mailbox.one();
    // An address that it will never take is not tried again.
    mailbox.refuse(Some(550));
    register(acme, "ben").await;
    world.settle().await;
    mailbox.refuse(None);
    world.advance(TimeDelta::minutes(10)).await;
    assert!(mailbox.take().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_what_happens_to_their_account() {
    let mailbox = Mailbox::open();
    let world = world(&mailbox).await;
    let acme = world.instance("acme.test");
    let ada = Browser::new(acme);
    join(&world, &mailbox, &ada, "ada").await;
    world.settle().await;
    assert!(mailbox.take().is_empty(), "the first browser is no news");
    let page = ada.get("/").await.expect(200);
    ada.submit(&page, "/auth/sign_out", &[]).await.expect(303);
    ada.sign_in("ada", PASSWORD).await.expect(303);
    world.settle().await;
    assert!(mailbox.take().is_empty(), "nor is one that is known");
    Browser::new(acme).sign_in("ada", PASSWORD).await.expect(303);
    world.settle().await;
    assert!(mailbox.one().text().contains("had not been used for that before"));
    set_up_app(&world, &ada).await;
    world.settle().await;
    let letter = mailbox.one();
    assert!(letter.text().contains("an app that makes codes was set up"), "{}", letter.text());
    assert!(letter.header("Subject").contains("Pollen"));
    let page = ada.get("/settings/security").await.expect(200);
    ada.submit(&page, "/settings/security/app/remove", &[]).await.expect(303);
    world.settle().await;
    assert!(mailbox.one().text().contains("was removed"));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_to_the_right_server_by_tls_or_not_at_all() {
    let mailbox = Mailbox::open_with_tls();
    let start = |adjust: fn(&mut pollen::config::Config)| {
        let builder = World::builder().instance("acme.test").configure(mailbox.configure_with_tls());
        builder.configure(adjust).start()
    };
    let world = start(|_| ()).await;
    register(world.instance("acme.test"), "ada").await;
    world.settle().await;
    assert_eq!(mailbox.one().to, ["ada@people.test"]);
    world.finish().await;
    for wrong in [
        // Nobody known vouches for it; it has another name; the password is another.
        |config: &mut pollen::config::Config| config.federation.extra_ca = None,
        |config: &mut pollen::config::Config| config.mail.host = "127.0.0.1".into(),
        |config: &mut pollen::config::Config| config.mail.password = "another".into(),
    ] {
        let mut world = start(wrong).await;
        world.expect_warning("mail server");
        register(world.instance("acme.test"), "ada").await;
        world.settle().await;
        assert!(mailbox.take().is_empty());
        world.instance("acme.test").sql("DELETE FROM jobs").await;
        world.finish().await;
    }
    let plain = Mailbox::open();
    let mut world = World::builder()
        .instance("acme.test")
        .configure(plain.configure())
        .configure(|config| config.mail.tls = pollen::config::MailTls::Starttls)
        .start()
        .await;
    world.expect_warning("mail server");
    register(world.instance("acme.test"), "ada").await;
    world.settle().await;
    assert!(plain.take().is_empty(), "nothing is said in the clear");
    world.instance("acme.test").sql("DELETE FROM jobs").await;
    world.finish().await;
}
