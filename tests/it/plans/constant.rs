//! What costs as many statements however much there is.

use chrono::TimeDelta;

use super::meter::{MODES, Meter, Reading};
use super::{ACME, complain, keep_nothing, seed};
use crate::support::{Answer, Person, With, World};

/// Home of somebody who follows 5,000 costs as many statements, and still walks an index for each.
pub async fn many_followed(world: &World, reader: &Person, meter: &Meter) {
    keep_nothing(world).await;
    let (_, before) = meter.measure(reader.get("/api/v1/timelines/home")).await;
    let more = "INSERT INTO follows (id, account_id, target_account_id, uri, accepted_at, created_at)
        SELECT 400000 + n, READER, 1000 + n * 2, 'more-' || n, now(), now() FROM generate_series(1, 5000) n
        ON CONFLICT DO NOTHING; ANALYZE follows;";
    world.instance(ACME).sql(&more.replace("READER", &reader.id())).await;
    for (mode, limit) in MODES.into_iter().zip([21, 22]) {
        meter.plan(mode).await;
        let mut wrong = String::new();
        let (answer, reading) = meter.measure(reader.get(&format!("/api/v1/timelines/home?limit={limit}"))).await;
        assert_eq!(answer.expect(200).list().len(), limit);
        complain(&mut wrong, "home with 5,000 followees", mode, &reading, 600_000);
        keep_nothing(world).await;
        let (_, again) = meter.measure(reader.get(&format!("/api/v1/timelines/home?limit={limit}"))).await;
        complain(&mut wrong, "home with 5,000 followees, again", mode, &again, 60_000);
        assert!(wrong.is_empty(), "{wrong}");
        assert!(reading.statements.len() <= before.statements.len() + 8, "{:#?}", reading.statements);
    }
}

/// A page of forty costs as many statements as one of five.
pub async fn constant_statements(world: &World, reader: &Person, meter: &Meter) {
    let account = seed::WRITER;
    for path in [
        "/api/v1/timelines/home".to_owned(),
        format!("/api/v1/timelines/list/{}", seed::LIST),
        "/api/v1/timelines/public".into(),
        "/api/v1/timelines/tag/tag1".into(),
        format!("/api/v1/accounts/{account}/statuses"),
        "/api/v1/favourites".into(),
        "/api/v1/bookmarks".into(),
        "/api/v1/notifications".into(),
        "/api/v1/conversations".into(),
    ] {
        let mut counted = Vec::new();
        for (limit, below) in [(5, 40_000), (40, 30_000)] {
            // What is kept of accounts is not used, and what is kept of posts is of others.
            keep_nothing(world).await;
            world.clock.advance(TimeDelta::minutes(1));
            // What is noted of a person once a day is noted: a day may begin in that minute.
            reader.get("/api/v1/preferences").await.expect(200);
            let below = match path.as_str() {
                "/api/v1/favourites" | "/api/v1/bookmarks" => 100_000 + below / 40,
                "/api/v1/notifications" => 100_000 + below / 30,
                _ => seed::post(below),
            };
            let (answer, reading): (Answer, Reading) =
                meter.measure(reader.get(&format!("{path}?limit={limit}&max_id={below}"))).await;
            let found = answer.expect(200).list().len();
            assert!(found <= limit && found * 4 >= limit, "{path}: {found} of {limit}");
            counted.push(reading.statements);
        }
        assert_eq!(counted[0].len(), counted[1].len(), "{path}: {counted:#?}");
        // Two of them are for what is quoted on the page.
        assert!(!counted[0].is_empty() && counted[0].len() <= 19, "{path}: {counted:#?}");
    }
    for (path, below) in [("/@person920", 400), ("/tags/tag1", 20), ("/@crafts", 20)] {
        let send = |path: String| async move {
            let with = With { accept: Some("text/html"), ..With::default() };
            world.instance(ACME).send(reqwest::Method::GET, &path, with).await
        };
        // A page that is not the first: that one shows more than posts.
        let (_, all) = meter.measure(send(format!("{path}?max_id={}", i64::MAX - 1))).await;
        // What was looked up a moment ago is not used.
        world.clock.advance(TimeDelta::minutes(1));
        let (_, few) = meter.measure(send(format!("{path}?max_id={}", seed::post(below)))).await;
        assert_eq!(all.statements.len(), few.statements.len(), "{path}: {:#?} {:#?}", all.statements, few.statements);
    }
}
