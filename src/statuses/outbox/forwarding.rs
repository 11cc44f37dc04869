//! Passes replies of others on to those who follow the thread (ActivityPub §7.1.2): their author does not know who they are.

use serde_json::Value;

use crate::accounts::object::proof;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams as read;
use crate::federation::delivery;
use crate::relationships;
use crate::statuses::store;

/// Those here to whose followers' servers an activity goes on: who wrote what it answers, or began the thread. Only of a Create,
/// Update or Delete of a reply to a public or unlisted post of theirs, that is addressed to their followers and carries a proof,
/// without which nobody would believe it. To be asked of a Delete before it is carried out, of others after.
pub async fn concerned(app: &App, actor: &Account, activity: &Value) -> Result<Vec<Account>> {
    if !matches!(read::type_of(activity), "Create" | "Update" | "Delete") || !proof::is_proven(activity) {
        return Ok(Vec::new());
    }
    let Some(uri) = read::id(activity, "object") else { return Ok(Vec::new()) };
    let object = read::one(activity, "object").unwrap_or(&Value::Null);
    let mut conn = app.db.background().await?;
    let Some(reply) = store::find_by_uri(&mut conn, uri).await? else { return Ok(Vec::new()) };
    if reply.account_id != actor.id || reply.local || reply.in_reply_to_id.is_none() {
        return Ok(Vec::new());
    }
    let above = [reply.in_reply_to_id, Some(reply.thread_id)].into_iter().flatten().collect::<Vec<_>>();
    let mut concerned: Vec<Account> = Vec::new();
    for status in store::list_statuses(&mut conn, &above).await? {
        if !status.local || !status.audience().is_open() || concerned.iter().any(|known| known.id == status.account_id)
        {
            continue;
        }
        let author = accounts::store::find_account(&mut conn, status.account_id).await?;
        concerned.extend(author.filter(|author| !author.is_suspended() && is_addressed(activity, object, author)));
    }
    concerned.sort_by_key(|account| account.id);
    Ok(concerned)
}

fn is_addressed(activity: &Value, object: &Value, author: &Account) -> bool {
    let addresses = |value| ["to", "cc", "audience"].into_iter().flat_map(move |name| read::ids(value, name));
    addresses(activity).chain(addresses(object)).any(|uri| uri == author.followers_uri)
}

/// Passes an activity on, byte for byte, once, and not to where it came from: the actor's server, or `via`. A proof that does not
/// hold is not passed on.
pub async fn forward(
    app: &App,
    concerned: &[Account],
    activity: &Value,
    text: &str,
    actor: &Account,
    via: Option<&str>,
) -> Result<()> {
    let (Some(first), Some(uri)) = (concerned.first(), read::own_id(activity)) else { return Ok(()) };
    match proof::prove(app, activity).await {
        Ok(proven) if proven.id == actor.id => {}
        Err(error) if error.is_transient() => return Err(error),
        _ => return Ok(()),
    }
    let from = [read::host(&actor.uri), via.map(str::to_owned)];
    app.background_transaction(async |conn| {
        let mut inboxes: Vec<String> = Vec::new();
        for account in concerned {
            inboxes.extend(relationships::store::list_follower_inboxes(conn, account.id).await?);
        }
        inboxes.retain(|inbox| !from.contains(&read::host(inbox)));
        delivery::pass_on(app, conn, first.id, uri, text, &inboxes).await
    })
    .await
}
