//! What one look at a thread from elsewhere can make us ask.

use serde_json::{Value, json};

use super::threads::{answering, answers, follow_mal, scene};
use super::{ACME, newest};
use crate::support::media::png;
use crate::support::{Peer, PeerActor, Person, World};

const PAGES: &str = "pages.test";

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A post on a peer that lists these ids as what answers it, looked at by Ada.
async fn look_at_list(world: &World, ada: &Person, mal: &PeerActor, post: &Value, items: Vec<Value>) {
    let peer = mal.peer();
    let own = format!("{}/replies", post["id"].as_str().unwrap());
    let mut post = post.clone();
    post["replies"] = json!(own);
    peer.serve(post.clone());
    peer.serve(json!({"id": own, "type": "OrderedCollection", "orderedItems": items}));
    mal.deliver(world.instance(ACME), &mal.create(&post)).await;
    world.settle().await;
    let seen = newest(ada).await;
    answers(ada, &seen).await;
    world.settle().await;
}

/// F340
#[tokio::test(flavor = "multi_thread")]
async fn one_look_at_a_thread_asks_others_a_bounded_number_of_times() {
    let (world, ada, mal) = scene().await;
    let (acme, peer, other) = (world.instance(ACME), world.peer("peer.test"), world.peer("other.test"));
    // Every reply has an author of its own, who has much to show, and quotes and links to more on a third server.
    let post = mal.note("Come in");
    let mut items = Vec::new();
    for number in 0..100 {
        let author = other.actor(&format!("pat{number}"));
        let featured = other.url(&format!("/users/pat{number}/featured"));
        other.change(&format!("/users/pat{number}"), "featured", featured.as_str());
        let pinned: Vec<Value> = (0..5).map(|_| author.note("Pinned")["id"].clone()).collect();
        other.serve(json!({"id": featured, "type": "OrderedCollection", "orderedItems": pinned}));
        let mut reply = answering(&author, "Much", &post);
        reply["quote"] = json!(peer.url(&format!("/notes/quoted{number}")));
        other.serve(reply.clone());
        items.push(reply["id"].clone());
        // Twice, and in another spelling of what is here.
        items.push(reply["id"].clone());
        items.push(post["id"].clone());
    }
    let before = peer.asked().len();
    look_at_list(&world, &ada, &mal, &post, items).await;
    let of_other = other.asked();
    assert!(of_other.len() <= 40, "{}: {of_other:?}", of_other.len());
    assert_eq!(
        of_other.iter().filter(|path| path.ends_with("/featured")).count(),
        0,
        "nobody asked for their profiles"
    );
    let of_peer = peer.asked().len() - before;
    assert!(of_peer <= 2 + 5, "{of_peer}");
    let kept = acme.count("SELECT count(*) FROM statuses WHERE in_reply_to_id IS NOT NULL").await;
    assert_eq!(kept, 13, "three for each: the post, the actor, the name");
    let distinct: std::collections::BTreeSet<&String> = of_other.iter().collect();
    assert_eq!(distinct.len(), of_other.len(), "nothing is asked for twice");
    world.finish().await;
}

/// Pages, each with a document, a picture and an author of its own. The address of this one.
fn serve_page(pages: &Peer, number: usize) -> String {
    let picture = pages.serve_file(&format!("/{number}.png"), "image/png", &png(8, 8));
    let more = pages.serve_file(&format!("/{number}.json"), "application/json", b"{\"type\": \"link\"}");
    let page = format!(
        "<title>Page {number}</title><meta property=\"og:image\" content=\"{picture}\">
         <link rel=\"alternate\" type=\"application/json+oembed\" href=\"{more}\">
         <meta name=\"fediverse:creator\" content=\"@writer{number}@{PAGES}\">"
    );
    pages.actor(&format!("writer{number}"));
    pages.serve_file(&format!("/page{number}"), "text/html", page.as_bytes())
}

/// F340
#[tokio::test(flavor = "multi_thread")]
async fn what_posts_of_a_thread_link_to_counts_with_the_rest() {
    let mut builder = World::builder().instance(ACME);
    for peer in ["peer.test", "other.test", "third.test", PAGES] {
        builder = builder.peer(peer);
    }
    let world = builder.configure(|config| config.posts.preview_cards = true).start().await;
    let (ada, mal) = follow_mal(&world).await;
    let acme = world.instance(ACME);
    let asked = || ["peer.test", "other.test", "third.test", PAGES].map(|name| world.peer(name).asked().len());
    let all = |asked: [usize; 4]| asked.iter().sum::<usize>();
    let replies = |post: &Value, count: usize, linked: usize| -> Vec<Value> {
        let number = |place: usize| linked + place;
        let by = |place: usize| {
            let name = format!("pat{}", number(place));
            world.peer(["other.test", "third.test"][place % 2]).actor(&name)
        };
        let text = |place: usize| {
            let page = serve_page(world.peer(PAGES), number(place));
            format!("<a href=\"{page}\">Look</a>")
        };
        (0..count).map(|place| answering(&by(place), &text(place), post)["id"].clone()).collect()
    };
    // Of few there is enough left for the links.
    let post = mal.note("Few");
    let before = asked();
    look_at_list(&world, &ada, &mal, &post, replies(&post, 2, 0)).await;
    assert_eq!(acme.count("SELECT count(*) FROM cards WHERE title LIKE 'Page%'").await, 2);
    assert!(asked()[3] - before[3] >= 2 * 5, "{:?}", world.peer(PAGES).asked());
    // Of many nothing is.
    let post = mal.note("Many");
    let before = all(asked());
    look_at_list(&world, &ada, &mal, &post, replies(&post, 60, 100)).await;
    let kept = acme.count("SELECT count(*) FROM statuses WHERE in_reply_to_id IS NOT NULL").await;
    assert!(kept >= 20, "{kept}");
    assert!(all(asked()) - before <= 80, "{}", all(asked()) - before);
    world.finish().await;
}

/// F340
#[tokio::test(flavor = "multi_thread")]
async fn of_posts_that_do_not_belong_to_a_thread_no_author_is_looked_up() {
    let (world, ada, mal) = scene().await;
    let (acme, other) = (world.instance(ACME), world.peer("other.test"));
    let (pat, eve) = (other.actor("pat"), other.actor("eve"));
    let post = mal.note("The beginning");
    let mut astray = eve.note("An answer to something else");
    astray["inReplyTo"] = json!(other.url("/notes/unknown"));
    other.serve(astray.clone());
    let mut private = answering(&eve, "Not for all", &post);
    private["to"] = json!([mal.uri]);
    private["cc"] = json!([]);
    other.serve(private.clone());
    let unrelated = eve.note("No answer at all");
    let vote = json!({"id": other.url("/notes/vote"), "type": "Note", "attributedTo": eve.uri, "name": "Yes",
        "inReplyTo": post["id"], "to": [PUBLIC]});
    other.serve(vote.clone());
    let stolen = json!({"id": other.url("/notes/stolen"), "type": "Note", "attributedTo": mal.uri, "content": "x",
        "inReplyTo": post["id"], "to": [PUBLIC]});
    other.serve(stolen.clone());
    let wanted = answering(&pat, "An answer", &post);
    let items = [&astray, &private, &unrelated, &vote, &stolen, &wanted].map(|note| note["id"].clone()).to_vec();
    look_at_list(&world, &ada, &mal, &post, items).await;
    assert_eq!(answers(&ada, &newest(&ada).await).await, ["An answer"]);
    assert_eq!(other.asked().iter().filter(|path| path.contains("eve")).count(), 0);
    assert_eq!(acme.count("SELECT count(*) FROM accounts WHERE username = 'eve'").await, 0);
    world.finish().await;
}

/// F340
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_not_asked_on() {
    let (world, ada, mal) = scene().await;
    let (peer, other) = (world.peer("peer.test"), world.peer("other.test"));
    let post = mal.note("The beginning");
    let mut items: Vec<Value> = (0..20).map(|number| json!(other.url(&format!("/notes/broken{number}")))).collect();
    items.push(answering(&mal, "An answer", &post)["id"].clone());
    items.push(json!("http://acme.test/users/ada/statuses/1"));
    items.extend([json!("tag:other.test,2026:1"), json!("ftp://other.test/1"), json!("")]);
    other.break_down(500);
    look_at_list(&world, &ada, &mal, &post, items).await;
    assert_eq!(answers(&ada, &newest(&ada).await).await, ["An answer"]);
    assert_eq!(other.asked().len(), 3);
    assert!(peer.asked().len() < 20);
    other.break_down(None);
    world.finish().await;
}

/// Pat, who has pinned a post, and whom a thread that Ada looked at brought along.
async fn met_in_passing() -> (World, Person, PeerActor) {
    let (world, ada, mal) = scene().await;
    let other = world.peer("other.test");
    let pat = other.actor("pat");
    let featured = other.url("/users/pat/featured");
    other.change("/users/pat", "featured", featured.as_str());
    let pinned = pat.note("Pinned");
    other.serve(json!({"id": featured, "type": "OrderedCollection", "orderedItems": [pinned["id"]]}));
    let post = mal.note("The beginning");
    let items = vec![answering(&pat, "An answer", &post)["id"].clone()];
    look_at_list(&world, &ada, &mal, &post, items).await;
    (world, ada, pat)
}

/// F146, F340
#[tokio::test(flavor = "multi_thread")]
async fn whom_a_post_brought_along_is_read_in_full_when_somebody_follows_them() {
    let (world, ada, _) = met_in_passing().await;
    let other = world.peer("other.test");
    let asked = |path: &str| other.asked().iter().filter(|known| known.as_str() == path).count();
    assert_eq!((asked("/users/pat"), asked("/users/pat/featured")), (1, 0));
    let id_of = "SELECT id FROM accounts WHERE username = 'pat'";
    let pat_id = world.instance(ACME).count(id_of).await;
    ada.post(&format!("/api/v1/accounts/{pat_id}/follow"), json!({})).await.expect(200);
    world.settle().await;
    assert_eq!(asked("/users/pat/featured"), 1);
    let shown = ada.get(&format!("/api/v1/accounts/{pat_id}/statuses?pinned=true")).await.expect(200);
    assert_eq!(shown.list().len(), 1);
    world.finish().await;
}

/// F291
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_ids_are_read_each_once() {
    let (world, ada, mal) = scene().await;
    let post = mal.note("The beginning");
    let last = answering(&mal, "The last one", &post)["id"].clone();
    let ours = |count: usize| (0..count).map(|number| json!(format!("http://acme.test/users/ada/statuses/{number}")));
    // The same ones again and again count once.
    let items = ours(199).chain(ours(199)).chain([last]).collect();
    look_at_list(&world, &ada, &mal, &post, items).await;
    assert_eq!(answers(&ada, &newest(&ada).await).await, ["The last one"]);
    let post = mal.note("Another beginning");
    let last = answering(&mal, "One too many", &post)["id"].clone();
    look_at_list(&world, &ada, &mal, &post, ours(200).chain([last]).collect()).await;
    assert_eq!(answers(&ada, &newest(&ada).await).await, Vec::<String>::new());
    world.finish().await;
}

/// F146, F340
#[tokio::test(flavor = "multi_thread")]
async fn whom_a_post_brought_along_is_read_in_full_when_somebody_asks_for_them() {
    let (world, ada, pat) = met_in_passing().await;
    ada.post_status(&format!("{} How nice", pat.handle())).await;
    world.settle().await;
    let found = ada.resolve(&pat.handle()).await;
    let shown = ada.get(&format!("/api/v1/accounts/{}/statuses?pinned=true", found["id"].as_str().unwrap())).await;
    assert_eq!(shown.expect(200).list().len(), 1);
    world.finish().await;
}
