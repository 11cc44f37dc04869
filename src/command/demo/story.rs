//! Who the demo's people are, and what they share.

use std::time::Duration;

use super::{PASSWORD, Progress};
use crate::accounts::registration::{self, Registration};
use crate::accounts::{self, Account, ops as account_ops};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::visibility::Visibility;
use crate::base::{Error, Result};
use crate::groups::{self, NewGroup};
use crate::relationships::ops::{self as relationships, FollowOptions};
use crate::relationships::store::find_follow;
use crate::statuses::{self, Status, StatusDraft};

/// How long an activity may take from one company to the other before the demo gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody in the story.
struct Role {
    name: &'static str,
    display_name: &'static str,
    note: &'static str,
}

const ACME: [Role; 3] = [
    Role {
        name: "ada",
        display_name: "Ada Moreau",
        note: "Backend engineer at Acme. Learning #rust and how teams learn.",
    },
    Role { name: "carl", display_name: "Carl Jensen", note: "Data analyst. Asks before he guesses. #sql #statistics" },
    Role {
        name: "dora",
        display_name: "Dora Okafor",
        note: "Runs the learning team at Acme, and Lunch and Learn on Thursdays.",
    },
];

const GLOBEX: [Role; 3] = [
    Role {
        name: "ben",
        display_name: "Ben Tanaka",
        note: "Platform engineer at Globex. #rust #postgres, mostly together.",
    },
    Role { name: "eve", display_name: "Eve Lindqvist", note: "Designer. Collects good explanations. #accessibility" },
    Role {
        name: "finn",
        display_name: "Finn Adeyemi",
        note: "First year at Globex. Everything is new, which is the best part.",
    },
];

/// Who follows whom, by name; names of the other company are looked up there.
const FOLLOWS: [(&str, &str); 14] = [
    ("ada", "ben"),
    ("ada", "eve"),
    ("ada", "dora"),
    ("ada", "rust-guild"),
    ("carl", "ben"),
    ("carl", "ada"),
    ("dora", "eve"),
    ("dora", "rust-guild"),
    ("ben", "ada"),
    ("ben", "carl"),
    ("ben", "rust-guild"),
    ("eve", "dora"),
    ("finn", "ada"),
    ("finn", "rust-guild"),
];

/// One post: who, what (`{acme}` and `{globex}` stand for the domains), and the number of the post it answers.
struct Line {
    who: &'static str,
    text: &'static str,
    answers: Option<usize>,
}

const STORY: [Line; 13] = [
    Line {
        who: "ben",
        answers: None,
        text: "Today I learned that `EXPLAIN (ANALYZE, BUFFERS)` shows which part of a query read from disk. Our slow report was one missing index.\n\n#til #postgres",
    },
    Line {
        who: "ada",
        answers: None,
        text: "@rust-guild@{acme} When do you reach for `Arc<Mutex<T>>`, and when for a channel? I can make both work and never know which one I will regret.\n\n#question #rust",
    },
    Line {
        who: "ben",
        answers: Some(1),
        text: "@ada@{acme} I ask who owns the data. If one task owns it and others want something done, a channel. If many only look at it, a lock. Regret comes from locks held across `.await`.",
    },
    Line {
        who: "finn",
        answers: Some(1),
        text: "@ada@{acme} I drew it as boxes and arrows first. Where two arrows pointed at one box, I took the channel.",
    },
    Line {
        who: "eve",
        answers: None,
        text: "A short and honest guide to writing alt text, with examples of what to leave out: https://www.w3.org/WAI/tutorials/images/decision-tree/\n\n#resource #accessibility",
    },
    Line {
        who: "dora",
        answers: Some(4),
        text: "@eve@{globex} Thank you! We will use this on Thursday. The decision tree is what was missing from ours.",
    },
    Line {
        who: "carl",
        answers: None,
        text: "Lesson learned: we averaged averages for a quarter. Weighted means exist for a reason; ask where a number comes from before you plot it.\n\n#lesson #statistics",
    },
    Line {
        who: "ben",
        answers: Some(6),
        text: "@carl@{acme} This happened to us with latencies. We now keep the histograms and throw the averages away.",
    },
    Line {
        who: "finn",
        answers: None,
        text: "@rust-guild@{acme} Today I learned that `?` works on Option too. I had been writing `match` for a week.\n\n#til #rust",
    },
    Line {
        who: "ada",
        answers: Some(8),
        text: "@finn@{globex} A week is nothing. I found out after a year, in a code review, from an intern.",
    },
    Line {
        who: "dora",
        answers: None,
        text: "How do you keep what was said in a Lunch and Learn? Recordings are not watched here, and notes are not written.\n\n#question #learning",
    },
    Line {
        who: "eve",
        answers: Some(10),
        text: "@dora@{acme} One post right after it, by whoever asked the most: three things I will do differently. Nobody has to watch anything.",
    },
    Line {
        who: "ben",
        answers: None,
        text: "@rust-guild@{acme} Ownership, explained with a library card: https://doc.rust-lang.org/book/ch04-00-understanding-ownership.html\n\nThirty minutes, for people who write Python today.\n\n#resource #rust",
    },
];

/// Makes the people, ties them together, and has them post. Can be run again if it was interrupted.
pub async fn tell(acme: &App, globex: &App, progress: &Progress) -> Result<()> {
    progress.step("Introducing people");
    for (app, roles) in [(acme, &ACME), (globex, &GLOBEX)] {
        for role in roles {
            person(app, role).await?;
        }
    }
    group(acme).await?;
    for (index, (from, to)) in FOLLOWS.iter().enumerate() {
        progress.step(&format!("Following each other across the two companies ({} of {})", index + 1, FOLLOWS.len()));
        follow(acme, globex, from, to).await?;
    }
    let mut posted: Vec<Status> = Vec::new();
    for (index, line) in STORY.iter().enumerate() {
        progress.step(&format!("Sharing what was learned ({} of {})", index + 1, STORY.len()));
        let parent = line.answers.and_then(|parent| posted.get(parent)).cloned();
        posted.push(post(acme, globex, index, line, parent.as_ref()).await?);
    }
    Ok(())
}

/// Whose server it is.
fn home_of<'a>(acme: &'a App, globex: &'a App, name: &str) -> &'a App {
    if GLOBEX.iter().any(|role| role.name == name) { globex } else { acme }
}

async fn find(app: &App, name: &str) -> Result<Option<Account>> {
    let mut conn = app.db.get().await?;
    Ok(accounts::store::find_local(&mut conn, name).await?)
}

async fn local(app: &App, name: &str) -> Result<Account> {
    find(app, name).await?.ok_or(Error::NotFound("Account"))
}

async fn person(app: &App, role: &Role) -> Result<()> {
    let account = match find(app, role.name).await? {
        Some(account) if !account.display_name.is_empty() => return Ok(()),
        Some(account) => account,
        None => register(app, role.name).await?,
    };
    let changes = account_ops::ProfileChanges {
        display_name: Some(role.display_name.to_owned()),
        note: Some(role.note.to_owned()),
        ..account_ops::ProfileChanges::default()
    };
    account_ops::update_profile(app, &account, changes).await?;
    Ok(())
}

async fn register(app: &App, name: &str) -> Result<Account> {
    let company = app.config.instance.title.to_lowercase();
    let registration = Registration {
        username: name.to_owned(),
        email: format!("{name}@{company}.example"),
        password: PASSWORD.to_owned(),
        agreement: true,
        ..Registration::default()
    };
    Ok(registration::create_person(app, registration, "user", async |_, _| Ok(())).await?)
}

async fn group(acme: &App) -> Result<()> {
    if find(acme, "rust-guild").await?.is_some() {
        return Ok(());
    }
    let group = NewGroup {
        username: "rust-guild".to_owned(),
        display_name: "Rust Guild".to_owned(),
        note: "Questions, finds and small victories, from Acme, Globex and whoever else follows. Mention the group to post to it.".to_owned(),
        created_by: None,
    };
    groups::ops::create_group(acme, group).await?;
    Ok(())
}

async fn follow(acme: &App, globex: &App, from: &str, to: &str) -> Result<()> {
    let (app, target_app) = (home_of(acme, globex, from), home_of(acme, globex, to));
    let follower = local(app, from).await?;
    let handle = Handle { username: to.to_owned(), domain: Some(target_app.config.instance.domain.clone()) };
    let target = accounts::object::resolve_handle(app, &handle).await?;
    relationships::follow(app, &follower, &target, FollowOptions::default()).await?;
    until(&format!("{to} to accept {from}"), async || {
        let mut conn = app.db.get().await?;
        let follow = find_follow(&mut conn, follower.id, target.id).await?;
        Ok(follow.is_some_and(|follow| follow.accepted_at.is_some()))
    })
    .await
}

/// Posts a line, and waits until it has arrived at the other company.
async fn post(acme: &App, globex: &App, index: usize, line: &Line, parent: Option<&Status>) -> Result<Status> {
    let app = home_of(acme, globex, line.who);
    let other = if std::ptr::eq(app, acme) { globex } else { acme };
    let author = local(app, line.who).await?;
    let text =
        line.text.replace("{acme}", &acme.config.instance.domain).replace("{globex}", &globex.config.instance.domain);
    let in_reply_to = match parent {
        Some(parent) => {
            let mut conn = app.db.get().await?;
            statuses::store::find_by_uri(&mut conn, &parent.uri).await?.map(|status| status.id)
        }
        None => None,
    };
    let mentioned = statuses::object::resolve_mentions(app, &text, true, false).await?;
    let draft = StatusDraft {
        text,
        markdown: true,
        language: Some("en".to_owned()),
        visibility: Some(Visibility::Public),
        in_reply_to,
        idempotency_key: Some(format!("demo-{index}")),
        ..StatusDraft::default()
    };
    let status = statuses::ops::publish(app, &author, draft, mentioned).await?;
    until(&format!("{} to arrive", status.url), async || {
        let mut conn = other.db.get().await?;
        Ok(statuses::store::find_by_uri(&mut conn, &status.uri).await?.is_some())
    })
    .await?;
    Ok(status)
}

/// Looks again and again until something has happened at the other company.
async fn until(what: &str, happened: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    while tokio::time::Instant::now() < deadline {
        if happened().await? {
            return Ok(());
        }
        ticks.tick().await;
    }
    Err(Error::Unavailable(format!("the demo waited in vain for {what}; try again with --fresh --log info")))
}
