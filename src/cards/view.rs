//! Loads the cards of a page of posts, in one query.

use std::collections::HashMap;

use serde_json::Value;

use super::{Author, Card, entity, store};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams::host;
use crate::base::id::StatusId;
use crate::db::Conn;

/// The cards of these posts, with whom their pages name. Who may see the posts is the caller's concern.
pub async fn load_cards(conn: &mut Conn, statuses: &[StatusId]) -> Result<HashMap<StatusId, (Card, Option<Author>)>> {
    let found = store::list_of_statuses(conn, statuses).await?;
    let one = |(id, card, named): (StatusId, Card, Option<(_, String)>)| {
        let author = named.and_then(|(account_id, at)| Some(Author { account_id, hosts: [host(&card.url)?, at] }));
        (id, (card, author))
    };
    Ok(found.into_iter().map(one).collect())
}

/// As [`load_cards`], as JSON.
pub async fn load(
    app: &App,
    conn: &mut Conn,
    statuses: &[StatusId],
) -> Result<HashMap<StatusId, (Value, Option<Author>)>> {
    let found = load_cards(conn, statuses).await?;
    Ok(found.into_iter().map(|(id, (card, author))| (id, (entity::card(&card, &app.origin), author))).collect())
}
