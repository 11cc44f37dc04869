//! Threads of ours as other servers read them: what answers a post, and all of a thread. Only of and with posts that are for everyone.

use actix_web::{HttpRequest, web};
use serde::Deserialize;

use super::{find, signer};
use crate::app::App;
use crate::base::Error;
use crate::base::id::StatusId;
use crate::edge::negotiate::{activity, see, wants_activity};
use crate::edge::respond::Answer;
use crate::statuses::store::{self, Of};
use crate::statuses::wire::threads;

/// Posts on one page.
const PAGE: i64 = 40;

#[derive(Deserialize)]
pub struct PageQuery {
    page: Option<String>,
    min_id: Option<StatusId>,
}

/// GET /users/{name}/statuses/{id}/replies and …/context: ids of posts, oldest first. The context is that of a post which began a
/// thread.
pub async fn collection(
    app: web::Data<App>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
    query: web::Query<PageQuery>,
) -> Answer {
    let (name, id, kind) = path.into_inner();
    let parts = match find(&app, &request, &name, &id).await? {
        Ok(parts) => parts,
        Err(gone) => return Ok(gone),
    };
    let (status, whole) = (&parts.status, kind == "context");
    let is_there = status.audience().is_open() && status.reblog_of_id.is_none();
    if !is_there || (whole && status.thread_id != status.id) {
        return Err(Error::NotFound("Record"));
    }
    if !wants_activity(&request) {
        return Ok(see(&status.url));
    }
    let collection = if whole { threads::context_of(status) } else { threads::replies_of(status) };
    if query.page.is_none() {
        return Ok(activity(&threads::collection(&collection, &parts.author.uri)));
    }
    let viewer = signer(&app, &request).await?.0;
    let above = query.min_id.unwrap_or(StatusId(0));
    let mut conn = app.db.get().await?;
    let of = if whole { Of::Thread(status.id) } else { Of::Replies(status.id) };
    let rows = store::list_open(&mut conn, viewer, of, above, PAGE).await?;
    let own = match query.min_id {
        Some(min_id) => format!("{collection}?page=true&min_id={min_id}"),
        None => format!("{collection}?page=true"),
    };
    let full = i64::try_from(rows.len()).unwrap_or(0) == PAGE;
    let next = rows.last().map(|row| row.id.0).filter(|_| full);
    let uris: Vec<String> = rows.into_iter().map(|row| row.uri).collect();
    Ok(activity(&threads::page(&collection, &own, &uris, next)))
}
