//! What is the same of a page for everyone who may see it; and the viewer, who is the one of its authors that sees more.

use std::collections::HashMap;
use std::sync::Arc;

use super::shared::{Shared, load_shared};
use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, StatusId};
use crate::base::visibility::Viewer;
use crate::db::Conn;
use crate::db::freshness::Position;
use crate::emojis;
use crate::emojis::view::Emojis;
use crate::polls::view::Polls;
use crate::statuses::ViewerPart;

/// A viewer's own account, as they see it.
pub(super) struct Own {
    id: AccountId,
    json: Arc<str>,
}

/// What is the same for everyone who may see it.
pub(super) struct Written {
    pub shared: HashMap<StatusId, Arc<Shared>>,
    pub authors: HashMap<AccountId, Arc<str>>,
    /// Of those whom pages below posts name: which domains may.
    pub attributions: HashMap<AccountId, Vec<String>>,
    pub emojis: Emojis,
    /// Of authors and emoji: see [`Loaded::subjects`](super::Loaded::subjects).
    pub subjects: Vec<i64>,
    /// See [`Loaded::stays`](super::Loaded::stays).
    pub stays: bool,
}

impl Written {
    /// Of the posts that these parts belong to.
    pub async fn load(
        app: &App,
        conn: &mut Conn,
        parts: impl Iterator<Item = &ViewerPart>,
        polls: &Polls,
        known: Option<Position>,
    ) -> Result<Self> {
        let versions: HashMap<StatusId, i64> = parts.map(|part| (part.id, part.version)).collect();
        let shared = load_shared(app, conn, &versions, polls).await?;
        let mut authors: Vec<AccountId> = shared.values().map(|shared| shared.account_id).collect();
        let credited: Vec<AccountId> =
            shared.values().filter_map(|shared| Some(shared.card_author.as_ref()?.account_id)).collect();
        let mut attributions = HashMap::new();
        if !credited.is_empty() {
            attributions =
                accounts::store::attribution::list_attributions(conn, &credited).await?.into_iter().collect();
            authors.extend(attributions.keys());
        }
        let authors = accounts::view::load_json_known(app, conn, &authors, known).await?;
        let named = shared.values().map(|shared| &shared.named);
        let emojis = emojis::view::load_known(app, conn, named, known).await?;
        let mut subjects: Vec<i64> = authors.written.keys().map(|id| id.0).chain(authors.subjects).collect();
        // Also of those who do not let themselves be named, so far.
        subjects.extend(credited.iter().map(|id| id.0));
        subjects.extend(emojis.subjects());
        let stays = authors.stays && known.is_some();
        Ok(Self { shared, authors: authors.written, attributions, emojis, subjects, stays })
    }

    /// The addresses in each post that may be collections', of posts that have any.
    pub fn links(&self) -> impl Iterator<Item = &[String]> {
        self.shared.values().map(|shared| shared.collections.as_slice()).filter(|links| !links.is_empty())
    }

    /// An author, as one sees oneself if it is oneself.
    pub fn author<'w>(&'w self, id: AccountId, own: Option<&'w Own>) -> Option<&'w str> {
        match own {
            Some(own) if own.id == id => Some(&own.json),
            _ => self.authors.get(&id).map(|json| &**json),
        }
    }

    /// Those of these viewers who are among the authors, as they see themselves: with their counts (AUDIENCE rule 8). Where everybody sees
    /// them there is nothing to load.
    pub async fn load_own(
        &self,
        app: &App,
        conn: &mut Conn,
        viewers: impl Iterator<Item = Viewer>,
        known: Option<Position>,
    ) -> Result<HashMap<Viewer, Own>> {
        let own: Vec<AccountId> =
            viewers.filter_map(|viewer| viewer.0).filter(|id| self.authors.contains_key(id)).collect();
        if own.is_empty() || app.config.culture.show_counts {
            return Ok(HashMap::new());
        }
        let written = accounts::view::load_own_json(app, conn, &own, known).await?;
        Ok(written.into_iter().map(|(id, json)| (Viewer::account(id), Own { id, json })).collect())
    }

    /// Who wrote the page below a post, if the page says so and they let it.
    pub fn card_author<'w>(&'w self, shared: &Shared, own: Option<&'w Own>) -> Option<&'w str> {
        let author = shared.card_author.as_ref()?;
        let domains = self.attributions.get(&author.account_id)?;
        self.author(author.account_id, own).filter(|_| author.is_let_by(domains))
    }
}
