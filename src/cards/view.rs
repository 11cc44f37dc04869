//! Loads the cards of a page of posts, in one query.

use std::collections::HashMap;

use serde_json::Value;

use super::{Author, entity, store};
use crate::app::App;
use crate::base::Result;
use crate::base::activitystreams::host;
use crate::base::id::StatusId;
use crate::db::Conn;

/// The cards of these posts, as JSON, with whom their pages name. Who may see the posts is the caller's concern.
pub async fn load(
    app: &App,
    conn: &mut Conn,
    statuses: &[StatusId],
) -> Result<HashMap<StatusId, (Value, Option<Author>)>> {
    let found = store::list_of_statuses(conn, statuses).await?;
    let one = |(id, card, named): (StatusId, super::Card, Option<(_, String)>)| {
        let author = named.and_then(|(account_id, at)| Some(Author { account_id, hosts: [host(&card.url)?, at] }));
        (id, (entity::card(&card, &app.origin), author))
    };
    Ok(found.into_iter().map(one).collect())
}
