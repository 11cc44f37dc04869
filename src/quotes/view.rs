//! What those who look see of the quotes on a page: one query for all of them. What is quoted is loaded, and shown, by
//! `statuses::view`, which asks whether they may see it.

use std::collections::{HashMap, HashSet};

use super::State;
use super::store::{self, Seen};
use crate::app::App;
use crate::base::Result;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::db::Conn;

/// The quotes of some posts, and of what those quote.
#[derive(Default)]
pub struct Quotes {
    found: HashMap<(Viewer, StatusId), Seen>,
    /// What is quoted by posts of the page.
    outer: HashSet<StatusId>,
}

/// What one sees of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Mastodon's word for it.
    pub state: &'static str,
    /// What is quoted, where it is shown.
    pub quoted: Option<StatusId>,
}

impl Quotes {
    /// Of posts that quote something: who looks at which. All have passed the rule.
    pub async fn load(app: &App, conn: &mut Conn, looks: &[(Viewer, StatusId)]) -> Result<Self> {
        if looks.is_empty() {
            return Ok(Self::default());
        }
        let seen = store::list_seen(conn, looks, app.now()).await?;
        let outer = seen.iter().filter(|quote| !quote.inner).filter_map(|quote| quote.quoted_status_id).collect();
        let found = seen.into_iter().map(|quote| ((Viewer::from_bind(quote.viewer), quote.status_id), quote)).collect();
        Ok(Self { found, outer })
    }

    /// What would be shown of accepted quotes, by whom: the rule must be asked of each.
    pub fn targets(&self) -> Vec<(Viewer, StatusId)> {
        let accepted = self.found.iter().filter(|(_, quote)| quote.state == State::Accepted.number());
        accepted.filter_map(|((viewer, _), quote)| Some((*viewer, quote.quoted_status_id?))).collect()
    }

    /// All that is quoted, and its authors, whether or not it is shown: what is seen of them changes with these.
    pub fn subjects(&self) -> impl Iterator<Item = i64> {
        let of =
            |seen: &Seen| seen.quoted_status_id.map(|id| id.0).into_iter().chain(seen.quoted_account_id.map(|id| id.0));
        self.found.values().flat_map(of)
    }

    /// Whether a post is quoted on the page itself, and not only by what is quoted there.
    pub fn is_outer(&self, id: StatusId) -> bool {
        self.outer.contains(&id)
    }

    /// The quote of a post. `may_see` says whether the viewer may see a post. `None`: it quotes nothing that is worth a word.
    pub fn sight(&self, viewer: Viewer, id: StatusId, may_see: impl Fn(StatusId) -> bool) -> Option<Sight> {
        let quote = self.found.get(&(viewer, id))?;
        let (state, hidden) = (State::from_number(quote.state), quote.hidden);
        let nothing = |state| Some(Sight { state, quoted: None });
        match (state, quote.quoted_status_id) {
            // As in Mastodon: its text has a link.
            (state, _) if quote.legacy && state != State::Accepted => None,
            (State::Accepted, None) => nothing(State::Deleted.name()),
            // One sees nothing of those whom one blocks, here as elsewhere.
            (State::Accepted, Some(_)) if hidden == 1 => nothing("blocked_account"),
            (State::Accepted, Some(quoted)) if may_see(quoted) => {
                let state = match hidden {
                    2 => "blocked_domain",
                    3 => "muted_account",
                    _ => State::Accepted.name(),
                };
                Some(Sight { state, quoted: Some(quoted) })
            }
            (State::Accepted, Some(_)) => nothing(State::Unauthorized.name()),
            (state, _) => nothing(state.name()),
        }
    }
}
