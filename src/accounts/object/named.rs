//! Finds accounts by their names, for people who look for them.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use futures_util::future::join_all;

use super::{FRESH, resolve_handle};
use crate::accounts::Account;
use crate::accounts::store::{self, Name};
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::id::AccountId;
use crate::base::{Error, Result};
use crate::relationships;

/// Words of a search that are looked at, and bytes that one may have: no name has longer ones.
const MOST_WORDS: usize = 10;
const MOST_WORD: usize = 400;

/// The account with this handle, as far as it is known here.
pub async fn find_known(app: &App, handle: &Handle) -> Result<Option<AccountId>> {
    let mut conn = app.db.get().await?;
    let domain = handle.domain.as_deref().filter(|domain| *domain != app.config.instance.domain);
    let found = match domain {
        Some(domain) => store::find_remote(&mut conn, &handle.username, domain).await?,
        None => store::find_local(&mut conn, &handle.username).await?,
    };
    Ok(found.map(|account| account.id))
}

/// The accounts with these handles, in their order, without those that there are not, and how many were left out: `most` at most are
/// looked up on their servers. Whom we know is found at once, however many they are.
pub async fn resolve_handles(app: &App, handles: &[Handle], most: usize) -> Result<(Vec<Account>, usize)> {
    if handles.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let own = &app.config.instance.domain;
    let known: HashMap<String, Account> = {
        let names: Vec<String> = handles.iter().map(|handle| handle.username.to_lowercase()).collect();
        let domains = handles.iter().map(|handle| handle.domain.as_deref().filter(|domain| domain != own));
        let domains: Vec<&str> = domains.map(Option::unwrap_or_default).collect();
        let mut conn = app.db.get().await?;
        let found = store::list_named(&mut conn, &names, &domains).await?;
        found.into_iter().map(|account| (account.full_handle(own).to_lowercase(), account)).collect()
    };
    let (mut asked, mut left) = (0, 0);
    let lookups = handles.iter().map(|handle| {
        let domain = handle.domain.as_deref().unwrap_or(own);
        let known = known.get(&format!("{}@{domain}", handle.username).to_lowercase()).cloned();
        let stale = known.as_ref().is_none_or(|account| !account.is_local() && is_stale(app, account));
        let ask = stale && domain != own && asked < most;
        if ask {
            asked += 1;
        } else if known.is_none() && domain != own {
            left += 1;
        }
        async move {
            if !ask {
                return Ok(known);
            }
            match (resolve_handle(app, handle).await, known) {
                (Err(_), Some(known)) => Ok(Some(known)),
                // It was not asked, so nobody knows whether there is somebody.
                (Err(error @ Error::Limited { .. }), None) => Err(error),
                (found, None) => had(handle, found),
                (Ok(found), Some(_)) => Ok(Some(found)),
            }
        }
    });
    let lookups: Vec<_> = lookups.collect();
    let found = join_all(lookups).await.into_iter().collect::<Result<Vec<_>>>()?;
    Ok((found.into_iter().flatten().collect(), left))
}

fn is_stale(app: &App, account: &Account) -> bool {
    account.fetched_at.is_none_or(|at| app.now() - at >= FRESH)
}

/// What somebody looks for, if it can be had. That another server does not say it is no error: nothing was found, and whoever runs this
/// one can see why. A fault of ours is one: nobody knows then whether there is something.
pub fn had<T>(what: impl Display, found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_our_fault() => Err(error),
        Err(error) => {
            tracing::debug!(%error, %what, "what was looked for cannot be had");
            Ok(None)
        }
    }
}

/// What somebody looks for.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    pub text: &'a str,
    /// A handle that is not known here is looked up on its server.
    pub resolve: bool,
    /// Only those whom they follow.
    pub following: bool,
    pub limit: i64,
    pub offset: i64,
}

/// Accounts for a search text: a handle exactly, looked up on its server when that is wanted; else by the beginnings of names, of
/// their words, and of the domain of a handle that is only begun. `me` is who searches, or `AccountId(0)`.
pub async fn find(app: &App, me: AccountId, sought: &Sought<'_>) -> Result<Vec<AccountId>> {
    let text = sought.text.trim_start_matches('@').to_lowercase();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(handle) = sought.text.parse::<Handle>()
        && handle.domain.is_some()
    {
        let known = match find_known(app, &handle).await? {
            // There is one of that name, on the first page.
            None if sought.resolve && sought.offset == 0 => {
                had(&handle, resolve_handle(app, &handle).await)?.map(|account| account.id)
            }
            known => known,
        };
        if let Some(id) = known {
            if sought.offset > 0 {
                return Ok(Vec::new());
            }
            if sought.following {
                let mut conn = app.db.get().await?;
                return Ok(relationships::store::list_followed(&mut conn, me, &[id]).await?);
            }
            return Ok(vec![id]);
        }
    }
    let (start, domain) = text.split_once('@').unwrap_or((&text, ""));
    let words = words_query(start);
    let name = Name {
        start,
        words: words.as_deref(),
        domain,
        own_domain: &app.config.instance.domain,
        following: sought.following,
    };
    let most = sought.offset.saturating_add(sought.limit);
    let enough = usize::try_from(most).unwrap_or(usize::MAX);
    let mut conn = app.db.get().await?;
    let mut found = store::search(&mut conn, me, &name, most).await?;
    if found.len() < enough && words.is_some() && !sought.following {
        let more = store::search_words(&mut conn, me, &name).await?;
        let already: HashSet<AccountId> = found.iter().copied().collect();
        found.extend(more.into_iter().filter(|id| !already.contains(id)));
    }
    let offset = usize::try_from(sought.offset).unwrap_or(usize::MAX);
    Ok(found.into_iter().take(enough).skip(offset).collect())
}

/// The `tsquery` for names in which there are words that begin with each of these. `None` for what is no word, and for a single
/// letter, with which too many names have one that begins.
fn words_query(text: &str) -> Option<String> {
    let words = || text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let fits = words().all(|word| word.len() <= MOST_WORD) && words().any(|word| word.chars().nth(1).is_some());
    fits.then(|| words().take(MOST_WORDS).map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & "))
}

#[cfg(test)]
mod tests {
    use super::words_query;

    #[test]
    fn words_begin_with_what_was_typed() {
        assert_eq!(words_query("o'brien-smith").as_deref(), Some("'o':* & 'brien':* & 'smith':*"));
        assert_eq!(words_query("\\ & ad | '"), Some("'ad':*".into()));
        assert_eq!(words_query("a"), None);
        assert_eq!(words_query("' \\ %"), None);
        assert_eq!(words_query(&"x".repeat(5000)), None);
    }
}
