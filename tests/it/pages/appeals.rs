//! What moderators told somebody, what they say against it, and what becomes of that.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::admin::{audit, staff};
use crate::support::{Browser, Mail, Mailbox, Person, World};

const WARNINGS: &str = "/settings/warnings";
const APPEALS: &str = "/admin/appeals";

async fn act(mo: &Person, on: &Person, kind: &str, text: &str) {
    let act = json!({"type": kind, "text": text});
    mo.post(&format!("/api/v1/admin/accounts/{}/action", on.id()), act).await.expect(200);
}

/// What the client API tells of the last message.
async fn told(person: &Person) -> Value {
    let list = person.get("/api/v1/notifications?types[]=moderation_warning").await.expect(200);
    list[0]["moderation_warning"].clone()
}

/// The address of the last message's form.
async fn form(person: &Person) -> String {
    format!("{WARNINGS}/{}", told(person).await["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moderators_did_is_taken_back_when_it_was_wrong() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let (mo, moderator) = staff(acme, "mo", "moderator").await;
    let browser = Browser::of(&ada).await;
    assert!(browser.get(WARNINGS).await.expect(200).body.contains("They have not told you anything."));
    act(&mo, &ada, "silence", "Too much <noise>").await;
    assert!(browser.get("/notifications").await.expect(200).body.contains("href=\"/settings/warnings\""));
    let page = browser.get(WARNINGS).await.expect(200);
    for part in ["Too much &#60;noise&#62;", "Your posts come by themselves to your followers alone"] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    assert_eq!(told(&ada).await["appeal"], json!(null));
    let path = form(&ada).await;
    let long = "x".repeat(2001);
    for (wrong, kept) in [(" ", ""), (long.as_str(), long.as_str())] {
        let answer = browser.submit(&page, &path, &[("text", wrong)]).await.expect(422);
        assert!(answer.body.contains("href=\"#text-") && answer.body.contains(kept), "{}", answer.body);
    }
    browser.submit(&page, &path, &[("text", "It was <b>one</b> post")]).await.expect(303);
    assert_eq!(told(&ada).await["appeal"], json!({"text": "It was <b>one</b> post", "state": "pending"}));
    browser.submit(&page, &path, &[("text", "Again")]).await.expect(422);
    let shown = browser.get(WARNINGS).await.expect(200).body;
    assert!(shown.contains("A moderator has yet to decide.") && !shown.contains("<textarea"), "{shown}");

    // Nobody says anything for somebody else, or decides who does not look after the instance.
    let other = Browser::of(&ben).await;
    let home = other.get(WARNINGS).await.expect(200);
    let token = super::settings::token(&home.body, "/auth/sign_out");
    other.post(&path, &[("text", "Me too"), ("token", &token)]).await.expect(404);
    other.get(APPEALS).await.expect(404);
    let decision = path.replace(WARNINGS, APPEALS);
    other.post(&decision, &[("act", "approve"), ("token", &token)]).await.expect(404);

    for page in ["/admin", APPEALS] {
        let page = moderator.get(page).await.expect(200).body;
        assert!(page.contains("It was &#60;b&#62;one&#60;/b&#62; post") && page.contains("@ada@acme.test"), "{page}");
    }
    let page = moderator.get(APPEALS).await.expect(200);
    moderator.submit(&page, &decision, &[("act", "perhaps")]).await.expect(404);
    assert_eq!(acme.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(200)["limited"], true);
    moderator.submit(&page, &decision, &[("act", "approve")]).await.expect(303);
    assert_eq!(acme.get(&format!("/api/v1/accounts/{}", ada.id())).await.expect(200)["limited"], false);
    assert_eq!(told(&ada).await["appeal"]["state"], "approved");
    assert!(browser.get(WARNINGS).await.expect(200).body.contains("It was taken back."));
    assert!(moderator.get(APPEALS).await.expect(200).body.contains("Nobody waits for an answer."));
    // It is decided once.
    moderator.submit(&page, &decision, &[("act", "reject")]).await.expect(404);
    assert_eq!(audit(acme).await, ["mo account.silence ada", "mo appeal.approve ada"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moderators_did_stays_when_it_was_right() {
    let mailbox = Mailbox::open();
    let world = World::builder().instance("acme.test").configure(mailbox.configure()).start().await;
    let acme = world.instance("acme.test");
    let (ada, max) = (acme.register("ada").await, staff(acme, "max", "moderator").await);
    let ((mo, moderator), (olga, owner)) = (staff(acme, "mo", "moderator").await, staff(acme, "olga", "owner").await);
    let browser = Browser::of(&ada).await;
    act(&mo, &ada, "sensitive", "").await;
    let page = browser.get(WARNINGS).await.expect(200);
    browser.submit(&page, &form(&ada).await, &[("text", "Why?")]).await.expect(303);
    let decision = form(&ada).await.replace(WARNINGS, APPEALS);
    let page = moderator.get(APPEALS).await.expect(200);
    moderator.submit(&page, &decision, &[("act", "reject")]).await.expect(303);
    assert_eq!(told(&ada).await["appeal"], json!({"text": "Why?", "state": "rejected"}));
    world.settle().await;
    let letters = mailbox.take();
    let told_so = |letter: &Mail| letter.to == ["ada@people.test"] && letter.text().contains("it stays as it is");
    assert_eq!(letters.iter().filter(|letter| told_so(letter)).count(), 1);
    assert_eq!(acme.count("SELECT count(*) FROM accounts WHERE sensitized_at IS NOT NULL").await, 1);
    assert!(browser.get(WARNINGS).await.expect(200).body.contains("It stays as it is."));

    // Of those of the same role somebody above decides.
    act(&olga, &max.0, "none", "Be kinder").await;
    let page = max.1.get(WARNINGS).await.expect(200);
    max.1.submit(&page, &form(&max.0).await, &[("text", "I was")]).await.expect(303);
    let decision = form(&max.0).await.replace(WARNINGS, APPEALS);
    for (browser, status) in [(&max.1, 403), (&moderator, 403), (&owner, 303)] {
        let page = browser.get(APPEALS).await.expect(200);
        browser.submit(&page, &decision, &[("act", "approve")]).await.expect(status);
    }

    // After a while nothing can be said any more.
    act(&mo, &ada, "none", "A word").await;
    world.advance(TimeDelta::days(21)).await;
    let page = browser.get(WARNINGS).await.expect(200);
    assert!(!page.body.contains("<textarea"), "{}", page.body);
    let token = super::settings::token(&page.body, "/auth/sign_out");
    browser.post(&form(&ada).await, &[("text", "Late"), ("token", &token)]).await.expect(422);
    world.finish().await;
}
