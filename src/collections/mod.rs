//! Collections: accounts that somebody recommends, each with its consent, here and on other servers (FEP-7aa9). The nouns.

pub mod api;
pub mod entity;
pub mod inbox;
pub mod object;
pub mod ops;
pub mod outbox;
pub mod store;
pub mod view;
pub mod wire;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::activitystreams::LONGEST_ID;
use crate::base::id::{AccountId, CollectionId, CollectionItemId};
use crate::base::text;
use crate::db::schema::{collection_items, collections};
use crate::jobs::Job;

/// Accounts in one collection of ours, as in Mastodon.
pub const MOST_ITEMS: usize = 25;

/// Of collections of other servers, so many are kept.
pub const MOST_KEPT: usize = 150;

/// Characters of a name and a description of ours.
pub const MOST_NAME: usize = 40;
pub const MOST_DESCRIPTION: usize = 100;

/// Collections that one post shows, at most.
const MOST_LINKED: usize = 10;

/// Where collections are, in Mastodon as well.
const PATH: &str = "/collections/";

/// A row of `collections`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = collections, check_for_backend(diesel::pg::Pg))]
pub struct Collection {
    pub id: CollectionId,
    pub account_id: AccountId,
    pub uri: String,
    pub url: Option<String>,
    pub local: bool,
    pub name: String,
    /// Plain text of ours, sanitised HTML of others.
    pub description: String,
    pub language: Option<String>,
    /// A hashtag, normalised.
    pub tag: Option<String>,
    pub sensitive: bool,
    /// Listed on its owner's profile.
    pub discoverable: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Collection {
    /// Its page for people; of ours, at its owner's.
    pub fn page(&self) -> Option<String> {
        let ours = || self.uri.replacen("/users/", "/@", 1);
        self.url.clone().or_else(|| self.local.then(ours))
    }
}

/// Addresses in the HTML of a post that may be collections': their paths say so, Mastodon's and ours alike. Those of our pages
/// become the ids behind them.
pub fn links(html: &str, origin: &str) -> Vec<String> {
    if !html.contains(PATH) {
        return Vec::new();
    }
    let named = text::links(html).into_iter().filter(|link| link.contains(PATH) && link.len() <= LONGEST_ID);
    let id = |link: String| match link.strip_prefix(origin).and_then(|path| path.strip_prefix("/@")) {
        Some(rest) => format!("{origin}/users/{rest}"),
        None => link,
    };
    let mut links: Vec<String> = Vec::new();
    for link in named.map(id) {
        if links.len() < MOST_LINKED && !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

/// How an account stands to its place in a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was asked, or what its server says is still to be read.
    Pending,
    Accepted,
    /// It said no, or its server knows of no consent.
    Rejected,
    /// It took its consent back.
    Revoked,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
        }
    }
}

/// A row of `collection_items`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = collection_items, check_for_backend(diesel::pg::Pg))]
pub struct Item {
    pub id: CollectionItemId,
    pub collection_id: CollectionId,
    /// `None`: an account on another server that has not been looked up yet.
    pub account_id: Option<AccountId>,
    /// The account's ActivityPub id.
    pub object_uri: String,
    /// See [`State`].
    pub state: String,
    /// The item's ActivityPub id. `None`: somebody of ours agreed, and the other server has not said that they are in it.
    pub uri: Option<String>,
    /// The request by which the account was asked.
    pub request_uri: Option<String>,
    /// Where the account's server says that it agrees.
    pub authorization_uri: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl Item {
    pub fn is(&self, state: State) -> bool {
        self.state == state.as_str()
    }
}

/// An item with what kind of actor its account is.
pub type Placed = (Item, String);

/// What a client says of a collection; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<String>,
    /// Empty: none.
    pub language: Option<String>,
    /// Empty: none.
    pub tag: Option<String>,
    pub sensitive: Option<bool>,
    pub discoverable: Option<bool>,
}

/// A collection as another server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteCollection {
    pub uri: String,
    pub owner_uri: String,
    pub url: Option<String>,
    pub name: String,
    /// Sanitised HTML.
    pub description: String,
    pub language: Option<String>,
    pub tag: Option<String>,
    pub sensitive: bool,
    pub discoverable: bool,
    pub published: Option<DateTime<Utc>>,
    pub items: Vec<RemoteItem>,
    /// The ids of all that is said to be in it. `None`: it is not said.
    pub named: Option<Vec<String>>,
}

/// A place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteItem {
    pub uri: String,
    pub object_uri: String,
    /// Where the account's server says that it agrees: on the account's host.
    pub authorization_uri: String,
}

/// A collection of another server has accounts in it whose consent is still to be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CollectionUnverified {
    pub collection_id: CollectionId,
}

impl Job for CollectionUnverified {
    const KIND: &'static str = "collection_unverified";
    const OF_STRANGERS: Option<u64> = Some(60);

    fn lane(&self) -> Option<String> {
        Some(format!("collection:{}", self.collection_id))
    }
}
