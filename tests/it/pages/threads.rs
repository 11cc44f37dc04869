//! Long threads: page by page, each of a size that loads anywhere, and nothing in them without a way to it.

use std::collections::BTreeSet;

use serde_json::json;

use super::app::{articles, id, older};
use crate::support::{Browser, Person, World};

/// The most that a page has, before pictures.
const MOST_BYTES: usize = 100_000;

async fn reply(person: &Person, to: &str) -> String {
    let text = "A reply of some length, as people write them. ".repeat(10);
    id(&person.post_status_with(json!({"status": text, "in_reply_to_id": to})).await)
}

fn earlier(page: &str) -> Option<&str> {
    page.split("rel=\"prev\" href=\"").nth(1)?.split('"').next()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_thread_is_read_page_by_page_and_nothing_of_it_is_lost() {
    let world = World::start(["acme.test"]).await;
    let acme = world.instance("acme.test");
    let (ada, ben) = (acme.register("ada").await, acme.register("ben").await);
    let first = id(&ada.post_status("Who knows?").await);
    let mut all = vec![first.clone()];
    for _ in 0..35 {
        all.push(reply(&ada, &first).await);
    }
    // Below one in the middle, and each below the one before.
    let mut chain = vec![first.clone(), all[10].clone()];
    for _ in 0..50 {
        let next = reply(&ada, chain.last().unwrap()).await;
        chain.push(next.clone());
        all.push(next);
    }
    for browser in [Browser::of(&ben).await, Browser::new(acme)] {
        let (mut path, mut seen, mut pages) = (format!("/@ada/{first}"), Vec::new(), 0);
        loop {
            let page = browser.get(&path).await.expect(200).body;
            assert!(page.len() < MOST_BYTES, "{} bytes", page.len());
            let mut shown = articles(&page);
            // The post itself is on each page.
            assert_eq!(shown.remove(0), first);
            assert_eq!(page.contains("The first replies"), pages > 0);
            seen.extend(shown);
            pages += 1;
            let Some(next) = older(&page) else { break };
            path = format!("/@ada/{first}{}", next.split('#').next().unwrap());
        }
        assert!(pages > 3, "{pages} pages");
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), unique.len()), (all.len() - 1, all.len() - 1), "each once");

        // Back up from the last one.
        let (mut path, mut above, mut pages) = (format!("/@ada/{}", chain.last().unwrap()), BTreeSet::new(), 0);
        loop {
            let page = browser.get(&path).await.expect(200).body;
            assert!(page.len() < MOST_BYTES, "{} bytes", page.len());
            above.extend(articles(&page));
            pages += 1;
            let Some(next) = earlier(&page) else { break };
            path = next.strip_prefix(acme.app.origin.as_str()).unwrap_or(next).to_owned();
        }
        assert!(pages > 2 && chain.iter().all(|post| above.contains(post)), "{pages} pages");
    }
    // A reply that is gone by now leads to the beginning.
    let page = Browser::of(&ben).await.get(&format!("/@ada/{first}?after=1")).await.expect(200).body;
    assert!(page.contains(&format!("post-{}\"", all[1])) && !page.contains("The first replies"));
    world.finish().await;
}
