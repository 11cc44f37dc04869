//! What becomes of a person's filters: decisions and writes.

use chrono::TimeDelta;

use super::{
    ACTIONS, CONTEXTS, Filter, FilterChanges, Keyword, KeywordChange, MOST_CHARACTERS, MOST_FILTERS, MOST_KEYWORD,
    MOST_KEYWORDS, MOST_STATUSES, MOST_TITLE, NamedStatus, store,
};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId};
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::db::changes::Change;

const NOT_FOUND: Error = Error::NotFound("Record");

/// Ten years, in seconds: the longest that a filter with an end may last.
const LONGEST: i64 = 10 * 365 * 24 * 60 * 60;

fn apply(app: &App, filter: &mut Filter, changes: &FilterChanges) -> Result<()> {
    if let Some(title) = &changes.title {
        filter.title = title.trim().to_owned();
    }
    if let Some(context) = &changes.context {
        let mut names: Vec<&str> = context.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
        names.dedup();
        filter.context = names.into_iter().map(|name| Some(name.to_owned())).collect();
    }
    if let Some(action) = &changes.action {
        filter.action.clone_from(action);
    }
    if let Some(expires_in) = changes.expires_in {
        filter.expires_at = match expires_in {
            Some(seconds @ 0..=LONGEST) => Some(app.now() + TimeDelta::seconds(seconds)),
            Some(_) => return Err(Error::invalid("expires_in", "must be a number of seconds, at most ten years")),
            None => None,
        };
    }
    if filter.title.is_empty() {
        return Err(Error::invalid("Title", "can't be blank"));
    }
    if filter.title.chars().nth(MOST_TITLE).is_some() {
        return Err(Error::invalid("Title", why!("is too long (maximum is {most} characters)", most = MOST_TITLE)));
    }
    if filter.context.is_empty() {
        return Err(Error::invalid("Context", "can't be blank"));
    }
    if !filter.context.iter().flatten().all(|name| CONTEXTS.contains(&name.as_str())) {
        return Err(Error::invalid("Context", why!("may be {known}", known = CONTEXTS.join(", "))));
    }
    if !ACTIONS.contains(&filter.action.as_str()) {
        return Err(Error::invalid("filter_action", why!("must be one of {known}", known = ACTIONS.join(", "))));
    }
    Ok(())
}

fn apply_keyword(keyword: &mut Keyword, change: &KeywordChange) -> Result<()> {
    if let Some(text) = &change.keyword {
        keyword.keyword = text.trim().to_owned();
    }
    keyword.whole_word = change.whole_word.unwrap_or(keyword.whole_word);
    if keyword.keyword.is_empty() {
        return Err(Error::invalid("Keyword", "can't be blank"));
    }
    if keyword.keyword.chars().nth(MOST_KEYWORD).is_some() {
        return Err(Error::invalid("Keyword", why!("is too long (maximum is {most} characters)", most = MOST_KEYWORD)));
    }
    Ok(())
}

fn new_keyword(app: &App, filter_id: FilterId, change: &KeywordChange) -> Result<Keyword> {
    let id = FilterKeywordId(app.mint());
    let mut keyword = Keyword { id, filter_id, keyword: String::new(), whole_word: true };
    apply_keyword(&mut keyword, change)?;
    Ok(keyword)
}

/// 422 when somebody has more than there may be. The caller holds their account locked.
async fn check_amounts(conn: &mut Conn, me: AccountId) -> Result<()> {
    let amounts = store::find_amounts(conn, me).await?;
    let refused = if amounts.filters > MOST_FILTERS {
        why!("You may have at most {most} filters", most = MOST_FILTERS)
    } else if amounts.keywords > MOST_KEYWORDS {
        why!("You may have at most {most} keywords in all your filters", most = MOST_KEYWORDS)
    } else if amounts.characters > MOST_CHARACTERS {
        why!("You may have at most {most} characters in all your keywords", most = MOST_CHARACTERS)
    } else if amounts.statuses > MOST_STATUSES {
        why!("You may have at most {most} posts in all your filters", most = MOST_STATUSES)
    } else {
        return Ok(());
    };
    Err(Error::invalid("", refused))
}

/// Runs a change of `me`'s filters, one after the other, and takes it back if they become too many.
async fn changing<T>(app: &App, me: AccountId, work: impl AsyncFnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    app.transaction(async |conn| {
        accounts::store::lock_account(conn, me).await?;
        let done = work(conn).await?;
        check_amounts(conn, me).await?;
        app.announce(Change::FiltersChanged(me));
        Ok(done)
    })
    .await
}

/// A filter as it is before anybody said how it should be.
fn new_filter(app: &App, me: AccountId) -> Filter {
    let now = app.now();
    Filter {
        id: FilterId(app.ids.mint(now)),
        account_id: me,
        title: String::new(),
        context: Vec::new(),
        action: "warn".into(),
        expires_at: None,
        created_at: now,
    }
}

/// Makes a filter of `me`'s, with its keywords.
pub async fn create(app: &App, me: AccountId, changes: &FilterChanges) -> Result<Filter> {
    let mut filter = new_filter(app, me);
    apply(app, &mut filter, changes)?;
    changing(app, me, async |conn| {
        store::insert_filter(conn, &filter).await?;
        change_keywords(app, conn, &filter, &changes.keywords).await?;
        Ok(filter.clone())
    })
    .await
}

/// Changes a filter of `me`'s, and its keywords: those with an id are changed or removed, others are new.
pub async fn update(app: &App, me: AccountId, id: FilterId, changes: &FilterChanges) -> Result<Filter> {
    changing(app, me, async |conn| {
        let mut filter = store::find_filter(conn, me, id).await?.ok_or(NOT_FOUND)?;
        apply(app, &mut filter, changes)?;
        store::update_filter(conn, &filter).await?;
        change_keywords(app, conn, &filter, &changes.keywords).await?;
        Ok(filter)
    })
    .await
}

/// Removes a filter of `me`'s, with all that is in it.
pub async fn delete(app: &App, me: AccountId, id: FilterId) -> Result<()> {
    changing(app, me, async |conn| {
        let there = store::delete_filter(conn, me, id).await?;
        if there { Ok(()) } else { Err(NOT_FOUND) }
    })
    .await
}

async fn change_keywords(app: &App, conn: &mut Conn, filter: &Filter, changes: &[KeywordChange]) -> Result<()> {
    let known = store::list_keywords(conn, &[filter.id]).await?;
    for change in changes {
        let blank = change.keyword.as_deref().is_none_or(|text| text.trim().is_empty());
        match change.id {
            Some(id) => {
                let mut keyword = known.iter().find(|keyword| keyword.id == id).cloned().ok_or(NOT_FOUND)?;
                if change.removed {
                    store::delete_keyword(conn, id).await?;
                } else {
                    apply_keyword(&mut keyword, change)?;
                    store::update_keyword(conn, &keyword).await?;
                }
            }
            // Rows of a form that were left empty.
            None if change.removed || (blank && change.whole_word.is_none()) => {}
            None => {
                store::insert_keyword(conn, &new_keyword(app, filter.id, change)?).await?;
            }
        }
    }
    Ok(())
}

/// Adds a keyword to a filter of `me`'s.
pub async fn add_keyword(app: &App, me: AccountId, id: FilterId, change: &KeywordChange) -> Result<Keyword> {
    changing(app, me, async |conn| {
        let filter = store::find_filter(conn, me, id).await?.ok_or(NOT_FOUND)?;
        let keyword = new_keyword(app, filter.id, change)?;
        store::insert_keyword(conn, &keyword).await?;
        Ok(keyword)
    })
    .await
}

/// Changes a keyword of one of `me`'s filters.
pub async fn update_keyword(app: &App, me: AccountId, id: FilterKeywordId, change: &KeywordChange) -> Result<Keyword> {
    changing(app, me, async |conn| {
        let (_, mut keyword) = store::find_keyword(conn, me, id).await?.ok_or(NOT_FOUND)?;
        apply_keyword(&mut keyword, change)?;
        store::update_keyword(conn, &keyword).await?;
        Ok(keyword)
    })
    .await
}

/// Removes a keyword of one of `me`'s filters.
pub async fn delete_keyword(app: &App, me: AccountId, id: FilterKeywordId) -> Result<()> {
    changing(app, me, async |conn| {
        store::find_keyword(conn, me, id).await?.ok_or(NOT_FOUND)?;
        store::delete_keyword(conn, id).await?;
        Ok(())
    })
    .await
}

/// Names a post, which `me` may see, in a filter of theirs.
pub async fn add_status(app: &App, me: AccountId, id: FilterId, status_id: StatusId) -> Result<NamedStatus> {
    changing(app, me, async |conn| {
        let filter = store::find_filter(conn, me, id).await?.ok_or(NOT_FOUND)?;
        let named = NamedStatus { id: FilterStatusId(app.mint()), filter_id: filter.id, status_id };
        if !store::insert_status(conn, &named).await? {
            return Err(Error::invalid("Status", "has already been taken"));
        }
        Ok(named)
    })
    .await
}

/// Takes a post out of a filter of `me`'s; what it was.
pub async fn delete_status(app: &App, me: AccountId, id: FilterStatusId) -> Result<NamedStatus> {
    changing(app, me, async |conn| {
        let named = store::find_status(conn, me, id).await?.ok_or(NOT_FOUND)?;
        store::delete_status(conn, id).await?;
        Ok(named)
    })
    .await
}

/// Makes a filter that has one keyword, which is its title too: what clients of before Mastodon 4.0 call a filter.
pub async fn create_v1(
    app: &App,
    me: AccountId,
    changes: &FilterChanges,
    change: &KeywordChange,
) -> Result<(Filter, Keyword)> {
    let mut filter = new_filter(app, me);
    let keyword = new_keyword(app, filter.id, change)?;
    apply(app, &mut filter, changes)?;
    changing(app, me, async |conn| {
        store::insert_filter(conn, &filter).await?;
        store::insert_keyword(conn, &keyword).await?;
        Ok((filter.clone(), keyword.clone()))
    })
    .await
}

/// Changes a keyword and its filter. What is of the filter cannot be changed when it has other keywords.
pub async fn update_v1(
    app: &App,
    me: AccountId,
    id: FilterKeywordId,
    changes: &FilterChanges,
    change: &KeywordChange,
) -> Result<(Filter, Keyword)> {
    changing(app, me, async |conn| {
        let (before, mut keyword) = store::find_keyword(conn, me, id).await?.ok_or(NOT_FOUND)?;
        let mut filter = before.clone();
        apply_keyword(&mut keyword, change)?;
        apply(app, &mut filter, changes)?;
        if filter != before && store::list_keywords(conn, &[filter.id]).await?.len() > 1 {
            let why = "These parameters cannot be changed from this application because they apply to more than one filter \
                       keyword. Use a more recent application";
            return Err(Error::invalid("", why));
        }
        store::update_keyword(conn, &keyword).await?;
        store::update_filter(conn, &filter).await?;
        Ok((filter, keyword))
    })
    .await
}

/// Removes a keyword, and its filter when nothing else is in it.
pub async fn delete_v1(app: &App, me: AccountId, id: FilterKeywordId) -> Result<()> {
    changing(app, me, async |conn| {
        let (filter, _) = store::find_keyword(conn, me, id).await?.ok_or(NOT_FOUND)?;
        store::delete_keyword(conn, id).await?;
        if store::list_keywords(conn, &[filter.id]).await?.is_empty()
            && store::list_statuses(conn, &[filter.id]).await?.is_empty()
        {
            store::delete_filter(conn, me, filter.id).await?;
        }
        Ok(())
    })
    .await
}
