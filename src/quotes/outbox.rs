//! The stamps by which people here agree to be quoted, for servers that look them up.

use actix_web::{HttpRequest, web};

use super::{State, store, wire};
use crate::accounts;
use crate::app::App;
use crate::base::Error;
use crate::base::id::QuoteId;
use crate::base::visibility::Viewer;
use crate::edge::negotiate::activity;
use crate::edge::respond::Answer;
use crate::federation::inbox;
use crate::statuses;

const NOT_FOUND: Error = Error::NotFound("Record");

/// GET /users/{name}/quote_authorizations/{id}: for whoever may see both posts.
pub async fn stamp(app: web::Data<App>, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (name, id) = path.into_inner();
    let author = accounts::outbox::local(&app, &name).await?;
    let id: QuoteId = id.parse().map_err(|_| NOT_FOUND)?;
    let viewer = Viewer(inbox::verify_get(&app, &request).await?.map(|signer| signer.id));
    let mut conn = app.db.get().await?;
    let quote = store::find_quote(&mut conn, id).await?.filter(|quote| quote.state() == State::Accepted);
    let quote = quote.filter(|quote| quote.quoted_account_id == Some(author.id)).ok_or(NOT_FOUND)?;
    let quoted = quote.quoted_status_id.ok_or(NOT_FOUND)?;
    let quoted = statuses::store::find_visible(&mut conn, viewer, quoted).await?.ok_or(NOT_FOUND)?;
    let status = statuses::store::find_visible(&mut conn, viewer, quote.status_id).await?.ok_or(NOT_FOUND)?;
    Ok(activity(&wire::stamp(&wire::stamp_uri(&author, quote.id), &author, &quoted.uri, &status.uri)))
}
