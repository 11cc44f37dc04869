//! Posts with all that they name, in a number of queries that does not grow with them. Called by all that writes posts for others.

use std::collections::{HashMap, HashSet};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Result;
use crate::base::id::{AccountId, StatusId};
use crate::db::Conn;
use crate::emojis;
use crate::media;
use crate::polls::{self, Poll};
use crate::quotes;
use crate::statuses::{Status, entity, ops, store, wire};

/// Of one post. `None` when the author is gone.
pub async fn load(app: &App, conn: &mut Conn, status: Status) -> Result<Option<wire::Parts>> {
    Ok(load_all(app, conn, vec![status]).await?.pop())
}

/// Of some posts, in their order; those whose author is gone are left out.
pub async fn load_all(app: &App, conn: &mut Conn, statuses: Vec<Status>) -> Result<Vec<wire::Parts>> {
    let ids: Vec<StatusId> = statuses.iter().map(|status| status.id).collect();
    let named = statuses.iter().flat_map(|status| [Some(status.account_id), status.group_account_id]).flatten();
    let named: Vec<AccountId> = named.collect::<HashSet<_>>().into_iter().collect();
    let people = accounts::store::list_accounts(conn, &named).await?;
    let people: HashMap<AccountId, Account> = people.into_iter().map(|account| (account.id, account)).collect();
    let mut mentioned = grouped(store::list_mentions(conn, &ids).await?);
    let mut tags = grouped(store::list_tags(conn, &ids).await?);
    let mut media = media::view::load(conn, &ids).await?;
    let polls = polls::store::list_of_statuses(conn, &ids).await?;
    let mut polls: HashMap<StatusId, Poll> = polls.into_iter().map(|poll| (poll.status_id, poll)).collect();
    let mut quotes = quotes::ops::list_quoting(conn, &ids).await?;
    let mut places = ops::list_places(conn, &statuses).await?;
    // The emoji that posts of ours show; others' go their own way.
    let shown = statuses.iter().filter(|status| status.local).map(|status| {
        let options = polls.get(&status.id).map(|poll| poll.options.as_slice()).unwrap_or_default();
        (status.id, entity::named(&status.content, &status.spoiler_text, options, ""))
    });
    let shown: HashMap<StatusId, emojis::Named> = shown.collect();
    let known = emojis::view::load(app, conn, shown.values()).await?;
    let parts = statuses.into_iter().filter_map(|status| {
        let id = status.id;
        Some(wire::Parts {
            author: people.get(&status.account_id)?.clone(),
            mentioned: mentioned.remove(&id).unwrap_or_default(),
            tags: tags.remove(&id).unwrap_or_default(),
            group: status.group_account_id.and_then(|group| people.get(&group)).cloned(),
            media: media.remove(&id).unwrap_or_default(),
            poll: polls.remove(&id).map(|poll| polls::wire::question(&poll, app.now(), app.config.culture.show_counts)),
            quote: quotes.remove(&id),
            emojis: shown.get(&id).map(|named| known.list(named).into_iter().cloned().collect()).unwrap_or_default(),
            place: places.remove(&id).unwrap_or_default(),
            status,
        })
    });
    Ok(parts.collect())
}

fn grouped<T>(pairs: Vec<(StatusId, T)>) -> HashMap<StatusId, Vec<T>> {
    let mut groups: HashMap<StatusId, Vec<T>> = HashMap::new();
    for (status, one) in pairs {
        groups.entry(status).or_default().push(one);
    }
    groups
}
