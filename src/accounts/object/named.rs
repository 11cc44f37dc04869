//! Finds accounts by their names, for people who look for them.

use std::collections::HashSet;

use super::resolve_handle;
use crate::accounts::store::{self, Name};
use crate::app::App;
use crate::base::Result;
use crate::base::handle::Handle;
use crate::base::id::AccountId;
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
            // A name that cannot be found is no error: nothing was found.
            None if sought.resolve => resolve_handle(app, &handle).await.map(|account| account.id).ok(),
            known => known,
        };
        if let Some(id) = known {
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
