//! What pages elsewhere say of themselves, below the posts that link to them.

use std::collections::HashMap;

use super::Who;
use crate::accounts::store::attribution;
use crate::base::activitystreams::host;
use crate::base::id::{AccountId, StatusId};
use crate::base::{Result, text};
use crate::cards::{self, Author, Card};
use crate::db::Conn;
use crate::media;
use crate::statuses::Status;

/// Characters of a description that are shown.
const MOST_DESCRIPTION: usize = 200;

/// A card as pages show it.
#[derive(Clone, Debug)]
pub struct CardView {
    pub url: String,
    pub title: String,
    /// Shortened; may be empty.
    pub description: String,
    pub language: String,
    /// What the site calls itself, and the host to which the link leads.
    pub source: String,
    /// Address and description of the picture, which we pass on.
    pub picture: Option<(String, String)>,
    /// Who wrote the page, as they are known here, when they let it name them.
    pub author: Option<Who>,
    /// Else, as the page says; may be empty.
    pub author_name: String,
}

/// The cards of the posts of a page.
#[derive(Default)]
pub(super) struct Cards {
    found: HashMap<StatusId, (Card, Option<Author>)>,
    /// Which domains may name whom.
    attributions: HashMap<AccountId, Vec<String>>,
}

impl Cards {
    /// In one query, and one more where pages name somebody.
    pub async fn load(conn: &mut Conn, posts: &[StatusId]) -> Result<Self> {
        let found = cards::view::load_cards(conn, posts).await?;
        let named: Vec<AccountId> =
            found.values().filter_map(|(_, author)| Some(author.as_ref()?.account_id)).collect();
        let attributions =
            if named.is_empty() { Vec::new() } else { attribution::list_attributions(conn, &named).await? };
        Ok(Self { found, attributions: attributions.into_iter().collect() })
    }

    /// Whom the pages name.
    pub fn authors(&self) -> impl Iterator<Item = AccountId> {
        self.attributions.keys().copied()
    }

    /// The card of a post; a sensitive post's has no picture. `people` are those who are named on the page.
    pub fn view(&self, status: &Status, people: &HashMap<AccountId, Who>, origin: &str) -> Option<CardView> {
        let (card, author) = self.found.get(&status.id)?;
        let host = host(&card.url).unwrap_or_default();
        let said = |name: &str| !name.is_empty() && !name.eq_ignore_ascii_case(&host);
        let picture = card.image_url.as_ref().filter(|_| !status.sensitive);
        let is_let = |author: &&Author| {
            self.attributions.get(&author.account_id).is_some_and(|domains| author.is_let_by(domains))
        };
        Some(CardView {
            url: card.url.clone(),
            title: card.title.clone(),
            description: shortened(&card.description),
            language: card.language.clone().filter(|code| text::valid_language(code)).unwrap_or_default(),
            source: if said(&card.provider_name) { format!("{} · {host}", card.provider_name) } else { host },
            picture: picture.map(|url| (media::card_picture_url(origin, card.id, url), card.image_description.clone())),
            author: author.as_ref().filter(is_let).and_then(|author| people.get(&author.account_id)).cloned(),
            author_name: card.author_name.clone(),
        })
    }
}

/// At the end of a word, where there is one.
fn shortened(text: &str) -> String {
    let start: String = text.chars().take(MOST_DESCRIPTION).collect();
    if start.len() == text.len() {
        return start;
    }
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_description_ends_with_a_word() {
        assert_eq!(shortened("A guide."), "A guide.");
        let long = "sharpen ".repeat(40);
        let short = shortened(&long);
        assert!(short.ends_with("sharpen…") && short.chars().count() <= MOST_DESCRIPTION + 1, "{short}");
        assert_eq!(shortened(&"x".repeat(300)).chars().count(), MOST_DESCRIPTION + 1);
    }
}
