//! What pages say of themselves, shown below the posts that link to them. One card for each address, shared by all posts.

pub mod entity;
pub mod object;
pub mod ops;
pub mod page;
pub mod store;
pub mod view;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use url::Url;

use crate::accounts::attribution;
use crate::base::activitystreams::host_of;
use crate::base::id::{AccountId, CardId, StatusId};
use crate::base::text;
use crate::db::schema::cards;
use crate::jobs::Job;

/// Longer addresses have no card, in bytes.
pub const MOST_URL: usize = 2048;

/// A row of `cards`, and an insert into it.
#[derive(Clone, Debug, Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cards, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct Card {
    pub id: CardId,
    pub url: String,
    /// `link` or `photo`.
    pub kind: String,
    /// Empty: there is nothing to show.
    pub title: String,
    pub description: String,
    pub language: Option<String>,
    pub author_name: String,
    pub author_url: String,
    pub provider_name: String,
    pub provider_url: String,
    pub image_url: Option<String>,
    pub image_description: String,
    pub width: i32,
    pub height: i32,
    pub blurhash: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
    pub fetched_at: DateTime<Utc>,
}

/// Whom a page says that it is by. Whether they agree is asked when the card is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    pub account_id: AccountId,
    /// Of the address, and of where the page was found in the end: both must be theirs.
    pub hosts: [String; 2],
}

impl Author {
    /// Whether somebody lets it be said, whose pages are those of these domains.
    pub fn is_let_by(&self, domains: &[String]) -> bool {
        self.hosts.iter().all(|host| attribution::covers(domains, host))
    }
}

/// A post has a link: see what is there. Also: it may have none any more.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct CardWanted {
    pub status_id: StatusId,
    /// Of the link.
    pub host: String,
}

impl Job for CardWanted {
    const KIND: &'static str = "card_wanted";
    // A page, what embeds it, and a picture, which may take a minute.
    const OF_STRANGERS: Option<u64> = Some(120);

    /// A host is asked for one page at a time.
    fn lane(&self) -> Option<String> {
        Some(format!("card:{}", self.host))
    }
}

/// The first link of a post's HTML that can have a card: no address of ours (`own` is our domain), and none of `others`, which are
/// those of people.
pub fn first_link(html: &str, own: &str, others: &[&str]) -> Option<Url> {
    text::links(html).iter().filter(|link| !others.contains(&link.as_str())).find_map(|link| link_of(link, own))
}

/// An address as cards are kept by it.
pub fn link_of(address: &str, own: &str) -> Option<Url> {
    let mut url = Url::parse(address).ok().filter(|url| url.username().is_empty() && url.password().is_none())?;
    url.set_fragment(None);
    let host = host_of(&url)?;
    (host != own && url.as_str().len() <= MOST_URL).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_that_can_have_a_card_is_taken() {
        let link = |address: &str| format!("<a href=\"{address}\">x</a>");
        let first = |html: &str| first_link(html, "acme.test", &["https://b.test/@ben"]).map(String::from);
        let good = link("https://C.test:443/a?b#c");
        for other in [
            "https://acme.test/x",
            "https://b.test/@ben",
            "https://user:pass@c.test/",
            "ftp://c.test/",
            "gemini://c.test/",
            &format!("https://c.test/{}", "x".repeat(3000)),
        ] {
            assert_eq!(first(&format!("{}{good}", link(other))).as_deref(), Some("https://c.test/a?b"), "{other}");
        }
        assert_eq!(first("<p>https://c.test/ as text</p>"), None);
    }
}
