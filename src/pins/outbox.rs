//! The `featured` collection as other servers read it, and its changes on their way out.

use actix_web::{HttpRequest, web};

use super::{PinChanged, store, wire};
use crate::app::App;
use crate::base::Result;
use crate::base::id::StatusId;
use crate::edge::negotiate::activity;
use crate::edge::respond::Answer;
use crate::federation::delivery;
use crate::jobs::Outcome;
use crate::statuses::outbox::signer;
use crate::{accounts, relationships, statuses};

/// GET /users/{name}/collections/featured: what is pinned and whoever asks may see, what was pinned last first.
pub async fn featured(app: web::Data<App>, request: HttpRequest, name: web::Path<String>) -> Answer {
    let account = accounts::outbox::local(&app, &name).await?;
    let viewer = signer(&app, &request).await?.0;
    let mut conn = app.db.get().await?;
    let ids: Vec<StatusId> =
        store::list_pinned(&mut conn, viewer, account.id).await?.iter().map(|row| row.id).collect();
    let found = statuses::store::list_statuses(&mut conn, &ids).await?;
    let uri = |id: &StatusId| found.iter().find(|status| status.id == *id).map(|status| status.uri.clone());
    let uris: Vec<String> = ids.iter().filter_map(uri).collect();
    Ok(activity(&wire::featured(&account.featured_uri, &uris)))
}

/// Tells the servers of those who follow an account that it pinned or unpinned a post. A second run changes nothing.
pub async fn deliver(app: &App, job: &PinChanged) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let author = accounts::store::find_account(conn, job.account_id).await?;
        let Some(author) = author.filter(|author| !author.is_suspended()) else {
            return Ok(Outcome::drop("the author is gone or suspended"));
        };
        if job.pinned && statuses::store::find_status(conn, job.status_id).await?.is_none() {
            return Ok(Outcome::drop("the post is deleted"));
        }
        let inboxes = relationships::store::list_follower_inboxes(conn, author.id).await?;
        let uri = format!("{}#pins/{}/{}", author.uri, job.pin_id, if job.pinned { "add" } else { "remove" });
        let body = wire::change(&author, &uri, &job.status_uri, job.pinned);
        delivery::send(app, conn, author.id, &uri, &body, &inboxes).await?;
        Ok(Outcome::Done)
    })
    .await
}
