//! What becomes of a person's lists: decisions and writes.

use std::collections::BTreeSet;

use super::{List, ListChanges, MOST_LISTS, MOST_TITLE, REPLIES_POLICIES, store};
use crate::accounts;
use crate::app::App;
use crate::base::id::{AccountId, ListAccountId, ListId};
use crate::base::{Error, Result, why};

const NOT_FOUND: Error = Error::NotFound("Record");

fn apply(list: &mut List, changes: ListChanges) -> Result<()> {
    if let Some(title) = changes.title {
        list.title = title.trim().to_owned();
    }
    if let Some(policy) = changes.replies_policy {
        list.replies_policy = policy;
    }
    list.exclusive = changes.exclusive.unwrap_or(list.exclusive);
    if list.title.is_empty() {
        return Err(Error::invalid("Title", "can't be blank"));
    }
    if list.title.chars().nth(MOST_TITLE).is_some() {
        return Err(Error::invalid("Title", why!("is too long (maximum is {most} characters)", most = MOST_TITLE)));
    }
    if !REPLIES_POLICIES.contains(&list.replies_policy.as_str()) {
        return Err(Error::invalid("replies_policy", "must be followed, list or none"));
    }
    Ok(())
}

/// Makes a list of `me`'s.
pub async fn create(app: &App, me: AccountId, changes: ListChanges) -> Result<List> {
    let now = app.now();
    let mut list = List {
        id: ListId(app.ids.mint(now)),
        account_id: me,
        title: String::new(),
        replies_policy: "list".into(),
        exclusive: false,
        created_at: now,
    };
    apply(&mut list, changes)?;
    app.transaction(async |conn| {
        // One after the other, so that two at once are counted.
        accounts::store::lock_account(conn, me).await?;
        if store::list_lists(conn, me).await?.len() >= usize::try_from(MOST_LISTS).unwrap_or(usize::MAX) {
            return Err(Error::invalid(
                "",
                why!("You have {most} lists, which is as many as there may be", most = MOST_LISTS),
            ));
        }
        store::insert_list(conn, &list).await?;
        Ok(list.clone())
    })
    .await
}

/// Changes a list of `me`'s.
pub async fn update(app: &App, me: AccountId, id: ListId, changes: ListChanges) -> Result<List> {
    app.transaction(async |conn| {
        let mut list = store::lock_list(conn, me, id).await?.ok_or(NOT_FOUND)?;
        apply(&mut list, changes.clone())?;
        store::update_list(conn, &list).await?;
        Ok(list)
    })
    .await
}

/// Puts accounts on a list of `me`'s: all of them or, if one cannot be, none. `me` follows them, has asked to, or is one of them.
pub async fn add(app: &App, me: AccountId, id: ListId, members: &BTreeSet<AccountId>) -> Result<()> {
    let members: Vec<AccountId> = members.iter().copied().collect();
    app.transaction(async |conn| {
        let list = store::lock_list(conn, me, id).await?.ok_or(NOT_FOUND)?;
        if accounts::store::list_accounts(conn, &members).await?.len() != members.len() {
            return Err(NOT_FOUND);
        }
        if !store::list_among(conn, id, &members).await?.is_empty() {
            return Err(Error::invalid("Account", "has already been taken"));
        }
        let now = app.now();
        let rows: Vec<_> = members.iter().map(|member| (ListAccountId(app.ids.mint(now)), *member)).collect();
        if store::insert_members(conn, &list, &rows, now).await? != rows.len() {
            return Err(Error::invalid("Account", "must be followed by you"));
        }
        Ok(())
    })
    .await
}
