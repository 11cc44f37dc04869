//! Loads the cards of a page of posts, in one query.

use std::collections::HashMap;

use serde_json::Value;

use super::{entity, store};
use crate::app::App;
use crate::base::Result;
use crate::base::id::StatusId;
use crate::db::Conn;

/// The cards of these posts, as JSON. Who may see the posts is the caller's concern.
pub async fn load(app: &App, conn: &mut Conn, statuses: &[StatusId]) -> Result<HashMap<StatusId, Value>> {
    let found = store::list_of_statuses(conn, statuses).await?;
    Ok(found.into_iter().map(|(id, card)| (id, entity::card(&card, &app.origin))).collect())
}
