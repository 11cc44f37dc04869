//! What is swept up, though something cannot be.

use chrono::TimeDelta;
use pollen::housekeeping;
use reqwest::Method;
use serde_json::json;

use crate::support::media::{files_below, png};
use crate::support::{Part, With, World};

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_swept_up_keeps_nothing_else_from_being() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, eve) = (acme.register("ada").await, acme.register("eve").await);
    ada.post(&format!("/api/v1/accounts/{}/mute", eve.id()), json!({"duration": 60})).await.expect(200);
    world.clock.advance(TimeDelta::minutes(2));
    acme.sql("INSERT INTO row_changes VALUES (1, 4711); ALTER TABLE received_activities RENAME TO elsewhere").await;
    let mut horizon = None;
    for _ in 0..2 {
        housekeeping::round(&acme.app, &mut horizon).await.unwrap_err();
    }
    assert_eq!(acme.count("SELECT count(*) FROM mutes").await, 0);
    assert_eq!(acme.count("SELECT count(*) FROM row_changes WHERE subject = 4711").await, 0);
    acme.sql("ALTER TABLE elsewhere RENAME TO received_activities").await;
    housekeeping::round(&acme.app, &mut horizon).await.unwrap();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_removed_keeps_no_other() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let ada = acme.register("ada").await;
    let upload = async || {
        let parts = [Part::file("file", png(8, 6))];
        ada.send(Method::POST, "/api/v2/media", With { parts: &parts, ..With::default() }).await.expect(200);
    };
    let directory = acme.app.config.media_directory();
    upload().await;
    // Where the files of the oldest are, something is that is no file.
    let stuck = files_below(&directory);
    for file in &stuck {
        std::fs::remove_file(file).unwrap();
        std::fs::create_dir(file).unwrap();
        std::fs::write(file.join("inside"), "").unwrap();
    }
    upload().await;
    assert_eq!(files_below(&directory).len(), 2 * stuck.len());
    acme.sql("DELETE FROM media_attachments").await;
    housekeeping::sweep(&acme.app).await.unwrap_err();
    assert!(files_below(&directory).iter().all(|file| file.ends_with("inside")), "the later ones are gone");
    let rows = "SELECT count(*) FROM media_files";
    assert_eq!(acme.count(rows).await, i64::try_from(stuck.len()).unwrap());
    for file in &stuck {
        std::fs::remove_dir_all(file).unwrap();
    }
    housekeeping::sweep(&acme.app).await.unwrap();
    assert_eq!(acme.count(rows).await, 0);
    world.finish().await;
}
