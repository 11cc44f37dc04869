//! Making groups.

use super::NewGroup;
use crate::accounts::{self, Account, ActorType, keys};
use crate::app::App;
use crate::base::Result;
use crate::db::Conn;
use crate::relationships::ops::FollowOptions;

/// Makes a public group. Whoever makes it follows it.
pub async fn create_group(app: &App, new: NewGroup) -> Result<Account> {
    create_group_and(app, new, async |_, _| Ok(())).await
}

/// As [`create_group`]; `also` runs in the same transaction.
pub async fn create_group_and(
    app: &App,
    new: NewGroup,
    also: impl AsyncFnOnce(&mut Conn, &Account) -> Result<()>,
) -> Result<Account> {
    let pair = keys::new_pair(app).await?;
    let created_by = new.created_by;
    let local = accounts::ops::NewLocal {
        username: new.username,
        actor_type: ActorType::Group,
        display_name: new.display_name,
        note: new.note,
    };
    let group = app
        .transaction(async |conn| {
            let group = accounts::ops::create_local(app, conn, local, pair).await?;
            also(conn, &group).await?;
            Ok(group)
        })
        .await?;
    let creator = match created_by {
        Some(id) => {
            let mut conn = app.db.get().await?;
            accounts::store::find_account(&mut conn, id).await?
        }
        None => None,
    };
    if let Some(creator) = creator {
        crate::relationships::ops::follow(app, &creator, &group, FollowOptions::default()).await?;
    }
    Ok(group)
}
