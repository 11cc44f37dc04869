//! Whom here another server takes to be its people's followers (FEP-8fcf): where that is not what we know, its list is asked for.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use quick_cache::sync::Cache;
use url::Url;

use super::wire::followers;
use super::{ops, store};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::id::AccountId;
use crate::federation::Synchronization;

/// The list of one account is asked for again only after this.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// When lists were asked for.
struct Asked(Cache<AccountId, DateTime<Utc>>);

impl Default for Asked {
    fn default() -> Self {
        Self(Cache::new(4096))
    }
}

/// Compares what an actor's server said of its followers here with what we know. Where they differ, its list counts. What cannot be had
/// is no failure: the next post says the same again.
pub async fn synchronise(app: &App, actor: &Account, said: &Synchronization) -> Result<()> {
    let known = {
        let mut conn = app.db.background().await?;
        store::list_local_followers(&mut conn, actor.id).await?
    };
    if followers::digest(&known) == said.digest {
        return Ok(());
    }
    let (asked, asked_at) = (app.slot::<Asked>(), app.now());
    if asked.0.get(&actor.id).is_some_and(|at| asked_at - at < PAUSE) {
        return Ok(());
    }
    asked.0.insert(actor.id, asked_at);
    let Ok(url) = Url::parse(&said.url) else { return Ok(()) };
    let listed = match accounts::object::get(app, &url).await {
        Ok(listed) => listed,
        Err(error) => {
            tracing::debug!(%error, url = said.url, "a list of followers cannot be had");
            return Ok(());
        }
    };
    let listed: HashSet<&str> = followers::parse_list(&listed).into_iter().collect();
    // What is not the whole list that was spoken of (one of several pages, something else, one that has changed meanwhile) says nothing.
    if followers::digest(&listed) != said.digest {
        return Ok(());
    }
    ops::synchronise(app, actor, &listed, asked_at).await
}
