//! What comes by itself: on streams, and to devices.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE;
use futures_util::future::join_all;
use pollen::base::id::{AccountId, AudienceId, ConversationId, NotificationId, PushSubscriptionId, StatusId};
use pollen::db::changes::{Change, Deletion};
use pollen::jobs;
use pollen::push::PushDue;
use serde_json::json;
use web_push_native::Auth;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;

use super::Seen;
use super::expected::may_see;
use super::scene::{PEOPLE, Post, Scene};
use crate::support::{Heard, With};

/// Routes of streams.
pub const STREAMS: &[&str] = &["/api/v1/streaming", "/api/v1/streaming/{stream:.*}"];

/// Streams, and events on them, as they are called in the snapshot.
const ROWS: [(&str, &str, &str); 10] = [
    ("user", "update", "stream user"),
    ("user", "status.update", "stream user, edits"),
    ("user", "delete", "stream user, deletes"),
    ("user:notification", "notification", "stream notifications"),
    ("direct", "conversation", "stream conversations"),
    ("public", "update", "stream public"),
    ("public:local", "update", "stream public local"),
    ("public:remote", "update", "stream public remote"),
    ("hashtag", "update", "stream hashtag"),
    ("public", "delete", "stream public, deletes"),
];

/// All that there is of a post is announced once more, while everyone listens.
async fn announce(scene: &Scene) {
    let client = scene.acme().database.client().await;
    let mut changes = Vec::new();
    for post in &scene.posts {
        let id: i64 = post.id.parse().unwrap();
        changes.extend([Change::Published(StatusId(id)), Change::Edited(StatusId(id))]);
        if !post.is_boost {
            let quoting = StatusId(scene.quoting(post).try_into().unwrap());
            changes.extend([Change::Published(quoting), Change::Edited(quoting)]);
        }
        for person in PEOPLE {
            let to = AccountId(scene.accounts[person].parse().unwrap());
            let number = scene.notification(person, post.name).parse().unwrap();
            changes
                .extend([Change::Notified(to, NotificationId(number)), Change::Conversed(to, ConversationId(number))]);
        }
        let query = format!(
            "SELECT s.account_id, s.audience_kind, s.audience_id, s.local, o.account_id, o.audience_kind
             FROM statuses s LEFT JOIN statuses o ON o.id = s.reblog_of_id WHERE s.id = {id}"
        );
        if let Some(row) = client.query_opt(&query, &[]).await.unwrap() {
            changes.push(Change::Deleted(Box::new(Deletion {
                id: StatusId(id),
                account_id: AccountId(row.get(0)),
                audience_kind: row.get(1),
                audience_id: row.get::<_, Option<i64>>(2).map(AudienceId),
                local: row.get(3),
                boosted_account_id: row.get::<_, Option<i64>>(4).map(AccountId),
                boosted_audience_kind: row.get(5),
                mentioned: Vec::new(),
                tags: Vec::new(),
            })));
        }
    }
    scene.acme().app.changes.tell(changes);
}

/// Everyone with a token listens to everything; what each hears.
pub async fn look(scene: &Scene, wrong: &mut Vec<String>) -> Vec<(&'static str, Seen)> {
    let mut sockets = Vec::new();
    for viewer in &scene.viewers {
        let Some(token) = &viewer.token else { continue };
        let opened = scene.acme().listen_with(&format!("?access_token={token}"), &[]).await;
        let Ok(mut socket) = opened else { continue };
        for stream in ["user", "user:notification", "direct", "public", "public:local", "public:remote"] {
            socket.say(json!({"type": "subscribe", "stream": stream})).await;
        }
        socket.say(json!({"type": "subscribe", "stream": "hashtag", "tag": "everywhere"})).await;
        let refused = socket.settled_after_refusals().await;
        assert_eq!(refused, if viewer.name == "scopeless" { 3 } else { 0 }, "{}", viewer.name);
        sockets.push((viewer.name, socket));
    }
    announce(scene).await;
    // The sign that all has been told: a post by somebody whom nobody hides. Of what is told at once, the posts come first, so
    // only what comes after its first event comes after all; the second is the end.
    let sign = post_sign(scene).await;
    let mut heard: Vec<(&'static str, Heard)> = Vec::new();
    for event in ["update", "status.update"] {
        if event == "status.update" {
            scene.acme().app.announce(Change::Edited(StatusId(sign.parse().unwrap())));
        }
        let sign = sign.as_str();
        let listening = sockets.iter_mut().map(|(name, socket)| async move {
            let mut heard = Vec::new();
            loop {
                let next = socket.next().await;
                let is_sign = matches!(&next, Heard::Event { stream, event: found, payload }
                    if stream[0] == "public" && found == event && payload["id"] == sign);
                heard.push((*name, next));
                if is_sign {
                    return heard;
                }
            }
        });
        heard.extend(join_all(listening).await.into_iter().flatten());
    }
    sort(scene, &heard, wrong)
}

async fn post_sign(scene: &Scene) -> String {
    let stranger = scene.viewers.iter().find(|viewer| viewer.name == "stranger").unwrap();
    let with = With {
        token: stranger.token.as_deref(),
        json: Some(json!({"status": "That was all", "visibility": "public"})),
        ..Default::default()
    };
    let post = scene.acme().send(reqwest::Method::POST, "/api/v1/statuses", with).await.expect(200);
    post["id"].as_str().unwrap().to_owned()
}

fn sort(scene: &Scene, heard: &[(&'static str, Heard)], wrong: &mut Vec<String>) -> Vec<(&'static str, Seen)> {
    let mut rows: BTreeMap<&str, Seen> = ROWS
        .iter()
        .map(|(_, _, row)| (*row, scene.posts.iter().map(|post| ((*row, post.name), Default::default())).collect()))
        .collect();
    for (viewer, one) in heard {
        let Heard::Event { stream, event, payload } = one else { panic!("{viewer} heard {one:?}") };
        let text = payload.to_string();
        for post in scene.posts.iter().filter(|post| !post.is_boost && !may_see(viewer, post.name)) {
            if text.contains(&post.text) {
                wrong.push(format!("stream {stream:?}: a word of {} is told to {viewer}", post.name));
            }
        }
        let is = |post: &&Post| match event.as_str() {
            "delete" => *payload == post.id,
            "notification" => payload["status"]["id"] == post.id,
            "conversation" => payload["last_status"]["id"] == post.id,
            _ => payload["id"] == post.id,
        };
        let row = ROWS.iter().find(|(of, named, _)| *of == stream[0] && named == event);
        if let (Some((_, _, row)), Some(post)) = (row, scene.posts.iter().find(is)) {
            rows.get_mut(row).unwrap().get_mut(&(*row, post.name)).unwrap().insert(*viewer);
        }
    }
    ROWS.iter().map(|(_, _, row)| (*row, rows.remove(row).unwrap())).collect()
}

/// Everyone who was once told of every post has a device, to which all of it is pushed now.
pub async fn pushed(scene: &Scene) -> (&'static str, Seen) {
    let (secret, auth) = (SecretKey::from_slice(&[9; 32]).unwrap(), [9; 16]);
    let point = secret.public_key().to_encoded_point(false);
    let app = &scene.acme().app;
    for viewer in scene.viewers.iter().filter(|viewer| PEOPLE.contains(&viewer.name)) {
        let subscription = json!({
            "subscription": {
                "endpoint": scene.world.peer("peer.test").url(&format!("/push/{}", viewer.name)),
                "keys": {"p256dh": BASE64_URL_SAFE.encode(point.as_bytes()), "auth": BASE64_URL_SAFE.encode(auth)},
                "standard": true,
            },
            "data": {"alerts": {"update": true}},
        });
        let with = With { token: viewer.token.as_deref(), json: Some(subscription), ..Default::default() };
        let made = scene.acme().send(reqwest::Method::POST, "/api/v1/push/subscription", with).await.expect(200);
        let subscription_id = PushSubscriptionId(made["id"].as_str().unwrap().parse().unwrap());
        let due = scene.posts.iter().map(|post| PushDue {
            notification_id: NotificationId(scene.notification(viewer.name, post.name).parse().unwrap()),
            subscription_id,
        });
        let due: Vec<PushDue> = due.collect();
        let enqueued = app.transaction(async |conn| {
            for job in &due {
                jobs::enqueue(app, conn, job).await?;
            }
            Ok(())
        });
        enqueued.await.unwrap();
    }
    scene.world.settle().await;
    let path = "push";
    let told = scene.posts.iter().filter(|post| !post.is_boost);
    let mut seen: Seen = told.map(|post| ((path, post.name), Default::default())).collect();
    for one in scene.world.peer("peer.test").received() {
        let Some(name) = one.path.strip_prefix("/push/") else { continue };
        let viewer = PEOPLE.into_iter().find(|viewer| *viewer == name).unwrap();
        let text = web_push_native::decrypt(one.raw, &secret, &Auth::clone_from_slice(&auth)).unwrap();
        let text = String::from_utf8(text).unwrap();
        let post = scene.posts.iter().find(|post| text.contains(&post.text)).expect("a post of the scene");
        seen.get_mut(&(path, post.name)).unwrap().insert(viewer);
    }
    (path, seen)
}
