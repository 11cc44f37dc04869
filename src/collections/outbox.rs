//! Collections, places in them and consents as other servers read them; what follows from a block.

use actix_web::{HttpRequest, web};

use super::view::{self, Seen};
use super::{State, store, wire};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::id::{CollectionId, CollectionItemId};
use crate::base::visibility::Viewer;
use crate::base::{Error, Result};
use crate::edge::negotiate::{activity, see, wants_activity};
use crate::edge::respond::Answer;
use crate::federation::inbox;
use crate::jobs::Outcome;
use crate::relationships::AccountBlocked;

const NOT_FOUND: Error = Error::NotFound("Record");

/// Who signed the request, if anybody did.
async fn signer(app: &App, request: &HttpRequest) -> Result<Viewer> {
    Ok(Viewer(inbox::verify_get(app, request).await?.map(|signer| signer.id)))
}

/// A collection of this owner's, as whoever signed the request may see it.
async fn find(app: &App, request: &HttpRequest, owner: &Account, id: CollectionId) -> Result<Seen> {
    let viewer = signer(app, request).await?;
    let mut conn = app.db.get().await?;
    let seen = view::look_at(&mut conn, viewer, id).await?;
    seen.filter(|seen| seen.collection.account_id == owner.id).ok_or(NOT_FOUND)
}

/// GET /users/{name}/collections/{id}
pub async fn collection(app: web::Data<App>, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (name, id) = path.into_inner();
    let owner = accounts::outbox::local(&app, &name).await?;
    let seen = find(&app, &request, &owner, id.parse().map_err(|_| NOT_FOUND)?).await?;
    if !wants_activity(&request) {
        return Ok(see(&seen.collection.page().unwrap_or(owner.url)));
    }
    Ok(activity(&wire::document(wire::collection(&seen.collection, &owner, &seen.items, &app.origin))))
}

/// GET /users/{name}/featured_collections: those that are on the profile.
pub async fn list(app: web::Data<App>, request: HttpRequest, name: web::Path<String>) -> Answer {
    let owner = accounts::outbox::local(&app, &name).await?;
    let viewer = signer(&app, &request).await?;
    let mut conn = app.db.get().await?;
    let ids = store::list_of(&mut conn, owner.id, false, (accounts::entity::MOST_COLLECTIONS, 0)).await?;
    let looks: Vec<_> = ids.iter().map(|id| (viewer, *id)).collect();
    let seen = view::look(&mut conn, &looks).await?;
    let uris: Vec<String> = looks.iter().filter_map(|look| Some(seen.get(look)?.collection.uri.clone())).collect();
    Ok(activity(&wire::list(&wire::list_uri(&owner), &uris)))
}

/// GET /users/{name}/collection_items/{id}
pub async fn item(app: web::Data<App>, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (name, id) = path.into_inner();
    let owner = accounts::outbox::local(&app, &name).await?;
    let id: CollectionItemId = id.parse().map_err(|_| NOT_FOUND)?;
    let item = {
        let mut conn = app.db.get().await?;
        store::find_item(&mut conn, id).await?.ok_or(NOT_FOUND)?
    };
    let seen = find(&app, &request, &owner, item.collection_id).await?;
    let placed = seen.items.iter().find(|(one, _)| one.id == id).ok_or(NOT_FOUND)?;
    Ok(activity(&wire::document(wire::item(placed))))
}

/// GET /users/{name}/feature_authorizations/{id}: that somebody here agrees to be in a collection.
pub async fn authorization(app: web::Data<App>, path: web::Path<(String, String)>) -> Answer {
    let (name, id) = path.into_inner();
    let member = accounts::outbox::local(&app, &name).await?;
    let id: CollectionItemId = id.parse().map_err(|_| NOT_FOUND)?;
    let mut conn = app.db.get().await?;
    let item = store::find_item(&mut conn, id).await?;
    let item = item.filter(|item| item.account_id == Some(member.id) && item.is(State::Accepted)).ok_or(NOT_FOUND)?;
    let collection = store::find_collection(&mut conn, item.collection_id).await?.ok_or(NOT_FOUND)?;
    Ok(activity(&wire::document(wire::authorization(&item, &collection.uri))))
}

/// After a block, neither is in the other's collections. A second run finds nothing left.
pub async fn part(app: &App, job: &AccountBlocked) -> Result<Outcome> {
    app.background_transaction(async |conn| {
        let by = accounts::store::find_account(conn, job.account_id).await?;
        let Some((by, other)) = by.zip(accounts::store::find_account(conn, job.target_account_id).await?) else {
            return Ok(Outcome::drop("one of the two is gone"));
        };
        super::ops::part(app, conn, &by, &other).await?;
        Ok(Outcome::Done)
    })
    .await
}
