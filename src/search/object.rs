//! Finds what people look for: here and, when it is an address or a handle, on its server.

use super::{Asked, Found, ops, store};
use crate::accounts::Account;
use crate::accounts::object::had;
use crate::app::App;
use crate::base::handle::Handle;
use crate::base::id::{AccountId, CollectionId, StatusId};
use crate::base::text::normalise_tag;
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::statuses::{self, PageRow, Status};
use crate::{accounts, collections};

/// Looks for a text that is not empty.
pub async fn find(app: &App, viewer: Viewer, asked: &Asked<'_>) -> Result<Found> {
    let (text, wants) = (asked.text, asked.wants);
    if text.starts_with("https://") || text.starts_with("http://") {
        // There is one thing at an address, on the first page.
        if asked.offset > 0 {
            return Ok(Found::default());
        }
        let mut found = find_address(app, text, asked.resolve, wants.accounts, wants.statuses).await?;
        if wants.collections && found.accounts.is_empty() && found.statuses.is_empty() {
            found.collections = find_collection(app, text, asked.resolve).await?;
        }
        return Ok(found);
    }
    let (limit, offset) = (asked.page.limit, asked.offset);
    let mut found = Found::default();
    if wants.accounts && !text.starts_with('#') {
        let me = AccountId(viewer.bind());
        let (resolve, following) = (asked.resolve, asked.following);
        let sought = accounts::object::Sought { text, resolve, following, limit, offset };
        found.accounts = accounts::object::find(app, me, &sought).await?;
    }
    if wants.hashtags && !text.starts_with('@') {
        let mut conn = app.db.get().await?;
        let name = normalise_tag(text.trim_start_matches('#'));
        if !name.is_empty() {
            found.tags = store::list_tags(&mut conn, viewer, &name, limit, offset).await?;
        }
    }
    // As in Mastodon, strangers find no posts by their words.
    if let Some(me) = viewer.0
        && wants.statuses
        && !text.starts_with('@')
    {
        found.statuses = match ops::find_posts(app, me, text, asked.author, (asked.page, offset)).await? {
            Some(posts) => posts,
            None if wants.statuses_alone() => {
                let why = "This search takes too long. Add a word, or say who wrote it (from:) or when (after:).";
                return Err(Error::Unavailable(why.into()));
            }
            // People and hashtags are an answer all the same.
            None => {
                tracing::info!("a search for posts took too long, and was answered without them");
                found.cut_short = true;
                Vec::new()
            }
        };
    }
    Ok(found)
}

/// What is at an address: a post or an account, ours by page or id, another server's when `resolve`.
async fn find_address(app: &App, url: &str, resolve: bool, accounts: bool, statuses: bool) -> Result<Found> {
    let mut found = Found::default();
    match find_known(app, url).await? {
        (Some(status), _) if statuses => found.statuses.push(row(&status)),
        (_, Some(account)) if accounts => found.accounts.push(account.id),
        _ if resolve => {
            if statuses && let Some(status) = had(url, statuses::object::resolve_status(app, url, 3).await)? {
                found.statuses.push(row(&status));
            } else if accounts && let Some(account) = had(url, accounts::object::resolve_address(app, url).await)? {
                found.accounts.push(account.id);
            }
        }
        _ => {}
    }
    Ok(found)
}

/// The post or the account at an address, if we have it: by its id, or by a page of ours, which there are also of people elsewhere and of
/// their posts (`/@bob@globex.com/ID`).
async fn find_known(app: &App, url: &str) -> Result<(Option<Status>, Option<Account>)> {
    let mut conn = app.db.get().await?;
    if let Some((handle, post)) = page_of_other(app, url) {
        let domain = handle.domain.as_deref().unwrap_or_default();
        let account = accounts::store::find_remote(&mut conn, &handle.username, domain).await?;
        let (Some(account), Some(post)) = (&account, post) else { return Ok((None, account)) };
        let status = statuses::store::find_status(&mut conn, post).await?;
        return Ok((status.filter(|status| status.account_id == account.id), None));
    }
    let uri = own_uri(app, url).unwrap_or_else(|| url.to_owned());
    let status = statuses::store::find_by_uri(&mut conn, &uri).await?;
    let account = accounts::store::find_by_uri(&mut conn, &uri).await?;
    Ok((status, account))
}

/// The collection at an address, by its page or id; another server's when `resolve`.
async fn find_collection(app: &App, url: &str, resolve: bool) -> Result<Vec<CollectionId>> {
    let known = {
        let mut conn = app.db.get().await?;
        let uri = own_uri(app, url).unwrap_or_else(|| url.to_owned());
        collections::store::find_collection_by_uri(&mut conn, &uri).await?
    };
    if known.is_some() || !resolve {
        return Ok(known.into_iter().map(|collection| collection.id).collect());
    }
    let collection = had(url, collections::object::resolve(app, url).await)?;
    Ok(collection.into_iter().map(|collection| collection.id).collect())
}

fn row(status: &Status) -> PageRow {
    PageRow { id: status.id, reblog_of_id: status.reblog_of_id }
}

/// Whom one of our pages shows who is elsewhere, and which post of theirs, if it is one's page. Of what is no id there is no page.
fn page_of_other(app: &App, url: &str) -> Option<(Handle, Option<StatusId>)> {
    let path = url.strip_prefix(&app.origin)?.strip_prefix("/@")?;
    let (name, post) = path.split_once('/').map_or((path, None), |(name, post)| (name, Some(post)));
    let handle = Handle::parse(name).ok()?.relative_to(&app.config.instance.domain);
    handle.domain.as_ref()?;
    Some((handle, post.map(str::parse).transpose().ok()?))
}

/// The ActivityPub id behind the address of one of our pages.
fn own_uri(app: &App, url: &str) -> Option<String> {
    let path = url.strip_prefix(&app.origin)?.strip_prefix("/@")?;
    Some(match path.split_once('/') {
        Some((name, rest)) if rest.starts_with("collections/") => format!("{}/users/{name}/{rest}", app.origin),
        Some((name, id)) => format!("{}/users/{name}/statuses/{id}", app.origin),
        None => format!("{}/users/{path}", app.origin),
    })
}
