//! On a database of some years, what is asked for often reads what it shows and no more: never a whole table that grows, no
//! more rows than the page needs, and as many statements for a long page as for a short one.

mod constant;
mod meter;
mod seed;

use std::fmt::Write;

use chrono::TimeDelta;
use pollen::app::App;
use pollen::base::id::AccountId;
use pollen::emojis::store as walk;
use pollen::{accounts, federation, jobs, relationships, statuses};
use serde_json::json;

use crate::support::{Person, With, World};
use constant::{constant_statements, many_followed};
use meter::{MODES, Meter, Reading};

const ACME: &str = "acme.test";

/// A world whose instance has one connection for requests and one for jobs, and years behind it.
async fn old_instance() -> (World, Person, Meter) {
    let builder = World::builder().instance(ACME).peer("peer.test");
    let world = builder.configure(|config| config.database.connections = 1).start().await;
    let reader = world.instance(ACME).register("reader").await;
    seed::fill(world.instance(ACME), reader.account.id.0).await;
    let meter = Meter::new(world.instance(ACME)).await;
    (world, reader, meter)
}

/// What clients, browsers and servers read, and how many rows that may take: about fifteen for each post of a page, since each
/// has its author, counts, mentions, tags, poll, card and what the viewer did. Whom the reader hides is read once in each
/// statement.
fn reads() -> Vec<(&'static str, String, i64)> {
    let (account, group, long) = (seed::WRITER, seed::GROUP, seed::post(seed::LONG_THREAD));
    let page =
        |path: &str| (if path.contains('@') || path.contains("/tags/") { "text/html" } else { "" }, path.to_owned());
    let fixed = [
        // 150 followees, of each at most a page of posts.
        ("/api/v1/timelines/home", 20_000),
        ("/api/v1/timelines/home?min_id=1000100", 20_000),
        ("/api/v1/timelines/public", 700),
        ("/api/v1/timelines/public?local=true", 700),
        ("/api/v1/timelines/public?remote=true", 700),
        ("/api/v1/timelines/public?min_id=1000100", 700),
        ("/api/v1/timelines/tag/tag1", 700),
        ("/api/v1/timelines/tag/tag1?local=true", 700),
        ("/api/v1/timelines/tag/tag77", 700),
        ("/api/v1/timelines/tag/nosuchtag", 40),
        (&format!("/api/v1/accounts/{account}/statuses"), 700),
        (&format!("/api/v1/accounts/{account}/statuses?exclude_replies=true&exclude_reblogs=true"), 700),
        (&format!("/api/v1/accounts/{account}"), 20),
        (&format!("/api/v1/accounts/{group}/statuses"), 700),
        (&format!("/api/v1/accounts/{account}/statuses?pinned=true"), 240),
        ("/users/person920/collections/featured?now", 100),
        ("/api/v1/favourites", 700),
        ("/api/v1/bookmarks", 700),
        ("/api/v1/scheduled_statuses", 60),
        (&format!("/api/v1/statuses/{long}/history"), 120),
        ("/api/v1/blocks", 200),
        ("/api/v1/mutes", 200),
        ("/api/v1/domain_blocks", 40),
        ("/api/v1/endorsements", 60),
        (&format!("/api/v1/accounts/{account}/endorsements"), 60),
        (&format!("/api/v1/statuses/{long}"), 160),
        (&format!("/api/v1/polls/{long}"), 60),
        (&format!("/api/v1/statuses/{long}/context"), 4_000),
        (&format!("/api/v1/statuses/{long}/favourited_by"), 100),
        (&format!("/api/v1/statuses/{long}/reblogged_by"), 100),
        // Of four hundred quotes, those that are not for the reader are passed over.
        (&format!("/api/v1/statuses/{long}/quotes"), 1_400),
        ("/api/v1/accounts/verify_credentials", 40),
        ("/api/v1/accounts/relationships?id[]=1001&id[]=1002", 60),
        ("/", 60),
        ("/@person920", 700),
        ("/@crafts", 700),
        (&format!("/@person{}/{long}", (seed::LONG_THREAD * 7919) % 20000 + 1), 4_000),
        (&format!("/@person{}/{long}/history", (seed::LONG_THREAD * 7919) % 20000 + 1), 120),
        ("/tags/tag1", 700),
        ("/users/person920", 40),
        ("/users/person920/outbox?page=true", 400),
    ]
    .map(|(path, most)| (path.to_owned(), most));
    let all = fixed.into_iter().chain(told()).chain(found()).chain(chosen());
    let of = |(path, most): (String, i64)| {
        let (accept, path) = page(&path);
        (accept, path, most)
    };
    all.map(of).collect()
}

/// What people are told of.
fn told() -> impl Iterator<Item = (String, i64)> {
    [
        ("/api/v1/notifications", 1_200),
        ("/api/v1/notifications?types[]=mention", 1_200),
        ("/api/v1/notifications/unread_count", 1_200),
        // Two hundred are read for forty groups, and of each group a thousand at most.
        ("/api/v2/notifications", 8_000),
        ("/api/v2/notifications?min_id=100100", 8_000),
        ("/api/v2/notifications?max_id=60000", 8_000),
        ("/api/v2/notifications?include_filtered=true", 8_000),
        // A thousand at most are looked at.
        ("/api/v2/notifications/unread_count", 24_000),
        ("/api/v1/notifications/requests", 4_000),
        ("/api/v2/notifications/policy", 20_000),
        ("/api/v1/conversations", 1_200),
    ]
    .into_iter()
    .map(|(path, most)| (path.to_owned(), most))
}

/// What people look for.
fn found() -> impl Iterator<Item = (String, i64)> {
    [
        // Those whom one follows are looked through too.
        ("/api/v1/accounts/search?q=person12", 1_400),
        ("/api/v1/accounts/search?q=p", 1_400),
        ("/api/v1/accounts/search?q=person3", 1_400),
        ("/api/v1/accounts/search?q=nobodyatall", 1_400),
        ("/api/v1/accounts/search?q=somebody", 1_400),
        // By the second word of their names.
        ("/api/v1/accounts/search?q=1234", 1_400),
        ("/api/v1/accounts/search?q=somebody+1234", 1_400),
        ("/api/v1/accounts/search?q=person3&following=true", 1_400),
        ("/api/v1/accounts/search?q=@person12@host", 1_400),
        ("/api/v1/accounts/lookup?acct=remote5001@host1.test", 40),
        ("/api/v2/search?q=%23tag1&type=hashtags", 1_000),
        // Twenty posts have such a word.
        ("/api/v2/search?q=w63&type=statuses", 1_000),
        ("/api/v2/search?q=words+w64&type=statuses&limit=40", 1_000),
        ("/api/v2/search?q=w65+has:link+-from:me&type=statuses&offset=10", 1_000),
        ("/api/v2/search?q=nosuchword&type=statuses", 60),
        // A word that all posts have: of the next ones, as many as fill the page.
        ("/api/v2/search?q=words&type=statuses", 12_000),
        ("/api/v2/search?q=words&type=statuses&min_id=1000100", 12_000),
        ("/api/v2/search?q=words&type=statuses&max_id=1030000&offset=20", 12_000),
        ("/api/v2/search?q=from:me+words+in:library&type=statuses", 160),
        ("/api/v2/search?q=%23nosuchtag", 40),
        ("/api/v2/search?q=http://acme.test/statuses/50", 140),
        ("/api/v1/timelines/link?url=http://pages.test/7", 600),
        ("/api/v2/suggestions", 30_000),
        ("/api/v1/directory?order=new", 700),
        ("/api/v1/directory?order=new&local=true", 700),
        ("/api/v1/directory?order=active", 1_000),
        ("/api/v1/directory?order=active&local=true", 20_000),
        ("/api/v1/directory?order=active&offset=40&limit=20", 1_000),
    ]
    .into_iter()
    .map(|(path, most)| (path.to_owned(), most))
}

/// Lists, filters and hashtags that the reader chose.
fn chosen() -> Vec<(String, i64)> {
    let (account, list) = (seed::WRITER, format!("/api/v1/timelines/list/{}", seed::LIST));
    [
        // 500 members, and 150 followees again for the replies.
        (list.as_str(), 60_000),
        (&format!("/api/v1/timelines/list/{}?min_id=1000100", seed::LIST), 60_000),
        (&format!("/api/v1/lists/{}/accounts", seed::LIST), 400),
        ("/api/v1/lists", 60),
        (&format!("/api/v1/accounts/{account}/lists"), 60),
        (&format!("/api/v1/collections/{}", seed::COLLECTION), 1_200),
        (&format!("/api/v1/accounts/{account}/collections"), 1_000),
        ("/api/v2/filters", 400),
        ("/api/v1/tags/tag1", 100),
        ("/api/v1/followed_tags", 400),
        ("/api/v1/featured_tags/suggestions", 200),
        // A thousand posts are looked through.
        (&format!("/api/v1/accounts/{account}/featured_tags"), 12_000),
        ("/api/v1/timelines/tag/tag1?any[]=tag2&any[]=tag3&none[]=tag4", 1_200),
    ]
    .map(|(path, most)| (path.to_owned(), most))
    .into()
}

fn complain(wrong: &mut String, what: &str, mode: &str, reading: &Reading, most: i64) {
    if reading.scanned.is_empty() && reading.rows <= most {
        return;
    }
    writeln!(wrong, "{what} ({mode}): {} rows, at most {most}; whole tables: {:?}", reading.rows, reading.scanned)
        .unwrap();
    writeln!(wrong, "  rows by table: {:?}", reading.by_table).unwrap();
    for statement in &reading.statements {
        let words: Vec<&str> = statement.split_whitespace().collect();
        writeln!(wrong, "  {}", words.join(" ").chars().take(300).collect::<String>()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_often_reads_no_more_than_it_must() {
    let (world, reader, meter) = old_instance().await;
    for table in [
        "accounts",
        "statuses",
        "follows",
        "blocks",
        "mutes",
        "account_domain_blocks",
        "endorsements",
        "list_accounts",
        "filters",
        "filter_keywords",
        "filter_statuses",
        "tag_follows",
        "featured_tags",
        "account_notes",
        "account_featuring",
        "collections",
        "collection_items",
        "jobs",
        "deliveries",
        "notifications",
        "notification_requests",
        "conversations",
        "conversation_statuses",
        "favourites",
        "bookmarks",
        "status_pins",
        "status_cards",
        "status_edits",
        "polls",
        "poll_votes",
        "quotes",
        "status_search",
        "thread_mutes",
        "scheduled_statuses",
        "oauth_tokens",
    ] {
        assert!(meter.large().contains(table), "{table} is not seeded");
    }
    let mut wrong = String::new();
    for mode in MODES {
        meter.plan(mode).await;
        keep_nothing(&world).await;
        for (accept, path, most) in reads() {
            let accept = Some(accept).filter(|accept| !accept.is_empty());
            let ask = async || {
                let with = With { token: Some(&reader.token), accept, ..With::default() };
                reader.instance().send(reqwest::Method::GET, &path, with).await
            };
            let (answer, reading) = meter.measure(ask()).await;
            assert_eq!(
                answer.status,
                if path.contains("/users/person920") && !path.contains('?') { 302 } else { 200 },
                "{path}: {}",
                answer.body
            );
            complain(&mut wrong, &path, mode, &reading, most);
        }
        writes(&world, &reader, &meter, mode, &mut wrong).await;
        queues(&world, &reader, &meter, mode, &mut wrong).await;
        sweeps(&world, &meter, mode, &mut wrong).await;
    }
    assert!(wrong.is_empty(), "{wrong}");
    // A page is full of those who want to be found, though nine of ten with such a name do not.
    let found = reader.get("/api/v1/accounts/search?q=person3").await.expect(200);
    assert_eq!(found.list().len(), 40, "{}", found.body);
    constant_statements(&world, &reader, &meter).await;
    many_followed(&world, &reader, &meter).await;
    world.instance(ACME).sql("TRUNCATE jobs, deliveries, outgoing_activities").await;
    world.finish().await;
}

/// What is kept of the database is read anew.
async fn keep_nothing(world: &World) {
    world.instance(ACME).sql("INSERT INTO row_changes (subject) VALUES (0)").await;
}

/// A post, its idempotency key, a signed request, and an activity that arrives.
async fn writes(world: &World, reader: &Person, meter: &Meter, mode: &str, wrong: &mut String) {
    let acme = world.instance(ACME);
    let (mal, name) = (world.peer("peer.test").actor(mode), format!("key-{mode}"));
    let mut id = String::new();
    for what in ["a post", "the same post again"] {
        let headers = [("idempotency-key", name.as_str())];
        let json = Some(json!({"status": "new words #tag5", "in_reply_to_id": seed::post(4).to_string()}));
        let with = With { json, headers: &headers, ..With::default() };
        let (answer, reading) = meter.measure(reader.send(reqwest::Method::POST, "/api/v1/statuses", with)).await;
        id = answer.expect(200).text("id");
        complain(wrong, what, mode, &reading, 170);
    }
    let path = format!("/api/v1/statuses/{id}");
    let edit = reader.put(&path, json!({"status": "other words #tag6"}));
    let (answer, reading) = meter.measure(edit).await;
    answer.expect(200);
    complain(wrong, "an edit", mode, &reading, 180);
    let object = reader.post_status("for servers").await["uri"].as_str().unwrap().to_owned();
    mal.get(acme, &object).await.expect(200);
    let (_, reading) = meter.measure(mal.get(acme, &object)).await;
    complain(wrong, "a signed request", mode, &reading, 40);
    let create = mal.create(&mal.note("from elsewhere"));
    let (_, reading) = meter.measure(mal.deliver(acme, &create)).await;
    complain(wrong, "an activity arrives", mode, &reading, 40);
}

/// What a piece of work is measured with.
struct Seen<'s> {
    app: &'s App,
    meter: &'s Meter,
    mode: &'s str,
    wrong: &'s mut String,
}

macro_rules! measured {
    ($seen:ident, $what:literal, $most:expr, |$conn:ident| $work:expr) => {{
        let work = async {
            let mut lent = $seen.app.db.background().await.unwrap();
            let $conn = &mut *lent;
            $work.await.unwrap()
        };
        let (found, reading) = $seen.meter.measure(work).await;
        complain($seen.wrong, $what, $seen.mode, &reading, $most);
        found
    }};
}

/// What jobs and deliveries ask, with the functions that ask it.
async fn queues(world: &World, reader: &Person, meter: &Meter, mode: &str, wrong: &mut String) {
    let app = &world.instance(ACME).app;
    let seen = Seen { app, meter, mode, wrong };
    let (now, author) = (app.now(), AccountId(seed::FIRST + 5));
    let (lease, lanes) = (now + TimeDelta::minutes(1), ["lane4".into()]);
    let claimed = measured!(seen, "claim jobs", 300, |c| jobs::store::claim_jobs(c, now, lease, &lanes, &["x"], 16));
    assert_eq!(claimed.len(), 16);
    let ids: Vec<_> = claimed.iter().map(|job| job.id).collect();
    measured!(seen, "finish jobs", 100, |c| jobs::store::delete_jobs(c, &ids));
    let hosts = measured!(seen, "claim hosts", 2_500, |c| federation::store::claim_hosts(c, now, lease, 8, ""));
    assert_eq!(hosts.len(), 8);
    let names: Vec<String> = hosts.into_iter().map(|host| host.domain).collect();
    let due = measured!(seen, "what is due", 4_000, |c| federation::store::list_due(c, &names, now, 20));
    assert_eq!(due.len(), 160);
    let ids: Vec<_> = due.iter().map(|delivery| delivery.id).collect();
    measured!(seen, "an inbox that is gone", 10, |c| federation::store::delete_follows_through(
        c,
        "http://nowhere.test/x"
    ));
    measured!(seen, "finish deliveries", 1_000, |c| federation::store::delete_deliveries(c, &ids));
    let inboxes = measured!(seen, "inboxes of few", 60, |c| relationships::store::list_follower_inboxes(c, author));
    assert!(!inboxes.is_empty());
    let most = 2_000;
    measured!(seen, "inboxes of many", most, |c| relationships::store::list_follower_inboxes(c, reader.account.id));
    measured!(seen, "local followers", 60, |c| relationships::store::has_local_followers(c, author));
    let parent = format!("http://acme.test/statuses/{}", 30);
    let by = {
        let mut conn = app.db.get().await.unwrap();
        accounts::store::find_account(&mut conn, author).await.unwrap().unwrap()
    };
    let around =
        measured!(seen, "around a post", 60, |c| statuses::store::find_surroundings(c, "http://x", &by, &parent));
    assert!(around.parent_id.is_some());
    let key = "http://host1.test/users/5001#main-key";
    assert!(measured!(seen, "a key", 10, |c| accounts::store::find_by_key_id(c, key)).is_some());
    measured!(seen, "those on a domain", 2_000, |c| relationships::store::list_tied_on(
        c,
        reader.account.id,
        "host7.test",
        200
    ));
    let some: Vec<AccountId> = (0..5).map(|n| AccountId(seed::FIRST + n * 300 + 1)).collect();
    measured!(seen, "between whom is a block", 60, |c| relationships::store::list_estranged(
        c,
        reader.account.id,
        &some
    ));
    measured!(seen, "whom one blocks", 60, |c| relationships::store::list_refused(c, reader.account.id, &some));
    measured!(seen, "familiar followers", 4_000, |c| relationships::store::list_familiar(
        c,
        reader.account.id,
        &some,
        40
    ));
}

/// What is swept up.
async fn sweeps(world: &World, meter: &Meter, mode: &str, wrong: &mut String) {
    let app = &world.instance(ACME).app;
    let seen = Seen { app, meter, mode, wrong };
    let now = app.now();
    let (old, none) = (now - TimeDelta::days(40), chrono::DateTime::UNIX_EPOCH);
    measured!(seen, "sweep received, nothing", 10, |c| federation::store::delete_received_before(c, none));
    let swept = measured!(seen, "sweep received", 5_000, |c| federation::store::delete_received_before(c, old));
    assert!(swept > 100 || mode != MODES[0]);
    measured!(seen, "sweep sent, nothing", 10, |c| federation::store::delete_sent_before(c, none));
    // As much as waits to be sent, and what need not wait any more.
    measured!(seen, "sweep sent", 50_000, |c| federation::store::delete_sent_before(c, now));
    measured!(seen, "sweep keys", 10, |c| statuses::store::delete_idempotency_keys_before(c, old));
    measured!(seen, "sweep tombstones", 10, |c| statuses::store::delete_unknown_tombstones_before(c, now));
    measured!(seen, "sweep mutes", 3_000, |c| relationships::store::delete_expired_mutes(c, now));
    let (began, post, first) = (now + TimeDelta::days(1), seed::post(9_000), seed::FIRST + 9_000);
    let bite = measured!(seen, "emoji in posts", 2_500, |c| walk::mark_in_statuses(c, post, 200, began, now));
    assert_eq!((bite.count, bite.last), (200, seed::post(9_200)));
    let bite = measured!(seen, "emoji in profiles", 2_500, |c| walk::mark_in_accounts(c, first, 200, began, now));
    assert_eq!(bite.count, 200);
    measured!(seen, "emoji that may be unused", 10, |c| walk::has_stale(c, old));
    measured!(seen, "sweep emoji, nothing", 10, |c| walk::delete_unused(c, old, 100));
    measured!(seen, "sweep sessions", 10, |c| accounts::store::delete_expired_sessions(c, now));
}
