//! One author, everyone who may or may not read them, and a post for each audience.

use std::collections::BTreeMap;

use super::stage::{self, Stage};
use crate::support::{Instance, PeerActor, World};

pub const ACME: &str = "acme.test";

/// Everyone who looks, in the order of the snapshot.
pub const VIEWERS: [&str; 23] = [
    "anonymous",
    "stranger",
    "follower",
    "requester",
    "mentioned",
    "author",
    "member",
    "former",
    "blocked",
    "blocker",
    "scopeless",
    "application",
    "remote_stranger",
    "remote_follower",
    "remote_mentioned",
    "remote_member",
    "partner",
    "expired",
    "remote_blocked",
    "remote_blocker",
    "shut_out",
    "suspended",
    "barred",
];

/// Those who were mentioned by the author and followed them, until one blocked the other, or the author the other's domain.
pub const SEVERED: [&str; 5] = ["blocked", "blocker", "remote_blocked", "remote_blocker", "shut_out"];

/// Those with an account here and a token that may read.
pub const PEOPLE: [&str; 9] =
    ["stranger", "follower", "requester", "mentioned", "author", "member", "former", "blocked", "blocker"];

/// Those on other servers.
const REMOTE: [(&str, &str); 11] = [
    ("remote_stranger", "peer.test"),
    ("remote_follower", "peer.test"),
    ("remote_mentioned", "peer.test"),
    ("remote_member", "peer.test"),
    ("remote_blocked", "peer.test"),
    ("remote_blocker", "peer.test"),
    ("shut_out", "shut.test"),
    ("suspended", "peer.test"),
    ("partner", "partner.test"),
    ("expired", "expired.test"),
    ("barred", "barred.test"),
];

/// One who looks, and by which doors.
pub struct Viewer {
    pub name: &'static str,
    /// Of a client; anonymous has none.
    pub token: Option<String>,
    /// Of a browser.
    pub cookie: Option<String>,
    /// Signs what it asks for.
    pub actor: Option<PeerActor>,
}

/// What is looked at.
#[derive(Clone)]
pub struct Post {
    pub name: &'static str,
    /// The user name of whoever posted or boosted it.
    pub owner: &'static str,
    pub owner_id: String,
    pub id: String,
    pub uri: String,
    pub url: String,
    /// A word that stands in this post alone; in a boost, that of what it boosts.
    pub text: String,
    /// A hashtag that this post alone has; none in a boost.
    pub tag: String,
    pub is_boost: bool,
    /// A public reply to it.
    pub below: Option<String>,
}

pub struct Scene {
    pub world: World,
    pub viewers: Vec<Viewer>,
    pub posts: Vec<Post>,
    /// A public post above all that are in a thread: id.
    pub root: String,
    /// Accounts by user name: id.
    pub accounts: BTreeMap<&'static str, String>,
}

impl Scene {
    pub fn acme(&self) -> &Instance {
        self.world.instance(ACME)
    }

    /// A post that there is not, to hold answers against.
    pub fn nothing(&self) -> Post {
        Post {
            name: "nothing",
            owner: "author",
            owner_id: self.accounts["author"].clone(),
            id: "112233445566778899".into(),
            uri: format!("http://{ACME}/users/author/statuses/112233445566778899"),
            url: format!("http://{ACME}/@author/112233445566778899"),
            text: "zqnothingzq".into(),
            tag: "onlynothing".into(),
            is_boost: false,
            below: None,
        }
    }

    /// The notification that this viewer once got of this post.
    pub fn notification(&self, viewer: &str, post: &str) -> String {
        let viewer = VIEWERS.iter().position(|name| *name == viewer).unwrap();
        let place = self.posts.iter().position(|other| other.name == post).unwrap_or(999);
        (viewer * 1000 + place + 1).to_string()
    }

    /// The public post by a stranger that quotes this post, with whatever consent it needs.
    pub fn quoting(&self, post: &Post) -> usize {
        600_000 + self.posts.iter().position(|other| other.name == post.name).unwrap_or(999)
    }

    /// The list that this viewer may have.
    pub fn list(&self, viewer: &str) -> usize {
        VIEWERS.iter().position(|name| *name == viewer).unwrap() + 1
    }

    pub async fn new() -> Self {
        let bar =
            |config: &mut pollen::config::Config| config.federation.suspended_domains = vec!["barred.test".into()];
        let mut builder = World::builder().instance(ACME).configure(bar);
        for peer in ["peer.test", "partner.test", "expired.test", "shut.test", "barred.test"] {
            builder = builder.peer(peer);
        }
        let world = builder.start().await;
        let acme = world.instance(ACME);
        let mut people = BTreeMap::new();
        for name in PEOPLE.into_iter().chain(["outlaw"]) {
            people.insert(name, acme.register(name).await);
        }
        let author = people["author"].clone();
        let mut actors = BTreeMap::new();
        for (name, peer) in REMOTE.into_iter().chain([("elsewhere", "peer.test")]) {
            let actor = world.peer(peer).actor(name);
            if name != "barred" {
                author.resolve(&actor.handle()).await;
            }
            actors.insert(name, actor);
        }
        stage::follow(&world, &people, &actors).await;
        let mut stage = Stage { world: &world, people: &people, posts: Vec::new() };
        let root = stage.set().await;
        let mut posts = stage.posts;
        posts.push(stage::from_elsewhere(&world, &people, &actors["elsewhere"]).await);
        stage::sever(&world, &people, &actors).await;
        let mut accounts: BTreeMap<&str, String> = people.iter().map(|(name, person)| (*name, person.id())).collect();
        accounts.insert("guild", author.resolve("@guild@acme.test").await["id"].as_str().unwrap().to_owned());
        accounts.insert("elsewhere", posts.last().unwrap().owner_id.clone());
        let viewers = stage::viewers(acme, &people, &actors).await;
        let scene = Self { viewers, posts, root, accounts, world };
        scene.remember().await;
        scene
    }

    /// A stranger quotes all of it, also what cannot be quoted.
    fn quotes(&self) -> String {
        let mut sql = String::new();
        for post in self.posts.iter().filter(|post| !post.is_boost) {
            let (id, stranger) = (self.quoting(post), &self.accounts["stranger"]);
            sql.push_str(&format!(
                "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, created_at)
                 VALUES ({id}, {stranger}, 'http://acme.test/quoting/{id}', 'http://acme.test/quoting/{id}', true, 1, {id}, now());
                 INSERT INTO quotes (id, status_id, account_id, quoted_status_id, quoted_account_id, quoted_uri, state,
                     legacy, created_at)
                 SELECT {id}, {id}, {stranger}, s.id, s.account_id, s.uri, 1, false, now() FROM statuses s WHERE s.id = {};",
                post.id
            ));
        }
        sql
    }

    /// What everyone here once favourited, bookmarked and was told of, whether or not they may see it now.
    async fn remember(&self) {
        let mut sql = String::new();
        for person in PEOPLE {
            let account = &self.accounts[person];
            for post in self.posts.iter().filter(|post| !post.is_boost) {
                let id = self.notification(person, post.name);
                sql.push_str(&format!(
                    "INSERT INTO favourites (id, account_id, status_id, uri, created_at)
                     SELECT {id}, {account}, id, 'liked-{id}', now() FROM statuses WHERE id = {0};
                     INSERT INTO bookmarks (id, account_id, status_id, created_at)
                     SELECT {id}, {account}, id, now() FROM statuses WHERE id = {0};
                     INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at)
                     SELECT {id}, {account}, account_id, 'update', id, now() FROM statuses WHERE id = {0};
                     DELETE FROM conversations WHERE account_id = {account} AND last_status_id = {0};
                     INSERT INTO conversations
                         (id, account_id, thread_id, participants, participants_hash, last_status_id, unread, created_at)
                     SELECT {id}, {account}, id, '{{}}', '', id, true, now() FROM statuses WHERE id = {0};",
                    post.id
                ));
            }
        }
        sql.push_str(&self.held_back());
        sql.push_str(&self.quotes());
        // Each asks something; nothing is to be told of its votes.
        sql.push_str(
            "INSERT INTO polls (id, status_id, multiple, hide_totals, options, votes, voters, checked_at, update_due_at)
             SELECT id, id, true, false, '{yes,no}', '{0,0}', 0, now(), now() + interval '1 year' FROM statuses
             WHERE reblog_of_id IS NULL;",
        );
        // All is pinned, also what cannot be; what is for the fewest stands first.
        sql.push_str(
            "INSERT INTO status_pins (id, account_id, status_id, created_at)
             SELECT row_number() OVER (ORDER BY audience_kind, id), account_id, id, now() FROM statuses
             WHERE reblog_of_id IS NULL;",
        );
        // All of it links to one page.
        sql.push_str(
            "INSERT INTO cards (id, url, kind, title, description, author_name, author_url, provider_name, provider_url,
                 image_description, width, height, fetched_at)
             VALUES (1, 'http://pages.test/a', 'link', 'A page', '', '', '', '', '', '', 0, 0, now());
             INSERT INTO status_cards (status_id, card_id) SELECT id, 1 FROM statuses;",
        );
        // All of it is linked to by an announcement.
        sql.push_str(
            "INSERT INTO announcements (id, content, published_at, updated_at, status_ids)
             SELECT 1, '<p>Read all of it</p>', now(), now(), array_agg(id) FROM statuses;",
        );
        // Everyone follows the hashtag that all posts have, so that home looks for it.
        for (number, person) in PEOPLE.into_iter().enumerate() {
            sql.push_str(&format!(
                "INSERT INTO tag_follows (id, account_id, tag_id, created_at)
                 SELECT {number}, {}, id, now() FROM tags WHERE name = 'everywhere';",
                self.accounts[person]
            ));
        }
        // Everyone has all that they follow on a list, and themselves.
        for person in PEOPLE {
            let (list, account) = (self.list(person), &self.accounts[person]);
            sql.push_str(&format!(
                "INSERT INTO lists (id, account_id, title, replies_policy, exclusive, created_at)
                 VALUES ({list}, {account}, 'All', 'followed', false, now());
                 INSERT INTO list_accounts (id, list_id, account_id, follow_id, created_at)
                 SELECT id, {list}, target_account_id, id, now() FROM follows WHERE account_id = {account}
                 UNION ALL SELECT {list}, {list}, {account}, NULL, now();"
            ));
        }
        // More than fit on one page.
        sql.push_str(&format!(
            "INSERT INTO statuses (id, account_id, uri, url, local, audience_kind, thread_id, created_at)
             SELECT n, {}, 'http://acme.test/filler/' || n, 'http://acme.test/filler/' || n, true, 1, n, now() FROM generate_series(1, 30) n;",
            self.accounts["author"]
        ));
        self.acme().sql(&sql).await;
    }

    /// Everyone here was told of each post by somebody else, whom they have not let in yet.
    fn held_back(&self) -> String {
        let mut sql = String::new();
        for (place, post) in self.posts.iter().enumerate().filter(|(_, post)| !post.is_boost) {
            let teller = place + 1;
            sql.push_str(&format!(
                "INSERT INTO accounts (id, username, domain, actor_type, uri, url, inbox_uri, public_key_id, public_key_pem,
                        created_at, updated_at)
                 SELECT {teller}, 'teller{teller}', domain, 'Person', 'http://peer.test/t/{teller}',
                        'http://peer.test/t/{teller}', 'http://peer.test/t/{teller}/inbox', '', '', now(), now()
                 FROM instances WHERE domain = 'peer.test';
                 INSERT INTO account_stats (account_id) VALUES ({teller}) ON CONFLICT DO NOTHING;"
            ));
            for person in PEOPLE {
                let (id, account) = (self.notification(person, post.name), &self.accounts[person]);
                sql.push_str(&format!(
                    "INSERT INTO notifications (id, account_id, from_account_id, type, status_id, created_at, filtered)
                     SELECT 100000 + {id}, {account}, {teller}, 'mention', id, now(), true FROM statuses WHERE id = {};
                     INSERT INTO notification_requests (id, account_id, from_account_id, created_at, updated_at)
                     VALUES ({id}, {account}, {teller}, now(), now());",
                    post.id
                ));
            }
        }
        sql
    }
}
