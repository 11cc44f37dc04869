//! Web push: subscriptions, and what arrives at a push service that the test plays.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use web_push_native::Auth;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;

use super::refused;
use crate::support::{Instance, Peer, Person, With, World};

mod draft;

const ACME: &str = "acme.test";
const PATH: &str = "/api/v1/push/subscription";

/// A person's device, with the keys that it keeps to itself.
struct Device {
    secret: SecretKey,
    auth: [u8; 16],
}

impl Device {
    fn new(seed: u8) -> Self {
        Self { secret: SecretKey::from_slice(&[seed; 32]).unwrap(), auth: [seed; 16] }
    }

    fn point(&self) -> Vec<u8> {
        self.secret.public_key().to_encoded_point(false).as_bytes().to_vec()
    }

    /// A subscription by the standard for everything.
    fn subscription(&self, endpoint: &str) -> Value {
        json!({
            "subscription": {
                "endpoint": endpoint,
                "keys": {"p256dh": BASE64_URL_SAFE.encode(self.point()), "auth": BASE64_URL_SAFE_NO_PAD.encode(self.auth)},
                "standard": true,
            },
            "data": {"alerts": {"mention": true, "follow": true, "favourite": true, "reblog": true}},
        })
    }

    fn read(&self, sealed: &[u8]) -> Value {
        let text =
            web_push_native::decrypt(sealed.to_vec(), &self.secret, &Auth::clone_from_slice(&self.auth)).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

struct Scene {
    world: World,
    ada: Person,
    ben: Person,
    device: Device,
}

impl Scene {
    async fn new() -> Self {
        let world = World::builder().instance(ACME).peer("push.test").start().await;
        let acme = world.instance(ACME);
        let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
        Self { world, ada, ben, device: Device::new(7) }
    }

    fn service(&self) -> &Peer {
        self.world.peer("push.test")
    }

    fn endpoint(&self) -> String {
        self.service().url("/device/1")
    }

    async fn subscribe(&self) -> Value {
        self.ada.post(PATH, self.device.subscription(&self.endpoint())).await.expect(200).json
    }

    /// What arrived since the last time it was asked.
    async fn arrived(&self, known: &mut usize) -> Vec<Value> {
        self.world.settle().await;
        let all = self.service().received();
        let new = all[*known..].iter().map(|one| self.device.read(&one.raw)).collect();
        *known = all.len();
        new
    }
}

fn acme(world: &World) -> &Instance {
    world.instance(ACME)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_made_read_changed_and_ended() {
    let scene = Scene::new().await;
    let ada = &scene.ada;
    refused(ada, Method::GET, PATH, With::default(), 404).await;
    refused(ada, Method::PUT, PATH, With { json: Some(json!({"data": {}})), ..With::default() }, 404).await;
    let made = scene.subscribe().await;
    let key =
        acme(&scene.world).get("/api/v2/instance").await.expect(200)["configuration"]["vapid"]["public_key"].clone();
    assert_eq!(BASE64_URL_SAFE.decode(key.as_str().unwrap()).unwrap().len(), 65);
    let app = ada.get("/api/v1/apps/verify_credentials").await.expect(200);
    assert_eq!((&made["server_key"], &app["vapid_key"]), (&key, &key));
    assert_eq!(made["endpoint"], scene.endpoint());
    assert_eq!((&made["standard"], &made["policy"]), (&json!(true), &json!("all")));
    assert_eq!((&made["alerts"]["mention"], &made["alerts"]["poll"]), (&json!(true), &json!(false)));
    assert_eq!(made["alerts"].as_object().unwrap().len(), 12);
    assert_eq!(ada.get(PATH).await.expect(200).json, made);
    // As forms have it.
    let form = [("data[alerts][poll]", "true"), ("data[alerts][mention]", "0"), ("data[policy]", "followed")];
    let changed = ada.send(Method::PUT, PATH, With { form: Some(&form), ..With::default() }).await.expect(200);
    assert_eq!((&changed["alerts"]["mention"], &changed["alerts"]["poll"]), (&json!(false), &json!(true)));
    assert_eq!((&changed["policy"], &changed["id"]), (&json!("followed"), &made["id"]));
    let keys = (BASE64_STANDARD.encode(scene.device.point()), BASE64_STANDARD.encode(scene.device.auth));
    let endpoint = scene.service().url("/device/2");
    let form = [
        ("subscription[endpoint]", endpoint.as_str()),
        ("subscription[keys][p256dh]", keys.0.as_str()),
        ("subscription[keys][auth]", keys.1.as_str()),
        ("data[alerts][follow]", "1"),
    ];
    let again = ada.post_form(PATH, &form).await.expect(200);
    assert_eq!((&again["endpoint"], &again["standard"]), (&json!(endpoint), &json!(false)));
    assert_eq!(acme(&scene.world).count("SELECT count(*) FROM push_subscriptions").await, 1, "one for each token");
    refused(&ada.with_scopes("read").await, Method::GET, PATH, With::default(), 403).await;
    refused(&ada.with_scopes("read push").await, Method::GET, PATH, With::default(), 404).await;
    assert_eq!(ada.delete(PATH).await.expect(200).json, json!({}));
    refused(ada, Method::GET, PATH, With::default(), 404).await;
    ada.delete(PATH).await.expect(200);
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_cannot_be_is_refused() {
    let scene = Scene::new().await;
    scene.subscribe().await;
    let right = scene.device.subscription(&scene.endpoint());
    let (point, auth) = (scene.device.point(), BASE64_URL_SAFE.encode([7; 16]));
    let mut off_curve = point.clone();
    off_curve[40] ^= 1;
    for (path, value) in [
        ("/subscription/endpoint", json!("")),
        ("/subscription/endpoint", json!("nonsense")),
        ("/subscription/endpoint", json!("ftp://push.test/x")),
        ("/subscription/endpoint", json!("http://user:password@push.test/x")),
        ("/subscription/endpoint", json!(format!("http://push.test/{}", "x".repeat(3000)))),
        ("/subscription/keys", json!({})),
        ("/subscription/keys/p256dh", json!("%%%")),
        ("/subscription/keys/p256dh", json!(BASE64_URL_SAFE.encode(&point[1..]))),
        ("/subscription/keys/p256dh", json!(BASE64_URL_SAFE.encode(off_curve))),
        ("/subscription/keys/auth", json!(format!("{auth}AAAA"))),
        ("/data/alerts/mention", json!("perhaps")),
        ("/data", json!({"policy": "everybody"})),
    ] {
        let mut wrong = right.clone();
        *wrong.pointer_mut(path).unwrap() = value.clone();
        let answer = refused(&scene.ada, Method::POST, PATH, With { json: Some(wrong), ..With::default() }, 422).await;
        assert!(
            answer["error"].as_str().unwrap().starts_with("Validation failed: "),
            "{path} {value}: {}",
            answer.body
        );
    }
    refused(&scene.ada, Method::POST, PATH, With { json: Some(json!({"subscription": 5})), ..With::default() }, 400)
        .await;
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_public_addresses_over_https_are_pushed_to() {
    let open = |config: &mut pollen::config::Config| config.federation.loopback = false;
    let world = World::builder().instance("acme.test").configure(open).start().await;
    let ada = world.instance("acme.test").register("ada").await;
    let port = world.instance("acme.test").app.config.server.listen[0].port();
    let address = format!("http://127.0.0.1:{port}{PATH}");
    for endpoint in ["http://push.example.com/x", "https://127.0.0.1/x", "https://[::1]/x", "https://localhost/x"] {
        let answer = world.instance("acme.test").http.post(&address).bearer_auth(&ada.token);
        let answer = answer.json(&Device::new(1).subscription(endpoint)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 422, "{endpoint}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_arrives_encrypted_and_signed() {
    let scene = Scene::new().await;
    let key = scene.subscribe().await["server_key"].as_str().unwrap().to_owned();
    let post = scene.ben.post_status("Look at **this**, @ada: <3").await;
    scene.world.settle().await;
    let received = scene.service().received().remove(0);
    let header = |name: &str| received.headers[name].as_str();
    assert_eq!(received.path, "/device/1");
    assert_eq!((header("content-encoding"), header("ttl"), header("urgency")), ("aes128gcm", "172800", "normal"));
    assert_eq!(header("content-type"), "application/octet-stream");
    assert!(!String::from_utf8_lossy(&received.raw).contains("Look"));
    let told = scene.ada.get("/api/v1/notifications").await.expect(200).list()[0].clone();
    let message = scene.device.read(&received.raw);
    assert_eq!(
        message,
        json!({
            "access_token": "",
            "preferred_locale": "en",
            "notification_id": told["id"].as_str().unwrap().parse::<i64>().unwrap(),
            "notification_type": "mention",
            "icon": told["account"]["avatar"],
            "title": "You were mentioned by ben",
            "body": "Look at **this**, @ada: <3",
        })
    );
    let (token, public) = header("authorization").strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(public, key.trim_end_matches('='));
    verify(token, &key, "http://push.test", &scene.world);
    // A warning hides what is behind it.
    let draft = json!({"status": "@ada the end is sad", "spoiler_text": "A film", "visibility": "direct"});
    scene.ben.post_status_with(draft).await;
    scene.ben.post(&format!("/api/v1/accounts/{}/follow", scene.ada.id()), json!({})).await.expect(200);
    let mut known = 1;
    let arrived = scene.arrived(&mut known).await;
    let mut said: Vec<_> =
        arrived.iter().map(|one| (one["title"].as_str().unwrap(), one["body"].as_str().unwrap())).collect();
    said.sort_unstable();
    assert_eq!(said, [("You were mentioned by ben", "A film"), ("ben is now following you", "")]);
    let _ = post;
    scene.world.finish().await;
}

/// The token of RFC 8292.
fn verify(token: &str, key: &str, audience: &str, world: &World) {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, BASE64_URL_SAFE.decode(key).unwrap());
    key.verify(signed.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let parts: Vec<Value> = signed
        .split('.')
        .map(|part| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    assert_eq!(parts[0]["alg"], "ES256");
    assert_eq!((&parts[1]["aud"], &parts[1]["sub"]), (&json!(audience), &json!("http://acme.test")));
    let left = parts[1]["exp"].as_i64().unwrap() - world.clock.now().timestamp();
    assert!((0..=24 * 3600).contains(&left), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_told_what_it_asked_for_of_whom_it_asked_for() {
    let scene = Scene::new().await;
    scene.subscribe().await;
    let (ada, ben) = (&scene.ada, &scene.ben);
    let cyd = acme(&scene.world).register("cyd").await;
    ada.follow("@ben").await;
    cyd.follow("@ada").await;
    let mut known = 0;
    scene.arrived(&mut known).await;
    for (policy, expected) in
        [("all", vec!["ben", "cyd"]), ("followed", vec!["ben"]), ("follower", vec!["cyd"]), ("none", vec![])]
    {
        ada.put(PATH, json!({"data": {"alerts": {"mention": true}, "policy": policy}})).await.expect(200);
        for person in [ben, &cyd] {
            person.post_status("Hello @ada").await;
        }
        let arrived = scene.arrived(&mut known).await;
        let mut by: Vec<&str> =
            arrived.iter().map(|one| one["title"].as_str().unwrap().rsplit(' ').next().unwrap()).collect();
        by.sort_unstable();
        assert_eq!(by, expected, "{policy}");
    }
    let post = ada.post_status("Like me").await;
    let favourite = format!("/api/v1/statuses/{}/favourite", post["id"].as_str().unwrap());
    ada.put(PATH, json!({"data": {"alerts": {"mention": true}}})).await.expect(200);
    ben.post(&favourite, json!({})).await.expect(200);
    assert!(scene.arrived(&mut known).await.is_empty());
    ada.put(PATH, json!({"data": {"alerts": {"favourite": true}}})).await.expect(200);
    cyd.post(&favourite, json!({})).await.expect(200);
    assert_eq!(scene.arrived(&mut known).await[0]["title"], "cyd favourited your post");
    acme(&scene.world).sql("UPDATE users SET locale = 'de-AT'").await;
    cyd.post(&favourite.replace("favourite", "unfavourite"), json!({})).await.expect(200);
    cyd.post(&favourite, json!({})).await.expect(200);
    assert_eq!(scene.arrived(&mut known).await[0]["title"], "cyd hat Ihren Beitrag favorisiert");
    // What was wanted when it happened, and is not any more when it would be sent.
    ben.post(&favourite.replace("favourite", "unfavourite"), json!({})).await.expect(200);
    ben.post(&favourite, json!({})).await.expect(200);
    ada.put(PATH, json!({"data": {"alerts": {}}})).await.expect(200);
    assert!(scene.arrived(&mut known).await.is_empty());
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filtered_is_not_pushed() {
    let scene = Scene::new().await;
    scene.subscribe().await;
    let (ada, ben) = (&scene.ada, &scene.ben);
    let mut known = 0;
    let policy = "/api/v2/notifications/policy";
    ada.patch(policy, json!({"for_not_following": "filter"})).await.expect(200);
    ben.post_status("Hello @ada").await;
    assert!(scene.arrived(&mut known).await.is_empty());
    ada.patch(policy, json!({"for_not_following": "accept"})).await.expect(200);
    ben.post_status("Hello again, @ada").await;
    assert_eq!(scene.arrived(&mut known).await.len(), 1);
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_pushed_that_may_not_be_seen_any_more() {
    let scene = Scene::new().await;
    let (ada, ben) = (&scene.ada, &scene.ben);
    let acme = acme(&scene.world);
    let mut known = 0;
    for undo in [
        "DELETE FROM status_mentions".to_owned(),
        format!(
            "INSERT INTO mutes (id, account_id, target_account_id, created_at) VALUES (1, {}, {}, now())",
            ada.id(),
            ben.id()
        ),
        format!("UPDATE accounts SET suspended_at = now() WHERE id = {}", ben.id()),
        format!("UPDATE accounts SET suspended_at = now() WHERE id = {}", ada.id()),
        format!("UPDATE oauth_tokens SET scopes = 'read write' WHERE account_id = {}", ada.id()),
        "DELETE FROM notifications".to_owned(),
        format!("DELETE FROM oauth_tokens WHERE account_id = {}", ada.id()),
    ] {
        scene.subscribe().await;
        ben.post_status_with(json!({"status": "@ada, a secret", "visibility": "direct"})).await;
        acme.sql(&undo).await;
        assert!(scene.arrived(&mut known).await.is_empty(), "{undo}");
        acme.sql("UPDATE accounts SET suspended_at = NULL; UPDATE oauth_tokens SET scopes = 'read write follow push'")
            .await;
        acme.sql("DELETE FROM mutes").await;
    }
    assert_eq!(acme.count("SELECT count(*) FROM push_subscriptions").await, 0, "it ends with its token");
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_service_is_asked_again_and_believed_when_it_says_that_a_device_is_gone() {
    let mut scene = Scene::new().await;
    scene.subscribe().await;
    scene.world.expect_warning("the push service answered 503");
    scene.world.expect_warning("Too many requests");
    scene.service().answer_inbox(503);
    scene.ben.post_status("Hello @ada").await;
    let count = async |scene: &Scene| {
        scene.world.settle().await;
        scene.service().received().len()
    };
    assert_eq!(count(&scene).await, 1);
    scene.world.advance(TimeDelta::seconds(6)).await;
    assert_eq!(count(&scene).await, 2);
    scene.service().answer_inbox(429);
    scene.service().ask_to_wait(600);
    scene.world.advance(TimeDelta::seconds(11)).await;
    assert_eq!(count(&scene).await, 3);
    scene.world.advance(TimeDelta::seconds(500)).await;
    assert_eq!(count(&scene).await, 3, "not before it said");
    scene.service().answer_inbox(201);
    scene.service().ask_to_wait(None);
    scene.world.advance(TimeDelta::seconds(120)).await;
    assert_eq!(count(&scene).await, 4);
    scene.world.advance(TimeDelta::days(1)).await;
    assert_eq!(count(&scene).await, 4);
    for (status, left) in [(400, 1), (410, 0), (404, 0)] {
        scene.subscribe().await;
        scene.service().answer_inbox(status);
        let before = count(&scene).await;
        scene.ben.post_status("Hello @ada").await;
        assert_eq!(count(&scene).await, before + 1, "once: {status}");
        assert_eq!(acme(&scene.world).count("SELECT count(*) FROM push_subscriptions").await, left, "{status}");
    }
    // After hours it is not worth it any more.
    scene.subscribe().await;
    scene.service().answer_inbox(503);
    scene.ben.post_status("Hello @ada").await;
    count(&scene).await;
    for _ in 0..20 {
        scene.world.advance(TimeDelta::hours(1)).await;
    }
    let before = count(&scene).await;
    scene.world.advance(TimeDelta::hours(8)).await;
    assert_eq!(count(&scene).await, before);
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_processes_have_one_key() {
    let world = World::start([ACME]).await;
    let twin = acme(&world).twin().await;
    let port = twin.app.config.server.listen[0].port();
    let other = twin.http.get(format!("http://127.0.0.1:{port}/api/v2/instance")).send().await.unwrap();
    let other: Value = other.json().await.unwrap();
    let own = acme(&world).get("/api/v2/instance").await.expect(200);
    assert_eq!(other["configuration"]["vapid"], own["configuration"]["vapid"]);
    world.finish().await;
}
