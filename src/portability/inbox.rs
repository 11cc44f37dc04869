//! `Move` from other servers.

use serde_json::Value;

use super::{ops, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::jobs::Outcome;

/// `Move` of an actor to another account, which says itself that it is the same person: it is asked now.
pub async fn moved(app: &App, actor: &Account, activity: &Value) -> Result<Outcome> {
    let Some(target) = wire::parse_move(activity, &actor.uri) else {
        return Ok(Outcome::drop("a Move of somebody else, or to nowhere"));
    };
    let known = {
        let mut conn = app.db.background().await?;
        accounts::store::find_by_uri(&mut conn, target).await?
    };
    let target = match known {
        Some(account) if account.is_local() => account,
        _ => accounts::object::refresh_actor(app, target).await?,
    };
    let recorded = app.background_transaction(async |conn| ops::record_move(app, conn, actor, &target).await).await?;
    accounts::view::invalidate(app, actor.id);
    Ok(match recorded {
        true => Outcome::Done,
        false => Outcome::drop("a Move that the new account does not confirm, or too soon after another"),
    })
}
