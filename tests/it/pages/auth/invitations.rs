//! Personal invitations: who vouches, who comes, and the tie between them.

use chrono::TimeDelta;
use pollen::config::RegistrationMode;
use serde_json::json;

use crate::api::reports::staff;
use crate::support::{Answer, Browser, Mailbox, NewPerson, PASSWORD, Person, World, plain};

async fn world(mode: RegistrationMode) -> World {
    World::builder().instance("acme.test").configure(move |config| config.registrations.mode = mode).start().await
}

/// Makes an invitation; its path.
async fn invite(browser: &Browser, note: &str, uses: &str) -> String {
    let page = browser.get("/settings/invitations").await.expect(200);
    let typed = [("note", note), ("uses", uses), ("days", "7")];
    let made = browser.submit(&page, "/settings/invitations", &typed).await.expect(200);
    assert_eq!(made.header("cache-control"), "no-store");
    let link = made.body.split("<code class=\"copy\">").nth(1).unwrap().split("</code>").next().unwrap();
    link.strip_prefix("http://acme.test").unwrap().to_owned()
}

/// A person with a browser, whatever the mode is.
async fn somebody(world: &World, username: &str) -> (Person, Browser) {
    let acme = world.instance("acme.test");
    let person = acme.register(username).await;
    pollen::accounts::sign_in::set_password(&acme.app, person.account.id, PASSWORD).await.unwrap();
    let browser = Browser::new(acme);
    browser.sign_in(username, PASSWORD).await.expect(303);
    // The new password ended the token.
    (person.with_scopes("read write follow").await, browser)
}

async fn join(browser: &Browser, path: &str, username: &str) -> Answer {
    let page = browser.get(path).await.expect(200);
    let email = format!("{username}@people.test");
    let typed = [("username", username), ("email", &email), ("password", PASSWORD), ("agreement", "on")];
    browser.submit(&page, path, &typed).await
}

async fn follows(world: &World) -> i64 {
    world.instance("acme.test").count("SELECT count(*) FROM follows WHERE accepted_at IS NOT NULL").await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_gets_an_account_and_a_tie() {
    let world = world(RegistrationMode::Invitation).await;
    let acme = world.instance("acme.test");
    let (_, ada) = somebody(&world, "ada").await;
    // Ada lets nobody follow unasked; whom she invites she has asked herself.
    acme.sql("UPDATE accounts SET locked = true WHERE username = 'ada'").await;
    let path = invite(&ada, "Come & <learn>", "2").await;
    Browser::new(acme).get("/auth/sign_up").await.expect(404);
    let stranger = Browser::new(acme);
    let page = stranger.get(&path).await.expect(200);
    let text = plain(&page.body);
    for part in ["ada invites you", "@ada@acme.test", "vouches for you at Pollen", "Come & <learn>"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!page.body.contains("<learn>"));
    let bad = join(&stranger, &path, "admin").await.expect(422);
    assert!(bad.body.contains("href=\"#username\"") && bad.body.contains(&format!("action=\"{path}\"")));
    assert_eq!(join(&stranger, &path, "ben").await.expect(303).header("location"), "/welcome");
    assert!(stranger.get("/").await.expect(200).body.contains("@ben@acme.test"));
    world.settle().await;
    assert_eq!(follows(&world).await, 2, "both follow each other");
    let page = ada.get("/settings/invitations").await.expect(200);
    assert!(plain(&page.body).contains("For one more person") && page.body.contains("/@ben"), "{}", page.body);
    join(&Browser::new(acme), &path, "cleo").await.expect(303);
    Browser::new(acme).get(&path).await.expect(410);
    world.settle().await;
    assert_eq!(follows(&world).await, 4);
    assert_eq!(acme.count("SELECT count(*) FROM users").await, 3);
    // Who look after the instance see who brought whom.
    let mo = staff(acme, "mo", "moderator").await;
    let id = acme.count("SELECT id FROM accounts WHERE username = 'ada'").await.to_string();
    let brought = mo.get(&format!("/api/v1/admin/accounts?invited_by={id}&limit=1")).await.expect(200);
    assert_eq!((&brought[0]["username"], &brought[0]["invited_by_account_id"]), (&json!("cleo"), &json!(id)));
    let next = mo.get(&brought.link("next").unwrap()).await.expect(200);
    assert_eq!((&next[0]["username"], next.list().len()), (&json!("ben"), 1));
    let ada = mo.get(&format!("/api/v1/admin/accounts/{id}")).await.expect(200);
    assert_eq!(ada["invited_by_account_id"], json!(null));
    assert!(mo.get("/api/v1/admin/accounts?invited_by=1").await.expect(200).list().is_empty());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_are_tied_when_the_newcomer_is_let_in() {
    let mailbox = Mailbox::open();
    let world = World::builder().instance("acme.test").configure(mailbox.configure()).start().await;
    let acme = world.instance("acme.test");
    let (_, ada) = somebody(&world, "ada").await;
    // Of some addresses a moderator reads each.
    acme.sql("INSERT INTO email_domain_blocks VALUES (1, 'people.test', true, now())").await;
    world.settle().await;
    mailbox.take();
    let path = invite(&ada, "", "1").await;
    let ben = Browser::new(acme);
    join(&ben, &path, "ben").await.expect(200);
    world.settle().await;
    assert_eq!(follows(&world).await, 0, "nobody knows yet whether the address is theirs");
    let link = mailbox.one().link();
    let page = ben.get(&link).await.expect(200);
    ben.submit(&page, &link, &[]).await.expect(303);
    world.settle().await;
    assert_eq!(follows(&world).await, 0, "nor is it approved");
    let olga = acme.register_with(NewPerson { username: "olga", role: "owner", scopes: "admin:write" }).await;
    let id = acme.count("SELECT id FROM accounts WHERE username = 'ben'").await;
    olga.post(&format!("/api/v1/admin/accounts/{id}/approve"), serde_json::json!({})).await.expect(200);
    world.settle().await;
    assert_eq!(follows(&world).await, 2);
    mailbox.take();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_ends_when_it_is_old_or_taken_back() {
    let world = world(RegistrationMode::Approval).await;
    let acme = world.instance("acme.test");
    let (_, ada) = somebody(&world, "ada").await;
    let (old, revoked) = (invite(&ada, "", "1").await, invite(&ada, "", "5").await);
    let page = ada.get("/settings/invitations").await.expect(200);
    let id = acme.count("SELECT max(id) FROM invitations").await;
    let revoke = format!("/settings/invitations/{id}/revoke");
    // By its maker alone.
    let (_, ben) = somebody(&world, "ben").await;
    let theirs = ben.get("/settings/invitations").await.expect(200);
    let token = crate::support::hidden_fields(&theirs.body, "/settings/invitations").remove(0).1;
    ben.post(&revoke, &[("token", &token)]).await.expect(303);
    let stranger = Browser::new(acme);
    let open = stranger.get(&revoked).await.expect(200);
    ada.submit(&page, &revoke, &[]).await.expect(303);
    stranger.get(&revoked).await.expect(410);
    let typed = [("username", "eve"), ("email", "eve@people.test"), ("password", PASSWORD), ("agreement", "on")];
    stranger.submit(&open, &revoked, &typed).await.expect(410);
    // Who is vouched for waits for nobody's approval.
    world.advance(TimeDelta::days(6)).await;
    let fresh = invite(&ada, "", "1").await;
    assert_eq!(join(&Browser::new(acme), &fresh, "dan").await.expect(303).header("location"), "/welcome");
    world.advance(TimeDelta::days(2)).await;
    stranger.get(&old).await.expect(410);
    stranger.get("/invite/nonsense").await.expect(410);
    for (field, typed) in [("uses", ("0", "7")), ("days", ("1", "91")), ("uses", ("many", "7"))] {
        let page = ada.get("/settings/invitations").await.expect(200);
        let typed = [("note", "Kept"), ("uses", typed.0), ("days", typed.1)];
        let answer = ada.submit(&page, "/settings/invitations", &typed).await.expect(422);
        assert!(answer.body.contains(&format!("id=\"{field}-why\"")) && answer.body.contains("Kept"));
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_account_sees_whom_both_know_and_accepts() {
    let world = world(RegistrationMode::Open).await;
    let (_, ada) = somebody(&world, "ada").await;
    let (ben, browser) = somebody(&world, "ben").await;
    let (cleo, _) = somebody(&world, "cleo").await;
    cleo.follow("@ada@acme.test").await;
    ben.follow("@cleo@acme.test").await;
    let path = invite(&ada, "", "1").await;
    let own = ada.get(&path).await.expect(200);
    assert!(own.body.contains("your own invitation") && !own.body.contains("/accept"));
    let page = browser.get(&path).await.expect(200);
    assert!(page.body.contains("Whom both of you know") && page.body.contains("/@cleo"), "{}", page.body);
    let done = browser.submit(&page, &format!("{path}/accept"), &[]).await.expect(303);
    assert_eq!(done.header("location"), "/@ada");
    world.settle().await;
    assert_eq!(follows(&world).await, 4);
    browser.get(&path).await.expect(410);
    let stranger = Browser::new(world.instance("acme.test"));
    stranger.post(&format!("{path}/accept"), &[]).await.expect(303);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_instance_invites_nobody_and_an_approver_reads_the_reason() {
    let closed = world(RegistrationMode::Closed).await;
    let (_, ada) = somebody(&closed, "ada").await;
    let page = ada.get("/settings/invitations").await.expect(200);
    assert!(page.body.contains("Nobody can be invited here") && !page.body.contains("name=\"uses\""));
    closed.finish().await;
    let mailbox = Mailbox::open();
    let world = World::builder()
        .instance("acme.test")
        .configure(mailbox.configure())
        .configure(|config| config.registrations.mode = RegistrationMode::Approval)
        .start()
        .await;
    let acme = world.instance("acme.test");
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_up").await.expect(200);
    assert!(page.body.contains("name=\"reason\""));
    let typed = [
        ("username", "ben"),
        ("email", "ben@people.test"),
        ("password", PASSWORD),
        ("agreement", "on"),
        ("reason", "I teach Rust"),
    ];
    browser.submit(&page, "/auth/sign_up", &typed).await.expect(200);
    world.settle().await;
    assert_eq!(acme.count("SELECT count(*) FROM users WHERE registration_reason = 'I teach Rust'").await, 1);
    let link = mailbox.one().link();
    let page = browser.get(&link).await.expect(200);
    browser.submit(&page, &link, &[]).await.expect(303);
    browser.sign_in("ben", PASSWORD).await.expect(403);
    acme.sql("UPDATE users SET approved_at = now()").await;
    browser.sign_in("ben", PASSWORD).await.expect(303);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_for_approval_is_told_what_came_of_it_in_their_language() {
    let mailbox = Mailbox::open();
    let world = World::builder()
        .instance("acme.test")
        .configure(mailbox.configure())
        .configure(|config| config.registrations.mode = RegistrationMode::Approval)
        .start()
        .await;
    let acme = world.instance("acme.test");
    let mo = acme
        .register_with(NewPerson { username: "mo", role: "moderator", scopes: "read write admin:read admin:write" })
        .await;
    let mut ids = Vec::new();
    for (name, language) in [("ben", "en"), ("berta", "de"), ("carl", "en"), ("clara", "de")] {
        let mut browser = Browser::new(acme);
        browser.language = Some(language);
        let page = browser.get("/auth/sign_up").await.expect(200);
        let email = format!("{name}@people.test");
        let typed = [("username", name), ("email", &email), ("password", PASSWORD), ("agreement", "on")];
        browser.submit(&page, "/auth/sign_up", &typed).await.expect(200);
        world.settle().await;
        let link = mailbox.one().link();
        let page = browser.get(&link).await.expect(200);
        browser.submit(&page, &link, &[]).await.expect(303);
        ids.push(acme.count(&format!("SELECT id FROM accounts WHERE username = '{name}'")).await);
    }
    world.settle().await;
    mailbox.take();
    for (id, act) in ids.iter().zip(["approve", "approve", "reject", "reject"]) {
        mo.post(&format!("/api/v1/admin/accounts/{id}/{act}"), json!({})).await.expect(200);
    }
    world.settle().await;
    let letters = mailbox.take();
    assert_eq!(letters.len(), 4);
    for (name, says) in [
        ("ben", "was approved. You can sign in now"),
        ("berta", "wurde freigegeben"),
        ("carl", "decided not to approve that"),
        ("clara", "hat das nicht freigegeben"),
    ] {
        let to = [format!("{name}@people.test")];
        let letter = letters.iter().find(|letter| letter.to == to).expect("a letter").text();
        assert!(letter.contains(says) && letter.contains(&format!("{name}@acme.test")), "{letter}");
    }
    Browser::new(acme).sign_in("ben", PASSWORD).await.expect(303);
    // Nobody is written to whose address may be somebody else's.
    let browser = Browser::new(acme);
    let page = browser.get("/auth/sign_up").await.expect(200);
    let typed = [("username", "dan"), ("email", "dan@people.test"), ("password", PASSWORD), ("agreement", "on")];
    browser.submit(&page, "/auth/sign_up", &typed).await.expect(200);
    world.settle().await;
    mailbox.take();
    let dan = acme.count("SELECT id FROM accounts WHERE username = 'dan'").await;
    mo.post(&format!("/api/v1/admin/accounts/{dan}/reject"), json!({})).await.expect(200);
    world.settle().await;
    assert!(mailbox.take().is_empty());
    world.finish().await;
}
