//! The backup that README describes, and the way back.

use std::collections::BTreeSet;

use nix::sys::signal::Signal;

use super::server::{Server, private_postgres};
use super::{Home, run};
use crate::support::TestDatabase;

/// What is in a dump: the name of each table, index and so on, and all rows. Postgres may write a condition in other words each time.
fn what_is_in(dump: &str) -> BTreeSet<&str> {
    let mut is_row = false;
    let told = dump.lines().filter(|line| {
        is_row = line.starts_with("COPY ") || (is_row && *line != "\\.");
        is_row || line.starts_with("-- Name: ")
    });
    told.collect()
}

/// What is in one dump alone.
fn difference<'a>(one: &'a str, other: &'a str) -> Vec<&'a str> {
    what_is_in(one).symmetric_difference(&what_is_in(other)).copied().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_loaded_where_nothing_was_and_pollen_goes_on() {
    let homes = [Home::new(), Home::new()];
    let [mut acme, mut anew] = homes.each_ref().map(|home| {
        let database = private_postgres(&home.path("data"));
        Server::configure(home, &[("acme.test", database)], "").remove(0)
    });
    acme.start();
    acme.ready().await;
    let ada = acme.join("ada").await;
    ada.post_until_accepted("Kept, with a #hashtag").await;
    let process = acme.process.as_mut().unwrap();
    process.signal(Signal::SIGTERM);
    assert!(process.ended().await.success());

    let dump = |file: String| async move { run(&["postgres", "--config", &file, "pg_dump", "--no-owner"]).await.ok() };
    let dumped = dump(acme.file().to_owned()).await;
    let kept = homes[1].file("pollen.sql", &dumped);
    let load = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-f", kept.to_str().unwrap()];
    let load = [["postgres", "--config", anew.file()].as_slice(), &load].concat();
    run(&load).await.ok();
    let again = dump(anew.file().to_owned()).await;
    assert!(what_is_in(&dumped).iter().any(|line| line.contains("Kept, with a ")), "the post is in the dump");
    assert_eq!(difference(&again, &dumped), Vec::<&str>::new(), "all is there again");
    // Not over what is there.
    run(&load).await.refused(&["psql failed"]);
    assert_eq!(difference(&dump(anew.file().to_owned()).await, &dumped), Vec::<&str>::new(), "and nothing half");

    anew.start();
    anew.ready().await;
    let posts = anew.get("/api/v1/timelines/tag/hashtag").await;
    assert!(posts.expect(200).body.contains("Kept, with a "), "it is read");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_run_on_a_private_postgres_alone_and_say_how_they_ended() {
    let (home, database) = (Home::new(), TestDatabase::new().await);
    let own = Server::alone(&home, &database.url, "");
    run(&["postgres", "--config", own.file(), "psql"]).await.refused(&["database.url", "psql"]);
    let data = home.path("data");
    let private = Server::configure(&home, &[("private.test", private_postgres(&data))], "").remove(0);
    run(&["postgres", "--config", private.file()]).await.refused(&["PROGRAM"]);
    run(&["postgres", "--config", private.file(), "no-such-program"]).await.refused(&["no-such-program cannot be run"]);
    let said = run(&["postgres", "--config", private.file(), "--", "psql", "-Atc", "SELECT current_database()"]).await;
    assert_eq!(said.ok(), "pollen\n");
}
