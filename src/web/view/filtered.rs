//! Which posts of a page somebody does not want to read, by the filters that they made.

use std::collections::HashMap;

use serde::Deserialize;

use crate::app::App;
use crate::base::id::StatusId;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::db::Conn;
use crate::filters::{self, fold};

/// A filter that a post matches.
#[derive(Clone, Debug, Deserialize)]
pub struct Filtered {
    pub title: String,
    context: Vec<String>,
    filter_action: String,
}

impl Filtered {
    /// Whether it takes posts away where its maker said so: in `home`, in a `thread` and so on.
    pub fn hides_in(&self, context: &str) -> bool {
        self.filter_action == "hide" && self.context.iter().any(|one| one == context)
    }
}

#[derive(Deserialize)]
struct Match {
    filter: Filtered,
}

/// By the ids of rows, with their words. One that hides goes before one that warns.
pub(super) async fn load(
    app: &App,
    conn: &mut Conn,
    viewer: Viewer,
    looks: &[(StatusId, String)],
) -> Result<HashMap<StatusId, Filtered>> {
    let ids: Vec<StatusId> = looks.iter().map(|(id, _)| *id).collect();
    let active = filters::view::load_active(app, conn, viewer, &ids).await?;
    let mut found = HashMap::new();
    if active.is_empty() {
        return Ok(found);
    }
    for (id, words) in looks {
        let matches: Vec<Match> =
            serde_json::from_str(&active.results(&[*id], &fold(words))).map_err(Error::internal)?;
        let hides = |one: &Match| one.filter.filter_action != "hide";
        if let Some(first) = matches.into_iter().min_by_key(hides) {
            found.insert(*id, first.filter);
        }
    }
    Ok(found)
}
