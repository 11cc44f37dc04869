//! Making groups.

use chrono::TimeDelta;

use super::{NewGroup, store};
use crate::accounts::{self, Account, ActorType, keys};
use crate::app::App;
use crate::base::id::AccountId;
use crate::base::{Error, Result, why};
use crate::db::Conn;
use crate::relationships::ops::FollowOptions;

/// Groups that somebody makes in a day, at most.
const MOST_IN_A_DAY: i64 = 10;

/// Makes a public group. Whoever makes it follows it.
///
/// # Errors
/// 422 for a name that cannot be or is taken, and for who made ten groups within a day.
pub async fn create_group(app: &App, new: NewGroup) -> Result<Account> {
    create_group_and(app, new, async |_, _| Ok(())).await
}

/// As [`create_group`]; `also` runs in the same transaction.
pub async fn create_group_and(
    app: &App,
    new: NewGroup,
    also: impl AsyncFnOnce(&mut Conn, &Account) -> Result<()>,
) -> Result<Account> {
    let created_by = new.created_by;
    let local = accounts::ops::NewLocal {
        username: new.username,
        actor_type: ActorType::Group,
        display_name: new.display_name,
        note: new.note,
    };
    // A key costs half a second of a core: what cannot be is refused before.
    {
        let mut conn = app.db.get().await?;
        accounts::ops::check_local(&mut conn, &local).await?;
        check_number(app, &mut conn, created_by).await?;
    }
    let pair = keys::new_pair(app).await?;
    let group = app
        .transaction(async |conn| {
            if let Some(by) = created_by {
                accounts::store::lock_account(conn, by).await?;
                check_number(app, conn, created_by).await?;
            }
            let group = accounts::ops::create_local(app, conn, local, pair).await?;
            if let Some(by) = created_by {
                store::insert_made(conn, group.id, by).await?;
            }
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

/// Refuses whoever made as many groups lately as anybody needs. Of those whom nobody in particular makes there may be any number.
async fn check_number(app: &App, conn: &mut Conn, by: Option<AccountId>) -> Result<()> {
    let Some(by) = by else { return Ok(()) };
    let day_ago = AccountId((app.now() - TimeDelta::days(1)).timestamp_millis() << 16);
    let made = store::count_made(conn, by, day_ago, MOST_IN_A_DAY).await?;
    if i64::try_from(made).is_ok_and(|made| made < MOST_IN_A_DAY) {
        return Ok(());
    }
    Err(Error::invalid("", why!("At most {most} groups can be made in a day", most = MOST_IN_A_DAY)))
}
