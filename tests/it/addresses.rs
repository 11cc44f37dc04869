//! The addresses by which programs reach an instance, as they write them.

use std::sync::{Arc, Mutex};

use crate::support::{ACTIVITY, Instance, With, World};

const METADATA: &str = "/.well-known/oauth-authorization-server";

#[tokio::test(flavor = "multi_thread")]
async fn a_slash_at_the_end_changes_nothing() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let about = acme.get("/api/v2/instance/").await.expect(200);
    assert_eq!(about["domain"], "acme.test");
    assert!(about.header("x-ratelimit-limit").parse::<u32>().is_ok(), "it is limited like any other request");
    acme.get("/about/").await.expect(200);
    let asked = acme.get("/oauth/authorize/?response_type=code&client_id=nobody").await.expect(400);
    assert_eq!(asked.body, acme.get("/oauth/authorize?response_type=code&client_id=nobody").await.body);
    let ada = acme.register("ada").await;
    acme.get_activity(&format!("{}/", ada.account.uri)).await.expect(404);
    world.finish().await;
}

/// Programs that know no *.localhost use the demo by `http://localhost:7001`.
#[tokio::test(flavor = "multi_thread")]
async fn on_one_machine_a_client_is_told_the_addresses_by_which_it_came() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let own = acme.get(METADATA).await.expect(200);
    assert_eq!(own["token_endpoint"], "http://acme.test/oauth/token");
    let headers = &[("host", "localhost:7001")];
    let called = acme.send(reqwest::Method::GET, METADATA, With { headers, ..With::default() }).await.expect(200);
    assert_eq!(called["issuer"], "http://localhost:7001/");
    for (name, own) in own.json.as_object().unwrap() {
        let own = own.as_str().filter(|own| own.starts_with("http://acme.test"));
        if let Some(own) = own {
            assert_eq!(called[name.as_str()], own.replace("http://acme.test", "http://localhost:7001"), "{name}");
        }
    }
    let headers = &[("host", "localhost:7001")];
    let called = acme.send(reqwest::Method::GET, "/.well-known/nodeinfo", With { headers, ..With::default() }).await;
    assert_eq!(called["links"][0]["href"], "http://localhost:7001/nodeinfo/2.0");
    world.finish().await;
}

/// A port in the domain, as in the demo, is in no name: each believes what the other's own actor signs.
#[tokio::test(flavor = "multi_thread")]
async fn instances_with_a_port_fetch_from_one_another() {
    let domains: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = domains.clone();
    let world = World::builder().instance("acme.test").instance("globex.test").configure(move |config| {
        config.instance.domain = format!("{}:{}", config.instance.domain, config.server.listen[0].port());
        seen.lock().unwrap().push(config.instance.domain.clone());
    });
    let world = world.start().await;
    let domains = domains.lock().unwrap().clone();
    let find = |name: &str| -> &Instance { world.instance(domains.iter().find(|one| one.starts_with(name)).unwrap()) };
    let (acme, globex) = (find("acme.test"), find("globex.test"));
    let (ada, ben) = (acme.register("ada").await, globex.register("ben").await);

    let post = ada.post_status("Worth looking up").await;
    let url: String = url::form_urlencoded::byte_serialize(post["uri"].as_str().unwrap().as_bytes()).collect();
    let found = ben.get(&format!("/api/v2/search?resolve=true&type=statuses&q={url}")).await.expect(200);
    assert_eq!(found["statuses"][0]["uri"], post["uri"]);

    let actor = acme.send(reqwest::Method::GET, "/actor", With { accept: Some(ACTIVITY), ..With::default() }).await;
    let handle = format!("acct:acme.test@{}", acme.name());
    let asked = acme.get(&format!("/.well-known/webfinger?resource={handle}")).await.expect(200);
    assert_eq!((&asked["subject"], &asked["aliases"][1]), (&handle.into(), &actor["id"]));
    world.finish().await;
}
